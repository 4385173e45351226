//! Git sources: which folders of which repository, and for which branches.

use palisade_domain::ParameterValues;
use palisade_store::RepositoryState;
use palisade_store::entity::source::{Model, RequiredCheck};
use palisade_store::repository::sources::SourceSettings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::view::Time;

/// Declares a type with the settings of a source and its own fields, so that each setting is written once, with its
/// documentation and its default.
macro_rules! with_settings {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        with_settings! {
            @ $(#[$meta])* $name { $($(#[$own_meta])* $own: $type,)* }
            name: String,
            /// Such as `acme/shop`.
            repository: String,
            /// Folders of the repository; `/` is the whole repository.
            folders: Vec<String>,
            /// Regular expression for the whole name of the target branch.
            branch_pattern: String,
            /// Threshold, the lowest severity of a new violation that fails a check: `critical`, `high`, `medium`, `low`.
            #[serde(default = "high")]
            fail_on: String,
            /// Whether files that are not judged fail the check or the scan; of a pull request only those that it introduces.
            #[serde(default = "yes")]
            strict: bool,
            /// Whether suppressions that a pull request adds apply to that pull request.
            #[serde(default)]
            allow_new_suppressions: bool,
            /// Interval of scans of the whole repository in hours, 1 to 744.
            #[serde(default = "daily")]
            every_hours: i64,
            /// Whether scans and checks are paused.
            #[serde(default)]
            paused: bool,
            /// Parameters of controls, by control and by name: `{"kubernetes-low-user-id": {"minimum": 1000}}`. A repository's
            /// `palisade.toml` can set stricter values.
            #[serde(default)]
            #[schema(value_type = Object)]
            parameters: ParameterValues,
        }
    };
    (@ $(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $own_type:ty,)* }
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*) => {
        $(#[$meta])*
        pub struct $name {
            $($(#[$own_meta])* pub $own: $own_type,)*
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl From<$name> for SourceSettings {
            fn from(it: $name) -> SourceSettings {
                SourceSettings { $($field: it.$field,)* }
            }
        }

        impl From<($($own_type,)* SourceSettings,)> for $name {
            fn from(($($own,)* it,): ($($own_type,)* SourceSettings,)) -> $name {
                $name { $($own,)* $($field: it.$field,)* }
            }
        }
    };
}

fn high() -> String {
    "high".to_owned()
}

fn yes() -> bool {
    true
}

fn daily() -> i64 {
    24
}

with_settings! {
    /// Settings of a source.
    #[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    Settings {}
}

with_settings! {
    /// A new Git source: its integration and its settings.
    #[derive(Clone, Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    NewSource {
        /// Id of the integration.
        integration: String,
    }
}

/// A Git source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Source {
    pub id: String,
    /// Id of the integration.
    pub integration: String,
    #[serde(flatten)]
    pub settings: Settings,
    /// `present` or `gone`.
    pub repository_state: &'static str,
    /// Whether branch protection requires the check, and the source of that information.
    #[schema(value_type = Value)]
    pub required_check: RequiredCheck,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_scanned_at: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

impl From<Model> for Source {
    fn from(row: Model) -> Source {
        let settings = SourceSettings::from(row.clone());
        Source {
            id: row.id,
            integration: row.integration_id,
            settings: (settings,).into(),
            repository_state: match row.repository_state {
                RepositoryState::Present => "present",
                RepositoryState::Gone => "gone",
            },
            required_check: row.required_check.into_value(),
            last_scanned_at: row.last_scanned_at.map(Time),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}
