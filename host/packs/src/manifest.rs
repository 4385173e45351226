//! `pack.toml`: the description of a pack. All of it is optional.

use std::path::Path;

use palisade_bundle::{LimitRequest, Manifest, World};
use serde::{Deserialize, Serialize};

/// The default limits of a call of a pack: rules are interpreted, and a tree has many documents.
const LIMITS: LimitRequest = LimitRequest {
    cpu_ms: Some(30_000),
    wall_ms: Some(60_000),
    memory_mib: Some(1_024),
    table_elements: None,
    output_mib: None,
    findings: None,
    log_lines: None,
};

/// The content of `pack.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PackFile {
    /// Lower case letters, digits and dashes; by default the name of the folder.
    pub name: String,
    /// `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// Title for readers.
    pub title: String,
    /// Description, in one or two sentences.
    pub description: String,
    /// SPDX expression.
    pub license: String,
    /// A page about it.
    pub homepage: String,
    /// Packages that are namespaces of Conftest; if empty, `main`.
    pub namespaces: Vec<String>,
    /// Limits of one call.
    pub limits: LimitRequest,
}

impl Default for PackFile {
    fn default() -> PackFile {
        PackFile {
            name: String::new(),
            version: "0.1.0".to_owned(),
            title: String::new(),
            description: String::new(),
            license: String::new(),
            homepage: String::new(),
            namespaces: Vec::new(),
            limits: LIMITS,
        }
    }
}

impl PackFile {
    /// Parses `pack.toml`, and fills what is missing from the name of the folder.
    pub(crate) fn read(text: Option<&str>, folder: &Path) -> Result<PackFile, String> {
        let mut pack: PackFile = match text {
            Some(text) => toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?,
            None => PackFile::default(),
        };
        // `.` and `policy/` resolve to a folder with a name.
        let full = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let called = full.file_name().and_then(|name| name.to_str()).unwrap_or("pack").to_owned();
        if pack.name.is_empty() {
            pack.name = plain_name(&called);
        }
        if pack.title.is_empty() {
            pack.title = format!("Policies of {called}");
        }
        pack.manifest().map(|_| pack)
    }

    /// The manifest of the plugin.
    pub(crate) fn manifest(&self) -> Result<String, String> {
        let manifest = Manifest {
            name: self.name.clone(),
            version: self.version.clone(),
            world: World::Pack,
            title: self.title.clone(),
            description: self.description.clone(),
            license: self.license.clone(),
            homepage: self.homepage.clone(),
            capabilities: std::iter::empty().collect(),
            hosts: std::iter::empty().collect(),
            credentials: std::iter::empty().collect(),
            limits: self.limits,
            settings: palisade_bundle::Settings::default(),
            shapes: palisade_bundle::Tables::default(),
        };
        let text = toml::to_string(&manifest).map_err(|error| error.to_string())?;
        Manifest::parse(&text).map_err(|error| error.to_string())?;
        Ok(text)
    }
}

/// The name of a folder as the name of a plugin: lower case letters, digits and dashes.
pub fn plain_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .skip_while(|c| !c.is_ascii_lowercase())
        .take(64)
        .collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "pack".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_may_say_nothing() {
        for (folder, name) in
            [("policy", "policy"), ("Team Rules", "team-rules"), ("2024_rules.", "rules"), ("…", "pack")]
        {
            let pack = PackFile::read(None, Path::new(folder)).unwrap();
            assert_eq!((pack.name.as_str(), pack.version.as_str()), (name, "0.1.0"), "{folder}");
            assert_eq!(pack.title, format!("Policies of {folder}"));
            assert_eq!(pack.limits, LIMITS);
        }
    }

    #[test]
    fn what_it_says_counts_and_is_checked() {
        let read = |text| PackFile::read(Some(text), Path::new("policy"));
        let pack = read("name = \"acme\"\nnamespaces = [\"main\", \"team.k8s\"]\n[limits]\ncpu-ms = 1000\n")
            .unwrap();
        assert_eq!((pack.name.as_str(), pack.namespaces.len(), pack.limits.cpu_ms), ("acme", 2, Some(1000)));
        for (text, wrong) in [
            ("name = \"Acme Rules\"", "invalid value `Acme Rules` of `name`"),
            ("version = \"1\"", "invalid value `1` of `version`"),
            ("nmae = \"x\"", "unknown field `nmae`"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(wrong), "{text}: {error}");
        }
    }
}
