//! Describes a control of Rego for the host and readers.

use palisade_rego::{Control, Dialect, Scope, Severity};
use palisade_sdk::control::{ControlInfo, Scope as Sees};
use palisade_sdk::docs::Docs;
use palisade_sdk::pack::EVERY_KIND;

/// The kind of a resource that is a whole document.
const DOCUMENT: &str = "document";

pub(crate) fn control(it: &Control) -> ControlInfo {
    let metadata = &it.metadata;
    ControlInfo {
        id: it.id.clone(),
        severity: match it.severity() {
            // Reports have no severity below low.
            Severity::Info | Severity::Low => palisade_sdk::Severity::Low,
            Severity::Medium => palisade_sdk::Severity::Medium,
            Severity::High => palisade_sdk::Severity::High,
            Severity::Critical => palisade_sdk::Severity::Critical,
        },
        scope: match scope(it) {
            Scope::Component => Sees::Component,
            Scope::Tree => Sees::Tree,
            Scope::Document => Sees::Document,
        },
        kinds: kinds(it),
        shapes: metadata.shapes.clone(),
        related: metadata.related.clone(),
        formats: metadata.formats.clone(),
        aliases: metadata.aliases.clone(),
        policies: metadata.policies.clone(),
        docs: Docs {
            title: metadata.title.clone(),
            why: metadata.description.clone(),
            impact: metadata.impact.clone(),
            remedies: if metadata.remediation.is_empty() {
                Vec::new()
            } else {
                vec![(String::new(), metadata.remediation.clone())]
            },
            ..Docs::default()
        },
        parameters: Vec::new(),
        safe_fixes: Vec::new(),
    }
}

pub(crate) fn scope(it: &Control) -> Scope {
    it.metadata.scope.unwrap_or(Scope::Component)
}

/// The kinds that a control judges. The reference product writes the kinds of the cloud in upper case
/// (`AWS_S3_BUCKET`), Terraform the same in lower case. A control without kinds judges everything.
fn kinds(it: &Control) -> Vec<String> {
    let metadata = &it.metadata;
    if scope(it) == Scope::Document {
        return vec![DOCUMENT.to_owned()];
    }
    let mut kinds = metadata.kinds.clone();
    if it.dialect == Dialect::Reference {
        kinds.extend(metadata.kinds.iter().map(|kind| kind.to_ascii_lowercase()));
        if kinds.is_empty() {
            kinds.push(EVERY_KIND.to_owned());
        }
        kinds.sort();
        kinds.dedup();
    }
    kinds
}

/// Warnings about a control, with the fix.
pub(crate) fn remarks(it: &Control) -> Vec<String> {
    let metadata = &it.metadata;
    let mut remarks = Vec::new();
    let nobody = scope(it) != Scope::Document && metadata.kinds.is_empty() && metadata.shapes.is_empty();
    match it.dialect {
        Dialect::Own if nobody => remarks.push(format!(
            "control {} judges nothing: name its `kinds` or `shapes` under `custom` of its METADATA",
            it.id
        )),
        Dialect::Reference if nobody => remarks.push(format!(
            "control {} judges every resource: name its `resource_kind` in a file of metadata beside it",
            it.id
        )),
        _ => {}
    }
    if metadata.title == it.id {
        remarks.push(format!("control {} has no title: readers see its name", it.id));
    }
    if metadata.description.is_empty() {
        remarks.push(format!(
            "control {} has no description: add one that states why a violation is bad",
            it.id
        ));
    }
    remarks
}
