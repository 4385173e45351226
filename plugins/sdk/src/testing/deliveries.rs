//! Published deliveries of a provider, and damaged copies of them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::provider::Hint;

/// The folder `contracts/` with the published data of providers: below the variable `PALISADE_SHARED`, or beside the
/// repository, of which `crate_folder` is three folders deep.
pub fn contracts(crate_folder: &str) -> PathBuf {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| Path::new(crate_folder).join("../../../../shared"), PathBuf::from);
    shared.join("contracts")
}

/// A short form of a hint.
pub fn shown(hint: &Hint) -> String {
    match hint {
        Hint::Pull { id, .. } => format!("pull {id}"),
        Hint::MergeGroup { base_ref, .. } => format!("merge group for {base_ref}"),
        Hint::Rerun { external_id: None, .. } => "run all checks again".to_owned(),
        Hint::Rerun { .. } => "run the check again".to_owned(),
        Hint::Recheck { id, .. } => format!("check pull {id} again"),
        Hint::Integration => "integration".to_owned(),
        Hint::Repositories => "repositories".to_owned(),
    }
}

/// Whether a hint has all the values that the host needs.
pub fn is_complete(hint: &Hint) -> bool {
    match hint {
        Hint::Pull { repository, id, .. } | Hint::Recheck { repository, id } => {
            !repository.is_empty() && !id.is_empty()
        }
        Hint::MergeGroup { repository, head_sha, base_ref, .. } => {
            [repository, head_sha, base_ref].iter().all(|it| !it.is_empty())
        }
        Hint::Rerun { repository, head_sha, .. } => !repository.is_empty() && !head_sha.is_empty(),
        Hint::Integration | Hint::Repositories => true,
    }
}

/// Pointers to every part of a value.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            map.iter().map(|(key, it)| (key.replace('~', "~0").replace('/', "~1"), it)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let path = format!("{at}/{key}");
        pointers(child, &path, into);
        into.push(path);
    }
}

/// Removes the value at a pointer.
fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.shift_remove(&last.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            if let Some(index) = last.parse().ok().filter(|it| *it < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// A damaged copy of a delivery.
#[derive(Debug)]
pub struct Damaged {
    /// What was changed: a JSON pointer, or the length to which it was cut.
    pub what: String,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the body is a JSON object; otherwise it was cut.
    pub whole: bool,
}

/// Hands over damaged copies of a delivery: each part (`every` = 1), or each part of that number, replaced by other
/// values, null or empty, or removed; and the text cut before and after values and names. Returns the number of copies.
///
/// # Panics
/// If the text is not valid JSON.
pub fn damage(text: &str, every: usize, mut check: impl FnMut(Damaged)) -> usize {
    let others = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{1b}x"),
        json!([]),
        json!({}),
    ];
    let text = text.trim_end();
    let whole: Value = serde_json::from_str(text).unwrap_or_default();
    assert!(!whole.is_null(), "the delivery is not valid JSON: {text}");
    let mut all = Vec::new();
    pointers(&whole, "", &mut all);
    let mut damaged = 0;
    let mut copy = |what: String, body: Vec<u8>, whole: bool| {
        damaged += 1;
        check(Damaged { what, body, whole });
    };
    for (row, path) in all.iter().enumerate().step_by(every) {
        // Deeper than the parts that are read, each place gets only one of the replacements.
        let deep = path.matches('/').count() > 3;
        let here = others.iter().enumerate().filter(|(number, _)| !deep || *number == row % others.len());
        for (_, other) in here {
            let mut body = whole.clone();
            if let Some(part) = body.pointer_mut(path) {
                part.clone_from(other);
            }
            copy(path.clone(), body.to_string().into_bytes(), true);
        }
        let mut body = whole.clone();
        remove(&mut body, path);
        copy(format!("{path} removed"), body.to_string().into_bytes(), true);
    }
    let ends = text.char_indices().filter(|(_, it)| "{}[]:,".contains(*it));
    let ends = ends.flat_map(|(at, _)| [at, at + 1]).filter(|end| *end < text.len());
    for end in ends.step_by(every) {
        copy(format!("cut at {end}"), text.as_bytes().get(..end).unwrap_or_default().to_vec(), false);
    }
    damaged
}
