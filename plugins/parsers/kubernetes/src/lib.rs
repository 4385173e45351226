//! Kubernetes manifests as resources.
//!
//! Every YAML or JSON file is looked at. A document is a Kubernetes object when it is a mapping with
//! `apiVersion` and `kind`; it is read as kubectl reads it, down to `yes` being a boolean. Each value keeps
//! the place where it was written. Anchors are never copied: an alias is a link, so a small file stays small.
//!
//! What kubectl refuses is never covered as scanned. A document that is no YAML for it fails; one that it reads and then
//! refuses, for a name that is a number or for aliases without end, is judged all the same and covered in part.
//! `cargo xtask reference kubectl` compares the two.
//!
//! Kustomize overlays are not built: the manifests that they list are read as they stand, their patches are
//! named as not read. Templates of Helm charts are named as well.
//!
//! The way of a file: `claim` chooses it, `encoding` makes it text, `palisade-yaml` reads its documents, `file` keeps
//! those that are manifests, `resources` and `pods` say what they declare, `metadata` and `aliases` what kubectl
//! refuses.

mod aliases;
mod claim;
mod encoding;
mod file;
mod metadata;
mod pods;
mod resources;

use palisade_sdk::CallError;
use palisade_sdk::parser::{Coverage, Environment, Format, Mount, Parsed, Parser, Status, Tree, Unit, Work};
use palisade_sdk::tape::Builder;

use crate::resources::Resources;

/// Index of the format of whole manifests.
const KUBERNETES: u32 = 0;
/// Index of the format of Kustomize patches.
const KUSTOMIZE_PATCH: u32 = 1;
/// Its id.
const KUSTOMIZE_PATCH_ID: &str = "kustomize-patch";

/// Where authors may suppress findings in an object.
const ANNOTATIONS: &[&str] = &["metadata.annotations"];

/// The parser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kubernetes;

impl Parser for Kubernetes {
    fn describe(&self) -> Vec<Format> {
        vec![
            Format {
                annotations: ANNOTATIONS,
                ..Format::new("kubernetes", "Kubernetes manifest", &["**/*.yaml", "**/*.yml", "**/*.json"])
            }
            .apart(),
            Format::new(
                KUSTOMIZE_PATCH_ID,
                "Kustomize patch",
                &["**/*.yaml", "**/*.yml", "**/*.json", "**/Kustomization"],
            )
            .apart(),
        ]
    }

    fn claim(&self, tree: &dyn Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(claim::claim(tree, candidates))
    }

    fn parse(
        &self,
        tree: &dyn Tree,
        work: &Work,
        _mounts: &[Mount],
        _environment: &Environment,
    ) -> Result<Parsed, CallError> {
        let mut out = Builder::new();
        let mut resources = Resources::default();
        let mut parsed = Parsed::default();
        for path in &work.files {
            let covered = match unsupported(tree, work, path) {
                Some(covered) => covered,
                None => match encoding::read(tree, path) {
                    Ok(text) => file::read(&mut out, &mut resources, &mut parsed.diagnostics, path, &text),
                    Err(error) => Coverage::new(path, Status::Failed, &error.to_string(), None),
                },
            };
            parsed.coverage.push(covered);
        }
        if !out.batch().resources.is_empty() {
            parsed.batch = out.finish();
        }
        Ok(parsed)
    }
}

/// What is known for sure not to be a whole manifest, before it is read.
fn unsupported(tree: &dyn Tree, work: &Work, path: &str) -> Option<Coverage> {
    let reason = if claim::is_kustomization(path) {
        "a Kustomize overlay: overlays are not built yet, and the manifests it lists are scanned as they stand"
    } else if work.format == KUSTOMIZE_PATCH_ID
        && !encoding::read(tree, path).is_ok_and(|text| claim::is_whole(&text))
    {
        "a Kustomize patch, not a whole manifest: judged when overlays are built"
    } else if claim::is_chart_template(tree, path) {
        file::HELM
    } else {
        return None;
    };
    Some(Coverage::new(path, Status::Unsupported, reason, None))
}

palisade_sdk::export_parser!(Kubernetes);
