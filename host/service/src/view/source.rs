//! Git sources: which folders of which repository, and for which branches.

use palisade_domain::ParameterValues;
use palisade_store::RepositoryState;
use palisade_store::entity::source::{Model, RequiredCheck};
use palisade_store::repository::sources::SourceSettings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::view::Time;

/// Declares a type with the settings of a source beside fields of its own, so that each setting is written once, with
/// what it means and what counts where it is not set.
macro_rules! with_settings {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        with_settings! {
            @ $(#[$meta])* $name { $($(#[$own_meta])* $own: $type,)* }
            name: String,
            /// Such as `acme/shop`.
            repository: String,
            /// Folders of the repository; `/` is all of it.
            folders: Vec<String>,
            /// A regular expression over the whole name of the branch that a pull request goes to.
            branch_pattern: String,
            /// The least severity of a new violation that fails a check: `critical`, `high`, `medium`, `low`.
            #[serde(default = "high")]
            fail_on: String,
            /// Whether what a pull request leaves unjudged fails its check, and what is not wholly judged a scan.
            #[serde(default = "yes")]
            strict: bool,
            /// Whether suppressions that a pull request brings count for that pull request.
            #[serde(default)]
            allow_new_suppressions: bool,
            /// Hours between two scans of the whole repository, 1 to 744.
            #[serde(default = "daily")]
            every_hours: i64,
            /// Whether nothing is done for it.
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
    /// What people say about a source.
    #[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    Settings {}
}

with_settings! {
    /// A new Git source. The fields are those of its settings, and the integration.
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
    /// Whether the branch takes no change without our check, and how that is known.
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
