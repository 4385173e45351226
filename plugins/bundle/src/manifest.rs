//! `plugin.toml`: the metadata of a plugin, and the capabilities that it requests.

use std::collections::BTreeSet;
use std::fmt;

use palisade_shapes::Tables;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a manifest is invalid.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// Not UTF-8.
    #[error("the manifest is not UTF-8")]
    NotText,
    /// Invalid TOML, an unknown key, or a wrong type.
    #[error("invalid manifest: {0}")]
    Toml(String),
    /// An invalid value.
    #[error("invalid value `{value}` of `{key}` in the manifest: {rule}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value that was found.
        value: String,
        /// What is expected.
        rule: &'static str,
    },
}

/// The kind of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// Parses a file format.
    Parser,
    /// Carries controls.
    Pack,
    /// Carries threat rules.
    Detector,
    /// Connects a Git provider.
    Provider,
    /// Sends alerts.
    Notifier,
}

impl World {
    /// Every world.
    pub const ALL: [World; 5] =
        [World::Parser, World::Pack, World::Detector, World::Provider, World::Notifier];

    /// Its name in `palisade:worlds`.
    pub fn name(self) -> &'static str {
        match self {
            World::Parser => "parser",
            World::Pack => "pack",
            World::Detector => "detector",
            World::Provider => "provider",
            World::Notifier => "notifier",
        }
    }

    /// The capabilities that the world includes.
    pub fn inherent(self) -> &'static [Capability] {
        match self {
            World::Parser => &[Capability::Log, Capability::Snapshot],
            _ => &[Capability::Log],
        }
    }
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The capabilities. Each is an interface of `palisade:host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Log lines for the operator.
    Log,
    /// The scanned tree.
    Snapshot,
    /// The time of the scan.
    Clock,
    /// The settings of the administrator.
    Settings,
    /// A small persistent store.
    State,
    /// Handles of secrets.
    Credentials,
    /// Large values that the host keeps.
    Blobs,
    /// Requests to the granted hosts.
    Http,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Capability; 8] = [
        Capability::Log,
        Capability::Snapshot,
        Capability::Clock,
        Capability::Settings,
        Capability::State,
        Capability::Credentials,
        Capability::Blobs,
        Capability::Http,
    ];

    /// The interface's name in `palisade:host`.
    pub fn name(self) -> &'static str {
        match self {
            Capability::Log => "log",
            Capability::Snapshot => "snapshot",
            Capability::Clock => "clock",
            Capability::Settings => "settings",
            Capability::State => "state",
            Capability::Credentials => "credentials",
            Capability::Blobs => "blobs",
            Capability::Http => "http",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The limits that a plugin requests. The host's own maxima take precedence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LimitRequest {
    /// CPU time of one call, in milliseconds.
    pub cpu_ms: Option<u64>,
    /// Wall-clock time of one call, in milliseconds.
    pub wall_ms: Option<u64>,
    /// Linear memory, in MiB.
    pub memory_mib: Option<u64>,
    /// Number of elements of all tables together.
    pub table_elements: Option<u64>,
    /// Size of the results of one call, in MiB.
    pub output_mib: Option<u64>,
    /// Number of outcomes of one call.
    pub findings: Option<u64>,
    /// Number of log lines of one call.
    pub log_lines: Option<u64>,
}

/// The settings of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// JSON Schema of the settings object.
    pub schema: Option<String>,
}

/// The manifest of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Lower case letters, digits and dashes.
    pub name: String,
    /// `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// The kind of the plugin.
    pub world: World,
    /// The title that readers see.
    pub title: String,
    /// A description of one or two sentences.
    #[serde(default)]
    pub description: String,
    /// SPDX expression.
    #[serde(default)]
    pub license: String,
    /// The address of its home page.
    #[serde(default)]
    pub homepage: String,
    /// The capabilities that it requests, in addition to those of its world.
    #[serde(default)]
    pub capabilities: BTreeSet<Capability>,
    /// Hosts that it sends requests to; only with `http`.
    #[serde(default)]
    pub hosts: BTreeSet<String>,
    /// Names of the credentials it uses; only with `credentials`.
    #[serde(default)]
    pub credentials: BTreeSet<String>,
    /// The limits that it requests.
    #[serde(default)]
    pub limits: LimitRequest,
    /// Its settings.
    #[serde(default)]
    pub settings: Settings,
    /// Its tables of shapes.
    #[serde(default, skip_serializing_if = "Tables::is_empty")]
    pub shapes: Tables,
}

impl Manifest {
    /// Reads `plugin.toml`.
    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        let manifest: Manifest =
            toml::from_str(text).map_err(|error| ManifestError::Toml(error.to_string().trim().to_owned()))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let value = |key, value: &str, rule| {
            let value = value.chars().take(80).flat_map(char::escape_debug).collect();
            Err(ManifestError::Value { key, value, rule })
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let letter = self.name.starts_with(|c: char| c.is_ascii_lowercase());
        if !letter || self.name.len() > 64 || !self.name.chars().all(plain) {
            return value(
                "name",
                &self.name,
                "expected a letter, then letters, digits and dashes, all lower case, at most 64",
            );
        }
        // `parse` alone would accept a sign.
        let whole = |number: &str| number.parse::<u32>().is_ok() && !number.starts_with('+');
        let numbers: Vec<&str> = self.version.split('.').collect();
        if numbers.len() != 3 || !numbers.iter().all(|number| whole(number)) {
            return value("version", &self.version, "expected three numbers, such as 1.0.0");
        }
        if self.title.trim().is_empty() || self.title.len() > 200 {
            return value("title", &self.title, "expected 1 to 200 bytes");
        }
        if !self.hosts.is_empty() && !self.capabilities.contains(&Capability::Http) {
            return value("hosts", "…", "requires the capability `http`");
        }
        if !self.credentials.is_empty() && !self.capabilities.contains(&Capability::Credentials) {
            return value("credentials", "…", "requires the capability `credentials`");
        }
        Ok(())
    }

    /// All its capabilities: those of its world, and those that it requests.
    pub fn reach(&self) -> BTreeSet<Capability> {
        self.world.inherent().iter().chain(&self.capabilities).copied().collect()
    }
}
