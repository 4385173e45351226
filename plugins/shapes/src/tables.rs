//! The tables of shapes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

/// A set of tables: of one file of `policies/shapes`, or of one plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Tables {
    /// How formats spell shapes, by a name that the sources of this set use.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub spelling: BTreeMap<String, Spelling>,
    /// Companions, where fields are looked up, by a name that the sources of this set use.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub companion: BTreeMap<String, Companion>,
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
    /// Whether they are empty.
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
    /// Its keys at the top level; if empty, all keys of the source.
    #[serde(default)]
    pub keys: BTreeSet<String>,
    /// Its fields, by their [paths](palisade_tape::path); if empty, the shape has the values of its sources unchanged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Field>,
    /// The sources of the shape.
    pub from: Vec<Source>,
}

/// More kinds for a shape of another set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Extend {
    /// The shape.
    pub id: String,
    /// Additional sources of the shape.
    pub from: Vec<Source>,
}

/// Kinds that have a shape at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// Formats of the resources.
    pub formats: BTreeSet<String>,
    /// Kinds of the resources. `*` is every kind that no other source of the shape names, and only the set that defines
    /// the shape may use it.
    pub kinds: BTreeSet<String>,
    /// The [path](palisade_tape::path) at which the shape begins; if empty, the whole resource.
    #[serde(default)]
    pub at: String,
    /// Paths relative to `at` that must be mappings: if one is missing, the shape is omitted.
    #[serde(default)]
    pub mappings: BTreeSet<String>,
    /// Paths relative to `at` that must be sequences.
    #[serde(default)]
    pub sequences: BTreeSet<String>,
    /// The [`Spelling`] of the format, if it differs from the shape's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spelling: Option<String>,
    /// Where the fields of the shape are set, the first place first. A field that is not listed is absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Vec<Place>>,
}

/// A field of a shape, for all formats. It is absent if nothing sets it, null at a block that lacks it, and unknown if
/// only a resource that possibly belongs to the subject sets it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Field {
    /// Whether it is the sequence of all values, instead of one of them. Sequences on the path are entered.
    pub many: bool,
    /// The text that takes precedence among several values; if none has it, the first unknown value does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefer: Option<String>,
    /// The value if none is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Scalar>,
    /// The fields of each block, if the field is a sequence of blocks.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, Field>,
}

/// A value in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

/// A place where a field may be set. A path alone is one in the resource itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(into = "Full")]
pub struct Place {
    /// The [`Companion`] that has it; if absent, the resource itself.
    pub of: Option<String>,
    /// The path of the value; if empty, the whole.
    pub at: String,
    /// The shape of the companion in which the path begins.
    pub shape: Option<String>,
    /// Whether the text at the path is decoded as a document.
    pub document: bool,
    /// The text of the shape for a text of the format: `{ true = "Enabled" }`.
    pub values: BTreeMap<String, String>,
    /// The texts of the format to which the place applies; all if empty. Unknown values always apply.
    pub only: BTreeSet<String>,
    /// The text of the shape if a companion exists and sets nothing.
    pub default: Option<String>,
    /// Whether only companions that certainly belong to the resource are used.
    pub certain: bool,
    /// Where the fields of the blocks at the path are set. Paths, also those by which companions are named, begin at
    /// the block.
    pub fields: BTreeMap<String, Vec<Place>>,
}

/// A place with more than a path.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Full {
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<String>,
    document: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    only: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    certain: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, Vec<Place>>,
}

impl From<Full> for Place {
    fn from(Full { of, at, shape, document, values, only, default, certain, fields }: Full) -> Place {
        Place { of, at, shape, document, values, only, default, certain, fields }
    }
}

impl From<Place> for Full {
    fn from(Place { of, at, shape, document, values, only, default, certain, fields }: Place) -> Full {
        Full { of, at, shape, document, values, only, default, certain, fields }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Place, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = Place;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path or a table")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<Place, E> {
                Ok(Place { at: path.to_owned(), ..Place::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Place, A::Error> {
                Full::deserialize(MapAccessDeserializer::new(map)).map(Place::from)
            }
        }

        from.deserialize_any(Written)
    }
}

/// Companions of a resource, of the same format. With none of `by`, `named` and `same` they belong to every resource of
/// the batch, like settings of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Companion {
    /// Their kinds.
    pub kinds: BTreeSet<String>,
    /// Where they refer to the resource that they belong to, and the paths of its possible names there: `by = { bucket
    /// = ["bucket", "id"] }`. Without names only references count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by: BTreeMap<String, Vec<String>>,
    /// The reverse: where the resource refers to them, and the paths of their names. The first that is set counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub named: BTreeMap<String, Vec<String>>,
    /// A path with the same value as in the resource, such as the network of a firewall: both refer to one resource, or
    /// have one text. The resource itself is included if it is of these kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<String>,
}

/// How a format spells a shape: keys in `snake_case`, and blocks, which are sequences even if only one is allowed.
///
/// A key is converted to `camelCase`, and a block that cannot repeat to a mapping, with the exceptions here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Spelling {
    /// Blocks that may repeat, and the key of their sequence in the shape: `container = "containers"`.
    pub many: BTreeMap<String, String>,
    /// Keys whose name is not their `camelCase` form: `host_pid = "hostPID"`.
    pub names: BTreeMap<String, String>,
    /// Maps, whose keys are data and stay unchanged: `labels`.
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

/// Kinds of resources that carry an object of another format, such as `kubernetes_manifest` of Terraform. The object
/// has the shapes that the other format defines for its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Carrier {
    /// Formats of the resources.
    pub formats: BTreeSet<String>,
    /// Kinds of the resources.
    pub kinds: BTreeSet<String>,
    /// The path of the object.
    pub at: String,
    /// Whether the text at the path is decoded as a document that is the object.
    #[serde(default)]
    pub document: bool,
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
