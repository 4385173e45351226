//! What a table says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A set of tables: of one file of `policies/shapes`, or of one plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Tables {
    /// How formats spell shapes, by a name that the sources of this set use.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub spelling: BTreeMap<String, Spelling>,
    /// Shapes that this set defines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub define: Vec<Define>,
    /// Kinds that get a shape which another set defines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extend: Vec<Extend>,
    /// Kinds that carry an object of another format in one of their attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carrier: Vec<Carrier>,
}

impl Tables {
    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        *self == Tables::default()
    }
}

/// A shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Define {
    /// Its name and version: `kubernetes.pod@1`.
    pub id: String,
    /// The keys that it has at its top; empty: all that the source has.
    #[serde(default)]
    pub keys: BTreeSet<String>,
    /// What has it.
    pub from: Vec<Source>,
}

/// More kinds for a shape of another set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Extend {
    /// The shape.
    pub id: String,
    /// What has it too.
    pub from: Vec<Source>,
}

/// Kinds that have a shape at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// Formats of the resources.
    pub formats: BTreeSet<String>,
    /// Kinds of the resources. `*` stands for every kind that no other source of the shape names, and only the set that
    /// defines the shape may use it.
    pub kinds: BTreeSet<String>,
    /// The [path](palisade_tape::path) at which the shape begins; empty: the whole resource.
    #[serde(default)]
    pub at: String,
    /// Paths from there at which there must be a mapping: without one there is no shape.
    #[serde(default)]
    pub mappings: BTreeSet<String>,
    /// Paths from there at which there must be a sequence.
    #[serde(default)]
    pub sequences: BTreeSet<String>,
    /// The [`Spelling`] of the format, where it differs from the shape's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spelling: Option<String>,
}

/// How a format spells a shape: keys in `snake_case`, and blocks, which are sequences even where there can be one only.
///
/// A key becomes `camelCase`, and a block of which there is one becomes a mapping, but for the exceptions here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Spelling {
    /// Blocks that may repeat, and the key of their sequence in the shape: `container = "containers"`.
    pub many: BTreeMap<String, String>,
    /// Keys that become another than the same words in `camelCase`: `host_pid = "hostPID"`.
    pub names: BTreeMap<String, String>,
    /// Maps, whose keys are data and stay as they are: `labels`.
    pub maps: BTreeSet<String>,
}

impl Spelling {
    /// The key of the shape for a key of the format that is not one of [`Self::many`].
    pub fn key(&self, key: &str) -> String {
        if let Some(name) = self.names.get(key) {
            return name.clone();
        }
        let mut words = key.split('_');
        let mut name = words.next().unwrap_or("").to_owned();
        for word in words {
            let mut letters = word.chars();
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            name.push_str(letters.as_str());
        }
        name
    }
}

/// Kinds of resources that carry an object of another format: `kubernetes_manifest` of Terraform. The object has the
/// shapes that the other format gives to its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Carrier {
    /// Formats of the resources.
    pub formats: BTreeSet<String>,
    /// Kinds of the resources.
    pub kinds: BTreeSet<String>,
    /// The path of the object.
    pub at: String,
    /// The format of the object.
    pub holds: String,
}

#[cfg(test)]
mod tests {
    use super::Spelling;

    #[test]
    fn keys_are_spelled_as_the_shape_has_them() {
        let spelling: Spelling = toml::from_str("names = { host_pid = \"hostPID\" }").unwrap();
        for (key, expected) in [
            ("host_pid", "hostPID"),
            ("host_network", "hostNetwork"),
            ("read_only_root_filesystem", "readOnlyRootFilesystem"),
            ("image", "image"),
            ("se_linux_options", "seLinuxOptions"),
            ("", ""),
            ("_a__b_", "AB"),
        ] {
            assert_eq!(spelling.key(key), expected, "{key}");
        }
    }
}
