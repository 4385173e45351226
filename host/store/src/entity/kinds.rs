//! The closed sets of the columns, kept as text in kebab case.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A closed set: kept, and shown in the API, as the names of its values in kebab case.
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident { $($value:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize,
            Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "kebab-case")]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($value),+
        }
    )+};
}

kinds! {
    /// How an integration stands with its provider.
    IntegrationStatus { Active, NotInstalled, Suspended, Error }
    /// Whether a source's repository can be seen.
    RepositoryState { Present, Gone }
    /// Whether a branch requires our check.
    Requirement { Unknown, Required, NotRequired }
    /// What became of a delivery.
    DeliveryState { Waiting, Done, Ignored, Failed }
    /// How far a check is.
    CheckState { Queued, Running, Completed, Superseded }
    /// What a completed check says.
    Conclusion { Success, Failure }
    /// What a scan looks at.
    ScanKind { Full, Pull }
    /// Why a scan runs.
    Trigger { Activated, SourceAdded, Schedule, Demand, Pull, Rerun, Reconcile }
    /// How far a scan is.
    ScanState { Waiting, Running, Done, Failed, Superseded }
    /// What was done about an alert.
    AlertState { Open, Acknowledged, Closed }
    /// What a user may do; each may do what the ones before may.
    Role { Viewer, Triager, Integrator, Admin }
}

/// The text of a value in the tables, for statements that are written by hand.
pub(crate) trait AsText: ActiveEnum<Value = String> {
    /// The text, in kebab case.
    fn as_text(&self) -> String {
        self.to_value()
    }
}

impl<E: ActiveEnum<Value = String>> AsText for E {}
