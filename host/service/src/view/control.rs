//! What the plugins can judge: formats, controls, policies.

use std::collections::{BTreeMap, BTreeSet};

use palisade_domain::Control as Described;
use serde::Serialize;
use utoipa::ToSchema;

/// Summary of a control.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Policy {
    pub id: String,
    pub title: String,
    pub severity: String,
    /// Requirements that it belongs to.
    pub policies: Vec<String>,
    /// Formats that it judges; empty: all.
    pub formats: Vec<String>,
}

/// A control.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Control {
    #[serde(flatten)]
    pub policy: Policy,
    /// Name of its pack.
    pub pack: String,
    /// Kinds of resources that it judges.
    pub kinds: Vec<String>,
    /// Ids of the same rule in other tools.
    pub aliases: Vec<String>,
    /// Why a violation is bad, in Markdown.
    pub why: String,
    /// What the remediation may break, in Markdown.
    pub impact: String,
    /// Remediation, by format.
    pub remedies: Vec<Remedy>,
}

/// Remediation of a violation in a format.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Remedy {
    /// Name of the format; empty: all formats.
    pub format: String,
    /// Markdown.
    pub text: String,
}

/// A requirement, and the controls that belong to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Requirement {
    /// Such as `CIS Kubernetes 5.2.2`.
    pub name: String,
    /// Ids of controls.
    pub controls: Vec<String>,
}

/// Returns the supported formats, kinds and packs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Support {
    /// Formats that are read.
    pub formats: Vec<Format>,
    /// Kinds of resources that controls judge.
    pub kinds: BTreeSet<String>,
    /// Number of controls by pack.
    pub packs: BTreeMap<String, usize>,
    /// Number of all controls.
    pub controls: usize,
}

/// A format.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Format {
    pub id: String,
    pub title: String,
    /// File name patterns.
    pub globs: Vec<String>,
    /// Number of controls that judge it.
    pub controls: usize,
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
