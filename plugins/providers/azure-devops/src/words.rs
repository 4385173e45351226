//! Enumerations of the API: the description has their names, and responses have names or numbers
//! (<https://github.com/MicrosoftDocs/vsts-rest-api-specs>, whose examples differ from its descriptions).

use serde_json::Value;

/// The names of an enumeration, with their numbers.
pub(crate) type Words = &'static [(u64, &'static str)];

/// The status of a thread.
pub(crate) const THREAD: Words = &[
    (0, "unknown"),
    (1, "active"),
    (2, "fixed"),
    (3, "wontFix"),
    (4, "closed"),
    (5, "byDesign"),
    (6, "pending"),
];

/// The state of a status.
pub(crate) const STATE: Words = &[
    (0, "notSet"),
    (1, "pending"),
    (2, "succeeded"),
    (3, "failed"),
    (4, "error"),
    (5, "notApplicable"),
    (6, "partiallySucceeded"),
];

/// The status of a pull request.
pub(crate) const PULL: Words =
    &[(0, "notSet"), (1, "active"), (2, "abandoned"), (3, "completed"), (4, "all")];

/// The status of a subscription.
pub(crate) const SUBSCRIPTION: Words = &[
    (0, "enabled"),
    (10, "onProbation"),
    (20, "disabledByUser"),
    (30, "disabledBySystem"),
    (40, "disabledByInactiveIdentity"),
];

/// Kinds of changes of a file, of which one change may have several.
const CHANGE: Words = &[
    (1, "add"),
    (2, "edit"),
    (4, "encoding"),
    (8, "rename"),
    (16, "delete"),
    (32, "undelete"),
    (1024, "sourceRename"),
    (2048, "targetRename"),
];

/// The name of the value at a pointer; empty if it is missing or unknown.
pub(crate) fn word(from: &Value, pointer: &str, words: Words) -> &'static str {
    let is = |it: &&(u64, &str)| match from.pointer(pointer) {
        Some(Value::Number(number)) => number.as_u64() == Some(it.0),
        Some(Value::String(text)) => text.eq_ignore_ascii_case(it.1),
        _ => false,
    };
    words.iter().find(is).map_or("", |it| it.1)
}

/// Whether the change at a pointer has a kind: names are separated by commas, numbers are sums.
pub(crate) fn has_change(from: &Value, pointer: &str, kind: &str) -> bool {
    match from.pointer(pointer) {
        Some(Value::String(text)) => text.split(',').any(|it| it.trim().eq_ignore_ascii_case(kind)),
        Some(Value::Number(number)) => {
            let bits = number.as_u64().unwrap_or(0);
            CHANGE.iter().any(|(bit, name)| *name == kind && bits & bit != 0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_numbers_are_the_same() {
        for (value, words, expected) in [
            (json!("active"), THREAD, "active"),
            (json!("WontFix"), THREAD, "wontFix"),
            (json!(4), THREAD, "closed"),
            (json!(30), SUBSCRIPTION, "disabledBySystem"),
            (json!("disabledBySystem"), SUBSCRIPTION, "disabledBySystem"),
            (json!(2), STATE, "succeeded"),
            (json!(99), STATE, ""),
            (json!(-1), STATE, ""),
            (json!("other"), PULL, ""),
            (json!(null), PULL, ""),
        ] {
            assert_eq!(word(&json!({ "it": value }), "/it", words), expected, "{value}");
        }
    }

    #[test]
    fn a_change_has_several_kinds() {
        for (value, kind, expected) in [
            (json!("edit, rename"), "rename", true),
            (json!("edit, rename"), "edit", true),
            (json!("sourceRename, delete"), "rename", false),
            (json!("Add"), "add", true),
            (json!(10), "rename", true),
            (json!(10), "delete", false),
            (json!(null), "add", false),
        ] {
            assert_eq!(has_change(&json!({ "it": value }), "/it", kind), expected, "{value} {kind}");
        }
    }
}
