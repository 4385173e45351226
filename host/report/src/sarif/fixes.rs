//! Fixes of findings: sections 3.55 to 3.57.

use palisade_domain::{Edit, Finding};
use serde_json::json;

use super::form::{ArtifactChange, ArtifactLocation, Content, Fix, Replacement};
use super::{ROOT, region, text, uri};
use crate::clean::is_plain;

/// The fix of a finding. A fix whose replacement would have to be escaped, because a terminal or a build server would
/// interpret it, is left out: the applied text must be the one that was checked.
pub(super) fn fixes(finding: &Finding) -> Vec<Fix<'_>> {
    let Some(fix) = &finding.fix else { return Vec::new() };
    if fix.edits.is_empty() || !fix.edits.iter().all(|it| is_plain(&it.replacement)) {
        return Vec::new();
    }
    // The edits of a file are adjacent.
    let artifact_changes = fix.edits.chunk_by(|one, other| one.path == other.path).map(change).collect();
    let properties = json!({ "safe": fix.safe });
    vec![Fix { description: text(&fix.description).into(), artifact_changes, properties }]
}

fn change(edits: &[Edit]) -> ArtifactChange<'_> {
    let path = edits.first().map_or("", |it| it.path.as_str());
    ArtifactChange {
        artifact_location: ArtifactLocation { uri: uri(path), uri_base_id: ROOT },
        replacements: edits.iter().map(replacement).collect(),
    }
}

fn replacement(it: &Edit) -> Replacement<'_> {
    let deleted_region = region(it.start, it.end);
    Replacement { deleted_region, inserted_content: Content { text: &it.replacement } }
}
