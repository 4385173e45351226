//! Branch patterns of Git sources: regular expressions for the whole name of the target branch.

use regex::{Regex, RegexBuilder};

use crate::error::ServiceError;

/// The maximum length of a pattern, in bytes.
const LONGEST: usize = 256;
/// The maximum memory of a compiled pattern, in bytes: `\w{1000}{1000}` would take minutes to compile.
const SIZE: usize = 256 << 10;
/// The maximum nesting of its groups.
const NESTING: u32 = 32;

/// A compiled pattern. Matching takes linear time in the length of the name, whatever the pattern.
#[derive(Clone, Debug)]
pub struct BranchPattern(Regex);

impl BranchPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// If the pattern is invalid: the error, and the fix.
    pub fn new(pattern: &str) -> Result<BranchPattern, ServiceError> {
        let wrong = |why: String| ServiceError::invalid("branch_pattern", why);
        if pattern.is_empty() || pattern.len() > LONGEST {
            return Err(wrong(format!("write between 1 and {LONGEST} bytes; `.*` stands for all branches")));
        }
        // First without the group that is added around it, so that the pattern cannot close that group.
        RegexBuilder::new(pattern)
            .size_limit(SIZE)
            .nest_limit(NESTING)
            .build()
            .map_err(|error| wrong(format!("invalid regular expression: {error}")))?;
        RegexBuilder::new(&format!("^(?:{pattern})$"))
            .size_limit(SIZE)
            .nest_limit(NESTING + 2)
            .build()
            .map(BranchPattern)
            .map_err(|error| wrong(format!("invalid regular expression: {error}")))
    }

    /// Whether the pattern matches the whole name.
    pub fn matches(&self, branch: &str) -> bool {
        self.0.is_match(branch)
    }
}

#[cfg(test)]
mod tests {
    use super::BranchPattern;

    #[test]
    fn the_whole_name_must_fit() {
        for (pattern, branch, fits) in [
            ("main", "main", true),
            ("main", "maintenance", false),
            ("main", "old-main", false),
            ("main|release/.*", "release/1.2", true),
            ("main|release/.*", "main-2", false),
            (".*", "anything/at all", true),
            (".*", "", true),
            ("release/[0-9]+", "release/10", true),
            ("(?i)MAIN", "main", true),
            ("main", "main\n", false),
            ("ma(in", "main", false),
        ] {
            let found = BranchPattern::new(pattern).is_ok_and(|it| it.matches(branch));
            assert_eq!(found, fits, "{pattern} on {branch:?}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused_at_once() {
        let long = "a".repeat(257);
        let deep = format!("{}a{}", "(".repeat(60), ")".repeat(60));
        for pattern in ["", long.as_str(), r"\w{1000}{1000}", "(", "a)(b", deep.as_str(), r"(?=x)"] {
            let error = BranchPattern::new(pattern).unwrap_err().to_string();
            assert!(error.starts_with("`branch_pattern`: "), "{error}");
        }
    }
}
