//! Published deliveries of a provider, and damaged copies of them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::CallError;
use crate::provider::{Hint, Understood};

/// The folder `contracts/` with the published data of providers: below the variable `PALISADE_SHARED`, or beside the
/// repository, of which `crate_folder` is three folders deep.
fn contracts(crate_folder: &str) -> PathBuf {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| Path::new(crate_folder).join("../../../../shared"), PathBuf::from);
    shared.join("contracts")
}

/// Whether published data is required here; otherwise tests of it are skipped where it is missing.
fn are_required() -> bool {
    std::env::var_os("PALISADE_REQUIRE_CORPORA").is_some()
}

fn collect(top: &Path, folder: &Path, is_delivery: &dyn Fn(&str) -> bool, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(top, &path, is_delivery, into);
        } else if let Some(name) = path.strip_prefix(top).ok().and_then(Path::to_str)
            && is_delivery(name)
        {
            let text = std::fs::read_to_string(&path);
            assert!(text.is_ok(), "{name}: {text:?}");
            into.push((name.to_owned(), text.unwrap_or_default()));
        }
    }
}

/// The published deliveries below a folder of `contracts/`, by their path and text, sorted: the files for whose path
/// `is_delivery` is true. Empty if this machine has none.
///
/// # Panics
/// If there are none but they are required here, or a file is not text.
#[expect(clippy::print_stdout, reason = "a test prints that it is skipped")]
pub fn published(
    crate_folder: &str,
    below: &str,
    is_delivery: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let top = contracts(crate_folder).join(below);
    let mut all = Vec::new();
    collect(&top, &top, &is_delivery, &mut all);
    all.sort();
    if all.is_empty() {
        assert!(!are_required(), "the deliveries in {below} are required here");
        println!("SKIPPED: the deliveries in {below} are not on this machine");
    }
    all
}

/// Reads damaged copies of deliveries: each must have only complete hints, or be refused if it is not a whole JSON
/// object. One that is whole may be refused only for a change at one of the pointers of `indispensable`. `read` gets the
/// path of the delivery and the body. Returns the number of copies.
///
/// # Panics
/// If a copy is read in another way.
pub fn check_damaged(
    deliveries: &[(String, String)],
    indispensable: &[&str],
    read: impl Fn(&str, &[u8]) -> Result<Understood, CallError>,
) -> usize {
    // `cargo xtask test --all` tests each place, other runs each eleventh.
    let every = if std::env::var_os("PALISADE_TEST_ALL").is_some() { 1 } else { 11 };
    let mut damaged = 0;
    for (name, text) in deliveries {
        damaged += damage(text, every, |it| {
            let found = read(name, &it.body);
            let is_expected = match &found {
                Ok(found) => it.whole && found.hints.iter().all(is_complete),
                Err(CallError::InvalidInput(_)) => {
                    !it.whole || indispensable.iter().any(|at| it.what.starts_with(at))
                }
                Err(_) => false,
            };
            assert!(is_expected, "{name} {}: {found:?}", it.what);
        });
    }
    damaged
}

/// Checks that deliveries were refused for the expected reasons, of which the beginnings are listed.
///
/// # Panics
/// If one was not.
pub fn check_refused<T: std::fmt::Debug>(
    cases: &[(T, &str)],
    read: impl Fn(&T) -> Result<Understood, CallError>,
) {
    for (delivery, words) in cases {
        let found = read(delivery);
        let is_refused = matches!(&found, Err(CallError::InvalidInput(why)) if why.starts_with(words));
        assert!(is_refused, "{delivery:?}: {found:?}");
    }
}

/// Bodies that are not JSON objects, with the beginning of the reason for which each is refused.
pub const NOT_OBJECTS: [(&[u8], &str); 4] = [
    (b"", "the body is not valid JSON"),
    (b"payload=%7B%7D", "the body is not valid JSON"),
    (b"[]", "the body is not a JSON object"),
    (b"{\"a\": \"\xff\"}", "the body is not UTF-8"),
];

/// A short form of hints, separated by commas.
pub fn shown_hints(hints: &[Hint]) -> String {
    hints.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A short form of the visibility of a repository. `unknown` is the form without one.
pub fn shown_visibility(public: Option<bool>, unknown: &'static str) -> &'static str {
    public.map_or(unknown, |it| if it { "public" } else { "private" })
}

/// The names of properties, separated by spaces.
pub fn shown_names(properties: &[(String, String)]) -> String {
    properties.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
}

/// A short form of a hint.
fn shown(hint: &Hint) -> String {
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
struct Damaged {
    /// What was changed: a JSON pointer, or the length to which it was cut.
    what: String,
    /// The body.
    body: Vec<u8>,
    /// Whether the body is a JSON object; otherwise it was cut.
    whole: bool,
}

/// Hands over damaged copies of a delivery: each part (`every` = 1), or each part of that number, replaced by other
/// values, null or empty, or removed; and the text cut before and after values and names. Returns the number of copies.
///
/// # Panics
/// If the text is not valid JSON.
fn damage(text: &str, every: usize, mut check: impl FnMut(Damaged)) -> usize {
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
