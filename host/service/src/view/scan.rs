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
    /// Why it runs: `activated`, `source-added`, `schedule`, `demand`, `pull`, `rerun`, `reconcile`.
    #[schema(value_type = String)]
    pub trigger: Trigger,
    /// The pull request's number.
    pub pull_number: Option<i64>,
    /// The commit.
    pub head_sha: String,
    /// The commit it is compared with.
    pub base_sha: Option<String>,
    /// `waiting`, `running`, `done`, `failed`, `superseded`.
    #[schema(value_type = String)]
    pub state: ScanState,
    /// Why it failed.
    pub error: Option<String>,
    /// `passed`, `failed` or `incomplete`.
    pub verdict: Option<String>,
    /// How many of what.
    #[schema(value_type = Value)]
    pub counts: Counts,
    /// Whether `report` has something.
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
    /// What stays the same when lines move.
    pub fingerprint: String,
    pub control: String,
    pub severity: String,
    /// Address of the resource.
    pub resource: String,
    pub path: String,
    pub line: i64,
    pub message: String,
    pub outcome: String,
    /// Not there in the base of the pull request.
    pub new: bool,
    /// What a program can change to fix it, as in the report.
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
