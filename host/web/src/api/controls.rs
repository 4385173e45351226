//! What the plugins can judge: formats, controls, policies.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use palisade_domain::{Control as Described, Format as Read};
use palisade_service::Service;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::list::{List, whole};

/// Summary of a control.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policy {
    id: String,
    title: String,
    severity: String,
    /// Requirements that it belongs to.
    policies: Vec<String>,
    /// Formats that it judges; empty: all.
    formats: Vec<String>,
}

impl From<&Described> for Policy {
    fn from(it: &Described) -> Policy {
        Policy {
            id: it.id.to_string(),
            title: it.title.to_string(),
            severity: it.severity.name().to_owned(),
            policies: it.policies.to_vec(),
            formats: it.formats.clone(),
        }
    }
}

/// A control.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Control {
    #[serde(flatten)]
    policy: Policy,
    /// Name of its pack.
    pack: String,
    /// Kinds of resources that it judges.
    kinds: Vec<String>,
    /// Ids of the same rule in other tools.
    aliases: Vec<String>,
    /// Why a violation is bad, in Markdown.
    why: String,
    /// What the remediation may break, in Markdown.
    impact: String,
    /// Remediation, by format.
    remedies: Vec<Remedy>,
}

/// Remediation of a violation in a format.
#[derive(Debug, Serialize, ToSchema)]
struct Remedy {
    /// Name of the format; empty: all formats.
    format: String,
    /// Markdown.
    text: String,
}

impl From<&Described> for Control {
    fn from(it: &Described) -> Control {
        let remedies = it.docs.remedies.iter();
        Control {
            policy: it.into(),
            pack: it.pack.clone(),
            kinds: it.kinds.clone(),
            aliases: it.aliases.to_vec(),
            why: it.docs.why.clone(),
            impact: it.docs.impact.to_string(),
            remedies: remedies
                .map(|it| Remedy { format: it.format.clone(), text: it.text.to_string() })
                .collect(),
        }
    }
}

/// A requirement, and the controls that belong to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Requirement {
    /// Such as `CIS Kubernetes 5.2.2`.
    name: String,
    /// Ids of controls.
    controls: Vec<String>,
}

/// Supported formats, kinds and packs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Support {
    /// Formats that are read.
    formats: Vec<Format>,
    /// Kinds of resources that controls judge.
    kinds: BTreeSet<String>,
    /// Number of controls by pack.
    packs: BTreeMap<String, usize>,
    /// Number of all controls.
    controls: usize,
}

/// A format.
#[derive(Debug, Serialize, ToSchema)]
struct Format {
    id: String,
    title: String,
    /// File name patterns.
    globs: Vec<String>,
    /// Number of controls that judge it.
    controls: usize,
}

fn format(it: &Read, controls: &[&Described]) -> Format {
    let judges = |control: &&&Described| control.formats.is_empty() || control.formats.contains(&it.id);
    Format {
        id: it.id.clone(),
        title: it.title.clone(),
        globs: it.globs.clone(),
        controls: controls.iter().filter(judges).count(),
    }
}

/// Returns the supported formats, kinds and packs.
#[utoipa::path(get, path = "/support", operation_id = "support.show", tag = "support",
    responses((status = 200, description = "Supported formats, kinds and packs.", body = Support)))]
pub(crate) async fn support(State(service): State<Service>) -> Json<Support> {
    let controls = service.controls();
    let mut packs: BTreeMap<String, usize> = BTreeMap::new();
    for control in &controls {
        *packs.entry(control.pack.clone()).or_default() += 1;
    }
    Json(Support {
        formats: service.formats().into_iter().map(|it| format(it, &controls)).collect(),
        kinds: controls.iter().flat_map(|it| &it.kinds).cloned().collect(),
        packs,
        controls: controls.len(),
    })
}

/// Lists all controls.
#[utoipa::path(get, path = "/controls", operation_id = "control.list", tag = "support",
    responses((status = 200, description = "All controls.", body = List<Control>)))]
pub(crate) async fn controls(State(service): State<Service>) -> Json<List<Control>> {
    whole(service.controls().into_iter().map(Control::from).collect())
}

/// Lists the requirements of policies with their controls.
#[utoipa::path(get, path = "/policies", operation_id = "policy.list", tag = "support",
    responses((status = 200, description = "All requirements.", body = List<Requirement>)))]
pub(crate) async fn policies(State(service): State<Service>) -> Json<List<Requirement>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for control in service.controls() {
        for name in control.policies.iter() {
            all.entry(name.clone()).or_default().push(control.id.to_string());
        }
    }
    whole(all.into_iter().map(|(name, controls)| Requirement { name, controls }).collect())
}
