//! OPA's annotations: a block of comments that begins with `METADATA` and continues as YAML.

use regorus::Value;

use crate::ast::Module;
use crate::lexer::Comment;
use crate::place::Place;
use crate::problem::Fault;

/// What an annotation applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Package,
    /// The rule that begins at this place.
    Rule(Place),
}

/// A parsed annotation.
#[derive(Debug, Clone)]
pub(crate) struct Annotation {
    pub(crate) place: Place,
    pub(crate) subject: Subject,
    pub(crate) value: Value,
}

/// All annotations of a module.
pub(crate) fn read(comments: &[Comment], module: &Module) -> (Vec<Annotation>, Vec<Fault>) {
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for block in blocks(comments) {
        let Some((first, rest)) = block.split_first() else { continue };
        let last = block.last().unwrap_or(first).place.line;
        let text: Vec<&str> = rest.iter().map(|comment| comment.text.trim_end()).collect();
        let value = match Value::from_yaml_str(&text.join("\n")) {
            Ok(value @ Value::Object(_)) => value,
            Ok(_) => {
                faults.push(Fault::new(
                    first.place,
                    "annotation that is not a mapping",
                    "write `# title: …` below it",
                ));
                continue;
            }
            Err(error) => {
                let error = error.to_string();
                let error = error.lines().next().unwrap_or_default();
                faults.push(Fault::new(first.place, format!("annotation that is not YAML: {error}"), ""));
                continue;
            }
        };
        let scope = text_at(&value, "scope").unwrap_or_default();
        if !matches!(scope.as_str(), "" | "rule" | "document" | "package" | "subpackages") {
            let what = format!("annotation of the unknown scope {scope:?}");
            faults.push(Fault::new(first.place, what, "use rule, document, package or subpackages"));
            continue;
        }
        let rule = module.rules.iter().map(|rule| rule.place).find(|place| place.line > last);
        let import = module.imports.iter().map(|import| import.place).find(|place| place.line > last);
        if last > module.package_place.line && import.is_some_and(|import| rule.is_none_or(|it| import < it))
        {
            faults.push(Fault::new(first.place, "annotation of an import", "put it above a rule"));
            continue;
        }
        let subject = if last < module.package_place.line
            || matches!(scope.as_str(), "package" | "subpackages")
        {
            Subject::Package
        } else if let Some(place) = rule {
            Subject::Rule(place)
        } else {
            faults.push(Fault::new(first.place, "annotation of nothing", "put it above a package or a rule"));
            continue;
        };
        found.push(Annotation { place: first.place, subject, value });
    }
    (found, faults)
}

/// The blocks of comments that are annotations.
fn blocks(comments: &[Comment]) -> Vec<&[Comment]> {
    comments
        .chunk_by(|left, right| {
            left.own_line && right.own_line && left.place.line.saturating_add(1) == right.place.line
        })
        .filter_map(|block| {
            let start =
                block.iter().position(|comment| comment.own_line && comment.text.trim() == "METADATA")?;
            block.get(start..)
        })
        .collect()
}

/// The text of a key.
pub(crate) fn text_at(value: &Value, key: &str) -> Option<String> {
    match value.as_object().ok()?.get(&Value::from(key))? {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The texts of a key: one, or a list.
pub(crate) fn texts_at(value: &Value, key: &str) -> Vec<String> {
    let Some(found) = value.as_object().ok().and_then(|object| object.get(&Value::from(key))) else {
        return Vec::new();
    };
    match found {
        Value::String(text) => vec![text.to_string()],
        Value::Array(items) => items
            .iter()
            .filter_map(|item| match item {
                Value::String(text) => Some(text.to_string()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The value of a key.
pub(crate) fn value_at<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.as_object().ok()?.get(&Value::from(key))
}
