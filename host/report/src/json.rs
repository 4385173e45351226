//! The report as JSON, and its digest.

use palisade_domain::{Report, hex};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// One object, indented, with a line break at its end.
pub fn json(report: &Report) -> String {
    to_text(report)
}

pub(crate) fn to_text(value: &impl Serialize) -> String {
    // Our own types have text keys and finite numbers only, which is all that serialising could fail at.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// SHA-256 over the report without its target and without the digest itself: what was found, not where it was
/// looked for. A folder and a commit of the same tree have the same.
pub fn digest(report: &Report) -> String {
    let mut content = report.clone();
    content.target.path.clear();
    content.target.rev = None;
    content.target.base = None;
    content.digest.clear();
    let hash = Sha256::digest(to_text(&content).as_bytes());
    format!("sha256:{}", hex(&hash))
}
