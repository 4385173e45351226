//! Integrations: an installation of a connection.

use palisade_store::IntegrationStatus;
use palisade_store::entity::integration::Model;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// An integration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Integration {
    pub id: String,
    /// Id of the connection.
    pub connection: String,
    pub name: String,
    /// Provider's id of the installation.
    pub account: String,
    pub account_name: String,
    /// `Active`, `Not Installed`, `Suspended` or `Error`.
    pub status: &'static str,
    /// Reason of the status, and the remediation.
    pub status_detail: String,
    /// `Enabled` if a Git source is scanned, else `Not Enabled`.
    pub iac_scanning: &'static str,
    /// `Not available`: no detector is there.
    pub threat_detection: &'static str,
    pub warnings: Vec<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_scanned_at: Option<Time>,
    /// Time until which the provider refuses requests.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub wait_until: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}

/// Queued scans.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Begun {
    /// Number of sources.
    pub sources: usize,
}

fn word(status: IntegrationStatus) -> &'static str {
    match status {
        IntegrationStatus::Active => "Active",
        IntegrationStatus::NotInstalled => "Not Installed",
        IntegrationStatus::Suspended => "Suspended",
        IntegrationStatus::Error => "Error",
    }
}

impl Integration {
    /// `scanned`: whether a Git source of it is scanned.
    pub(crate) fn new(row: Model, scanned: bool) -> Integration {
        Integration {
            id: row.id,
            connection: row.connection_id,
            name: row.name,
            account: row.account,
            account_name: row.account_name,
            status: word(row.status),
            status_detail: row.status_detail,
            iac_scanning: if scanned { "Enabled" } else { "Not Enabled" },
            threat_detection: "Not available",
            warnings: row.warnings.into_value(),
            checked_at: row.checked_at.map(Time),
            last_scanned_at: row.last_scanned_at.map(Time),
            wait_until: row.wait_until.map(Time),
            created_at: Time(row.created_at),
        }
    }
}
