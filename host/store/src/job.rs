//! What the jobs carry, and where they wait. What takes deliveries waits in the queue `default` and asks nobody; what
//! asks a provider waits in [`ASK_PROVIDER`], evaluations in [`WORK`], and scans in [`SCAN`], so that a provider that hangs
//! keeps nobody else's delivery waiting. All but `Deliver` and `ScanSource` are inserted once while one waits; River's own
//! unique option cannot say that, because it insists on counting running jobs too.

use riverqueue::JobArgs;
use serde::{Deserialize, Serialize};

use crate::Trigger;

/// The queue of what takes deliveries, where River puts jobs that name none.
pub const TAKE_DELIVERIES: &str = "default";
/// The queue of evaluations.
pub const WORK: &str = "work";
/// The queue of what asks providers and computes nothing.
pub const ASK_PROVIDER: &str = "provider";
/// The queue of scans of whole repositories.
pub const SCAN: &str = "scan";

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
#[river(kind = "publish", queue = "provider")]
pub struct Publish {
    /// Id of the check.
    pub check: String,
}

/// Scan one source in full. One alike at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(
    kind = "scan-source",
    queue = "scan",
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
#[river(kind = "refresh", queue = "provider")]
pub struct Refresh {
    /// Id of the integration.
    pub integration: String,
}

/// Find what deliveries missed. One alike at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "reconcile", queue = "provider")]
pub struct Reconcile {
    /// Id of the integration.
    pub integration: String,
}

/// Ask the provider for deliveries that were lost. One alike at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "redeliver", queue = "provider")]
pub struct Redeliver {
    /// Id of the connection.
    pub connection: String,
}

/// Evaluate a commit of a merge queue.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "evaluate-group", queue = "work", priority = 1)]
pub struct EvaluateGroup {
    /// Id of the integration.
    pub integration: String,
    /// Full name of the repository.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// Where the branch stands without it.
    pub base_sha: String,
    /// The branch.
    pub base_ref: String,
}
