//! The enumerations of the columns, stored as text in kebab case.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Declares an enumeration whose values are stored, and shown in the API, by their names in kebab case.
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
    /// The status of an integration at its provider.
    IntegrationStatus { Active, NotInstalled, Suspended, Error }
    /// Whether a source's repository is accessible.
    RepositoryState { Present, Gone }
    /// Whether a branch requires our check.
    Requirement { Unknown, Required, NotRequired }
    /// The state of a delivery.
    DeliveryState { Waiting, Done, Ignored, Failed }
    /// The state of a check.
    CheckState { Queued, Running, Completed, Superseded }
    /// The result of a completed check.
    Conclusion { Success, Failure }
    /// The scope of a scan.
    ScanKind { Full, Pull }
    /// The reason of a scan.
    Trigger { Activated, SourceAdded, Schedule, Demand, Pull, Rerun, Reconcile }
    /// The state of a scan.
    ScanState { Waiting, Running, Done, Failed, Superseded }
    /// The state of an alert.
    AlertState { Open, Acknowledged, Closed }
    /// The role of a user; each includes the permissions of the previous ones.
    Role { Viewer, Triager, Integrator, Admin }
}

/// The text of a value in the tables, for hand-written statements.
pub(crate) trait AsText: ActiveEnum<Value = String> {
    /// The text, in kebab case.
    fn as_text(&self) -> String {
        self.to_value()
    }
}

impl<E: ActiveEnum<Value = String>> AsText for E {}
