//! Kubernetes manifests as resources.
//!
//! Every YAML or JSON file is read. A document is a Kubernetes object if it is a mapping with `apiVersion` and `kind`.
//! It is read as kubectl reads it: for example, `yes` is a boolean. Each value keeps its place in the file. Anchors are
//! never copied: an alias is a link, so a small file stays small.
//!
//! A file that kubectl refuses is never covered as scanned. A document that is not YAML for kubectl fails. One that
//! kubectl reads and then refuses, because of a name that is a number or of too many aliases, is judged and covered as
//! partial. `cargo xtask reference kubectl` compares the two.
//!
//! Kustomize overlays are not built: the manifests that they list are read as they are, and their patches are
//! unsupported. So are the templates of Helm charts.
//!
//! Modules: `claim` selects the files, `encoding` decodes them, `palisade-yaml` reads their documents, `file` keeps
//! those that are manifests, `resources` and `pods` find the resources that they declare, `metadata` and `aliases` what
//! kubectl refuses.

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
/// Id of the format of Kustomize patches.
const KUSTOMIZE_PATCH_ID: &str = "kustomize-patch";

/// Paths of the mappings in which authors may suppress findings.
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

/// The coverage of a file that is certainly not a whole manifest, before it is read.
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
