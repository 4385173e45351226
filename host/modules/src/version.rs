//! Versions and constraints, with Terraform's rules.
//! <https://developer.hashicorp.com/terraform/language/expressions/version-constraints>

use semver::Version;

/// A version with the number of components that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    version: Version,
    numbers: usize,
}

fn written(text: &str) -> Result<Written, String> {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let end = bare.find(['-', '+']).unwrap_or(bare.len());
    let (numbers, rest) = bare.split_at(end);
    let count = numbers.split('.').count();
    if count > 3 {
        return Err(format!("`{text}` has more than three numbers"));
    }
    // Terraform accepts `01` as a number.
    let numbers: Result<Vec<u64>, _> = numbers.split('.').map(str::parse).collect();
    let mut numbers = numbers.map_err(|_| format!("`{text}`: expected numbers, such as `1.2.3`"))?;
    numbers.resize(3, 0);
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let version = Version::parse(&format!("{}{rest}", numbers.join(".")))
        .map_err(|error| format!("`{text}`: {error}"))?;
    Ok(Written { version, numbers: count })
}

/// Parses a version, with or without all of its components.
pub(crate) fn version(text: &str) -> Option<Version> {
    written(text.trim()).ok().map(|it| it.version)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Pessimistic,
}

/// In the order in which they must be tried.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("~>", Operator::Pessimistic),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

/// The constraint of `version = "…"`; an empty one matches every version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constraint(Vec<(Operator, Written)>);

impl Constraint {
    pub(crate) fn parse(text: &str) -> Result<Constraint, String> {
        if text.trim().is_empty() {
            return Ok(Constraint(Vec::new()));
        }
        let one = |part: &str| {
            let part = part.trim();
            let (operator, rest) = OPERATORS
                .iter()
                .find_map(|(sign, operator)| Some((*operator, part.strip_prefix(sign)?)))
                .unwrap_or((Operator::Equal, part));
            Ok((operator, written(rest.trim())?))
        };
        text.split(',').map(one).collect::<Result<_, String>>().map(Constraint)
    }

    /// The version, if the constraint matches exactly one.
    pub(crate) fn exact(&self) -> Option<&Version> {
        match &self.0[..] {
            [(Operator::Equal, it)] => Some(&it.version),
            _ => None,
        }
    }

    /// Whether a version matches. A pre-release matches only if it is named exactly.
    pub(crate) fn fits(&self, version: &Version) -> bool {
        if !version.pre.is_empty() && !self.exact().is_some_and(|exact| same(exact, version)) {
            return false;
        }
        self.0.iter().all(|(operator, bound)| {
            let order = version.cmp_precedence(&bound.version);
            match operator {
                Operator::Equal => order.is_eq(),
                Operator::NotEqual => order.is_ne(),
                Operator::Greater => order.is_gt(),
                Operator::GreaterOrEqual => order.is_ge(),
                Operator::Less => order.is_lt(),
                Operator::LessOrEqual => order.is_le(),
                Operator::Pessimistic => order.is_ge() && pessimistic(version, bound),
            }
        })
    }

    /// The newest matching version.
    pub(crate) fn best<'a>(&self, versions: impl Iterator<Item = &'a str>) -> Option<(Version, &'a str)> {
        let fitting =
            versions.filter_map(|text| version(text).filter(|it| self.fits(it)).map(|it| (it, text)));
        fitting.max_by(|(one, text), (other, other_text)| one.cmp(other).then_with(|| text.cmp(other_text)))
    }
}

fn same(one: &Version, other: &Version) -> bool {
    one.cmp_precedence(other).is_eq()
}

/// Only the last written component may increase.
fn pessimistic(version: &Version, bound: &Written) -> bool {
    let least = &bound.version;
    match bound.numbers {
        1 => true,
        2 => version.major == least.major,
        _ => version.major == least.major && version.minor == least.minor,
    }
}

#[cfg(test)]
mod tests {
    use super::Constraint;

    #[test]
    fn the_newest_version_that_fits_is_taken() {
        let all = ["0.9.0", "1.0.0", "1.2.0", "1.2.9", "1.10.1", "2.0.0", "2.1.0-beta1", "3.0", "odd"];
        for (constraint, expected) in [
            ("", Some("3.0")),
            ("1.2.0", Some("1.2.0")),
            ("= 1.2", Some("1.2.0")),
            ("v1.2.0", Some("1.2.0")),
            ("~> 1.2", Some("1.10.1")),
            ("~> 1.2.0", Some("1.2.9")),
            ("~> 1", Some("3.0")),
            ("~>0.9.0", Some("0.9.0")),
            (">= 1.0, < 2.0", Some("1.10.1")),
            (">=1.0,!=1.10.1,<2.0", Some("1.2.9")),
            ("> 1.2.9, <= 2", Some("2.0.0")),
            ("< 1", Some("0.9.0")),
            ("2.1.0-beta1", Some("2.1.0-beta1")),
            ("= 2.1.0-beta1", Some("2.1.0-beta1")),
            (">= 2.1.0-beta1, < 3", None),
            ("~> 4.0", None),
            ("1.2.1", None),
        ] {
            let found = Constraint::parse(constraint).unwrap().best(all.into_iter());
            assert_eq!(found.map(|(_, text)| text), expected, "`{constraint}`");
        }
    }

    #[test]
    fn what_is_no_constraint_is_refused() {
        for text in ["~> ", "latest", "1.x", "1.2.3.4", ">> 1", "=> 1", "1,", "1 2", "-1"] {
            assert!(Constraint::parse(text).is_err(), "`{text}`");
        }
    }

    #[test]
    fn one_version_is_known_to_be_one() {
        let exact = |text| Constraint::parse(text).unwrap().exact().map(ToString::to_string);
        assert_eq!(exact("1.2").as_deref(), Some("1.2.0"));
        assert_eq!(exact("= 1.2.3-a").as_deref(), Some("1.2.3-a"));
        for text in ["", "~> 1.2", ">= 1.0", "1.0, 1.0"] {
            assert_eq!(exact(text), None, "`{text}`");
        }
    }
}
