//! The documentation that every control must have.

use std::collections::BTreeSet;

use crate::Control;
use crate::rule::Rule;

/// The longest title that fits a table.
const TITLE: usize = 80;

/// Checks a control's id, title, headings, aliases and policies. The error lists everything that is wrong.
pub fn check_docs(control: &Control) -> Result<(), String> {
    let docs = control.docs();
    let mut faults = Vec::new();
    if !is_id(control.id) {
        faults.push("its id is not lower case words with dashes".to_owned());
    }
    if docs.title.is_empty() || docs.title.chars().count() > TITLE || docs.title.ends_with('.') {
        faults.push(format!("its title is empty, longer than {TITLE} characters or ends with a period"));
    }
    let remedy = docs.remedies.iter().any(|(_, text)| !text.is_empty());
    for (heading, present) in [
        ("Why", !docs.why.is_empty()),
        ("Impact", !docs.impact.is_empty()),
        ("Fix", remedy),
        ("Fails", !docs.failing_example.trim().is_empty()),
        ("Passes", !docs.passing_example.trim().is_empty()),
    ] {
        if !present {
            faults.push(format!("`## {heading}` is missing or empty"));
        }
    }
    for (what, names) in
        [("alias", control.aliases), ("policy", control.policies), ("safe fix", control.safe_fixes)]
    {
        let mut seen = BTreeSet::new();
        for name in names {
            if name.is_empty() || !seen.insert(name) {
                faults.push(format!("its {what} `{name}` is empty or stands twice"));
            }
        }
    }
    let judged = control.describe();
    if judged.kinds.is_empty() && judged.shapes.is_empty() {
        faults.push("it names neither kinds nor shapes, so it judges nothing".to_owned());
    }
    faults.extend(crate::attribute::check(control.judges).err());
    faults.extend(control.check_parameters().err());
    if matches!(control.rule, Rule::Must(_)) == control.judges.is_empty() {
        faults.push("attributes and what they must be belong together: `judges` and `Rule::Must`".to_owned());
    }
    if faults.is_empty() { Ok(()) } else { Err(format!("{}: {}", control.id, faults.join("; "))) }
}

fn is_id(id: &str) -> bool {
    id.contains('-')
        && id.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::check_docs;
    use crate::Control;

    #[test]
    fn every_fault_is_listed() {
        let control = Control {
            id: "Pods",
            aliases: &["A-1", "A-1"],
            safe_fixes: &["false", "false"],
            doc: "Title.\n## Why\nBecause.\n## Fix\n",
            ..Control::TEMPLATE
        };
        let error = check_docs(&control).unwrap_err();
        for fault in [
            "its id",
            "its title",
            "`## Impact`",
            "`## Fix`",
            "`## Fails`",
            "alias `A-1`",
            "safe fix `false`",
            "neither kinds",
        ] {
            assert!(error.contains(fault), "{fault}: {error}");
        }
        assert!(!error.contains("`## Why`"), "{error}");
    }
}
