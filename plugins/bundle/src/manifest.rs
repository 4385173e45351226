//! `plugin.toml`: what a plugin says of itself, and what it asks for.

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
    /// Not TOML, an unknown key, a wrong type.
    #[error("invalid manifest: {0}")]
    Toml(String),
    /// A value that makes no sense.
    #[error("invalid value `{value}` of `{key}` in the manifest: {rule}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it says.
        value: String,
        /// What it should say.
        rule: &'static str,
    },
}

/// What kind of plugin it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// A file format.
    Parser,
    /// A rule set.
    Pack,
    /// Threat rules.
    Detector,
    /// A Git host.
    Provider,
    /// A way out for alerts.
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

    /// What comes with the world, without asking.
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

/// What a plugin may ask for. Each is an interface of `palisade:host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Lines for the operator.
    Log,
    /// The tree that is scanned.
    Snapshot,
    /// The moment of the scan.
    Clock,
    /// What the administrator set.
    Settings,
    /// A small memory.
    State,
    /// Handles on secrets.
    Credentials,
    /// Large values kept by the host.
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

/// What a plugin would like to be bounded by. The host's own maxima stand above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LimitRequest {
    /// CPU time of one call, in milliseconds.
    pub cpu_ms: Option<u64>,
    /// Time of one call by the clock on the wall, in milliseconds.
    pub wall_ms: Option<u64>,
    /// Linear memory, in MiB.
    pub memory_mib: Option<u64>,
    /// Elements of all tables together.
    pub table_elements: Option<u64>,
    /// Bytes that one call may hand over, in MiB.
    pub output_mib: Option<u64>,
    /// Outcomes of one call.
    pub findings: Option<u64>,
    /// Lines of log of one call.
    pub log_lines: Option<u64>,
}

/// What an administrator may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// JSON Schema of the settings object.
    pub schema: Option<String>,
}

/// What a plugin says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Lower case letters, digits and dashes.
    pub name: String,
    /// `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// What kind of plugin it is.
    pub world: World,
    /// For readers.
    pub title: String,
    /// A sentence or two.
    #[serde(default)]
    pub description: String,
    /// SPDX expression.
    #[serde(default)]
    pub license: String,
    /// A page about it.
    #[serde(default)]
    pub homepage: String,
    /// What it asks for beyond what comes with its world.
    #[serde(default)]
    pub capabilities: BTreeSet<Capability>,
    /// Hosts it wants to send requests to; only with `http`.
    #[serde(default)]
    pub hosts: BTreeSet<String>,
    /// Names of the credentials it uses; only with `credentials`.
    #[serde(default)]
    pub credentials: BTreeSet<String>,
    /// Its bounds.
    #[serde(default)]
    pub limits: LimitRequest,
    /// What may be set.
    #[serde(default)]
    pub settings: Settings,
    /// Tables of shapes.
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
        // `parse` alone would take a sign.
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

    /// All it may reach: what comes with its world and what it asks for.
    pub fn reach(&self) -> BTreeSet<Capability> {
        self.world.inherent().iter().chain(&self.capabilities).copied().collect()
    }
}
