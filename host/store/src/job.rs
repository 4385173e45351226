//! The jobs and their queues. Jobs that handle deliveries are in the queue `default` and send no requests to providers;
//! jobs that do are in [`ASK_PROVIDER`], evaluations in [`WORK`], and scans in [`SCAN`], so that a provider that hangs
//! does not delay the deliveries of others. All jobs except `Deliver` and `ScanSource` are inserted only if none is
//! waiting. River's own unique option is not suitable, because it also counts running jobs.

use riverqueue::JobArgs;
use serde::{Deserialize, Serialize};

use crate::Trigger;

/// The queue of jobs that handle deliveries; it is River's default.
pub const TAKE_DELIVERIES: &str = "default";
/// The queue of evaluations.
pub const WORK: &str = "work";
/// The queue of jobs that send requests to providers and compute nothing.
pub const ASK_PROVIDER: &str = "provider";
/// The queue of scans of whole repositories.
pub const SCAN: &str = "scan";

/// Handles an accepted delivery.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "deliver")]
pub struct Deliver {
    /// Id of the delivery.
    pub delivery: String,
}

/// Evaluates a pull request. The priority depends on the turn of its integration, see `queue`.
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

/// Sends a check to the provider.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "publish", queue = "provider")]
pub struct Publish {
    /// Id of the check.
    pub check: String,
}

/// Scans a source in full. Only one job with the same arguments exists at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(
    kind = "scan-source",
    queue = "scan",
    unique(by_args, by_state(available, pending, retryable, running, scheduled))
)]
pub struct ScanSource {
    /// Id of the source.
    pub source: String,
    /// The reason.
    pub trigger: Trigger,
    /// The scheduled slot.
    pub slot: Option<i64>,
}

/// Updates an integration and its repositories from the provider. One job of an integration runs at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "refresh", queue = "provider")]
pub struct Refresh {
    /// Id of the integration.
    pub integration: String,
}

/// Finds changes that no delivery reported. One job of an integration runs at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "reconcile", queue = "provider")]
pub struct Reconcile {
    /// Id of the integration.
    pub integration: String,
}

/// Asks the provider to resend lost deliveries. One job of a connection runs at a time.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "redeliver", queue = "provider")]
pub struct Redeliver {
    /// Id of the connection.
    pub connection: String,
}

/// Evaluates a commit of a merge queue.
#[derive(Clone, Debug, PartialEq, Eq, JobArgs, Serialize, Deserialize)]
#[river(kind = "evaluate-group", queue = "work", priority = 1)]
pub struct EvaluateGroup {
    /// Id of the integration.
    pub integration: String,
    /// Full name of the repository.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// The commit of the target branch without it.
    pub base_sha: String,
    /// The target branch.
    pub base_ref: String,
}
