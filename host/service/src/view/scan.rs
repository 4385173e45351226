//! Scans and their findings.

use palisade_store::entity::result;
use palisade_store::entity::scan::Counts;
use palisade_store::repository::scans::ListedScan;
use palisade_store::{Json, ScanKind, ScanState, Trigger};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::view::Time;

/// A scan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Scan {
    pub id: String,
    /// Id of the source.
    pub source: String,
    /// `full` or `pull`.
    #[schema(value_type = String)]
    pub kind: ScanKind,
    /// Trigger: `activated`, `source-added`, `schedule`, `demand`, `pull`, `rerun`, `reconcile`.
    #[schema(value_type = String)]
    pub trigger: Trigger,
    /// Number of the pull request.
    pub pull_number: Option<i64>,
    /// Scanned commit.
    pub head_sha: String,
    /// Commit that it is compared with.
    pub base_sha: Option<String>,
    /// `waiting`, `running`, `done`, `failed`, `superseded`.
    #[schema(value_type = String)]
    pub state: ScanState,
    /// Reason of a failure.
    pub error: Option<String>,
    /// `passed`, `failed` or `incomplete`.
    pub verdict: Option<String>,
    /// Counts of files, resources and outcomes.
    #[schema(value_type = Value)]
    pub counts: Counts,
    /// Whether the report is available.
    pub has_report: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Time>,
}

/// A finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Finding {
    pub id: String,
    /// Identity of the finding, independent of lines.
    pub fingerprint: String,
    pub control: String,
    pub severity: String,
    /// Address of the resource.
    pub resource: String,
    pub path: String,
    pub line: i64,
    pub message: String,
    pub outcome: String,
    /// Whether the base of the pull request does not have it.
    pub new: bool,
    /// Fix that a program can apply, as in the report.
    #[schema(value_type = Option<Object>)]
    pub fix: Option<Value>,
}

impl From<ListedScan> for Scan {
    fn from(row: ListedScan) -> Scan {
        Scan {
            id: row.id,
            source: row.source_id,
            kind: row.kind,
            trigger: row.trigger,
            pull_number: row.pull_number,
            head_sha: row.head_sha,
            base_sha: Some(row.base_sha).filter(|it| !it.is_empty()),
            state: row.state,
            error: row.error,
            verdict: row.verdict,
            counts: row.counts.into_value(),
            has_report: row.has_report,
            created_at: Time(row.created_at),
            started_at: row.started_at.map(Time),
            finished_at: row.finished_at.map(Time),
        }
    }
}

impl From<result::Model> for Finding {
    fn from(row: result::Model) -> Finding {
        Finding {
            id: row.id,
            fingerprint: row.fingerprint,
            control: row.control,
            severity: row.severity,
            resource: row.resource,
            path: row.path,
            line: row.line,
            message: row.message,
            outcome: row.outcome,
            new: row.new,
            fix: row.fix.map(Json::into_value),
        }
    }
}
