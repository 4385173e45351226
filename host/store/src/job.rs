//! What the jobs carry, and where they wait. What only takes and tells waits in the queue `default`; what computes waits
//! in [`WORK`], whose workers are as many as the administrator allows. `Evaluate` and `Publish` are inserted by the repositories, once while one waits; River's
//! own unique option cannot say that, because it insists on counting running jobs too.

use riverqueue::JobArgs;
use serde::{Deserialize, Serialize};

use crate::Trigger;

/// The queue of what computes.
pub const WORK: &str = "work";

/// Handle one accepted delivery.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "deliver")]
pub struct Deliver {
    /// Id of the delivery.
    pub delivery: String,
}

/// Evaluate one pull request. Its priority is that of its integration's turn, see `queue`.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "evaluate", queue = "work")]
pub struct Evaluate {
    /// Id of the integration.
    pub integration: String,
    /// Full name of the repository.
    pub repository: String,
    /// Number of the pull request.
    pub number: i64,
}

/// Bring one check to the provider.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "publish")]
pub struct Publish {
    /// Id of the check.
    pub check: String,
}

/// Scan one source in full. One alike at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(
    kind = "scan-source",
    queue = "work",
    priority = 2,
    unique(by_args, by_state(available, pending, retryable, running, scheduled))
)]
pub struct ScanSource {
    /// Id of the source.
    pub source: String,
    /// Why.
    pub trigger: Trigger,
    /// The scheduled slot.
    pub slot: Option<i64>,
}

/// Ask the provider how an integration stands and which repositories it has. One alike at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "refresh", unique(by_args, by_state(available, pending, retryable, running, scheduled)))]
pub struct Refresh {
    /// Id of the integration.
    pub integration: String,
}

/// Find what deliveries missed. One alike at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "reconcile", unique(by_args, by_state(available, pending, retryable, running, scheduled)))]
pub struct Reconcile {
    /// Id of the integration.
    pub integration: String,
}
