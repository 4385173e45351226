//! The declarative form of a control: attributes, by the format and the kind that have them, and what they must be. One
//! rule serves every format in which its setting can be written.

use crate::path;
use crate::rule::{Findings, Missing, Setting, Want, setting};
use crate::{Kind, Node, ResourceView};

/// A format whose attributes controls name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Terraform and OpenTofu: `storage_encrypted = true`.
    Terraform,
    /// Manifests of Kubernetes: `spec.hostNetwork: false`.
    Kubernetes,
}

impl Format {
    /// The id that parsers give it.
    pub const fn id(self) -> &'static str {
        match self {
            Format::Terraform => "terraform",
            Format::Kubernetes => "kubernetes",
        }
    }
}

/// What has an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Resources of a kind, in one format.
    Kind(Format, &'static str),
    /// A shape, whatever it is made of; its attributes are called as in manifests.
    Shape(&'static str),
}

/// An attribute that a control judges.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// What has it.
    pub of: Holder,
    /// Its [path](crate::path). `*` stands for each item of a sequence, which is named by its `name`.
    pub path: &'static str,
    /// What it means that it is not set, where that differs from the rule's.
    pub unset: Option<Missing>,
    /// The control judges the resource only where all of these hold.
    pub only: &'static [Only],
}

/// A condition on another attribute of the resource: what is set there is one of some values.
#[derive(Clone, Copy, Debug)]
pub struct Only {
    /// Its path.
    pub path: &'static str,
    /// The values.
    pub one_of: &'static [&'static str],
    /// Whether it holds where nothing is set.
    pub unset: bool,
}

/// An attribute in Terraform.
pub const fn terraform(kind: &'static str, path: &'static str) -> Attribute {
    Attribute { of: Holder::Kind(Format::Terraform, kind), path, unset: None, only: &[] }
}

/// An attribute in manifests of Kubernetes.
pub const fn kubernetes(kind: &'static str, path: &'static str) -> Attribute {
    Attribute { of: Holder::Kind(Format::Kubernetes, kind), path, unset: None, only: &[] }
}

/// An attribute of a shape.
pub const fn shape(id: &'static str, path: &'static str) -> Attribute {
    Attribute { of: Holder::Shape(id), path, unset: None, only: &[] }
}

impl Attribute {
    /// What it means that it is not set.
    #[must_use]
    pub const fn unset(self, unset: Missing) -> Attribute {
        Attribute { unset: Some(unset), ..self }
    }

    /// Judge the resource only where these hold.
    #[must_use]
    pub const fn only(self, only: &'static [Only]) -> Attribute {
        Attribute { only, ..self }
    }

    /// Where the path begins, in a resource that has the attribute.
    pub(crate) fn start<'b>(&self, resource: ResourceView<'b>) -> Option<Node<'b>> {
        match self.of {
            Holder::Kind(format, kind) => {
                (kind == resource.kind() && format.id() == resource.format()).then(|| resource.root())
            }
            Holder::Shape(id) => resource.shape(id),
        }
    }

    /// The attribute with a value, as its format writes it.
    fn assignment(&self, value: &str) -> String {
        let is_bare = matches!(value, "true" | "false") || value.parse::<f64>().is_ok();
        let value = if is_bare { value.to_owned() } else { format!("\"{value}\"") };
        let path = self.path.replace(".*", "");
        match self.of {
            Holder::Kind(Format::Terraform, _) => format!("{path} = {value}"),
            Holder::Kind(Format::Kubernetes, _) | Holder::Shape(_) => format!("{path}: {value}"),
        }
    }
}

/// What an attribute must be. Of several attributes that one kind has in one format (old and new names), the first
/// that is set decides.
#[derive(Clone, Copy, Debug)]
pub struct Must {
    /// What it must be.
    pub be: Want,
    /// What it means that it is not set.
    pub unset: Missing,
    /// What is wrong otherwise; what to set is added in the words of the format.
    pub message: &'static str,
    /// What to set, where that does not follow from what it must be.
    pub set: &'static str,
}

impl Must {
    /// What the fields are that a rule does not name.
    pub const TEMPLATE: Must = Must { be: Want::Present, unset: Missing::Passes, message: "", set: "" };

    /// The value to set; empty where the rule names none.
    fn value(&self) -> &'static str {
        match self.be {
            _ if !self.set.is_empty() => self.set,
            Want::One([first, ..]) => first,
            Want::Not(["true"]) => "false",
            Want::Not(["false"]) => "true",
            _ => "",
        }
    }

    fn message(&self, attribute: &Attribute) -> String {
        let fix = match (self.value(), self.be) {
            ("", Want::Absent) => format!(": remove `{}`", attribute.path),
            ("", Want::Present) => format!(": set `{}`", attribute.path),
            ("", _) => String::new(),
            (value, _) => format!(": set `{}`", attribute.assignment(value)),
        };
        format!("{}{fix}", self.message)
    }

    /// Judges a resource by the attributes of its kind.
    pub(crate) fn judge(
        &self,
        attributes: &'static [Attribute],
        resource: ResourceView<'_>,
        findings: &mut Findings<'_>,
    ) {
        let own = || attributes.iter().filter_map(|it| Some((it, it.start(resource)?)));
        let Some(first) = own().next() else { return };
        for only in first.0.only {
            match only.holds(first.1) {
                Ok(true) => {}
                Ok(false) => return,
                Err(unknown) => {
                    findings.unknown(unknown, "");
                    return;
                }
            }
        }
        let is_set = |(it, start): &(&Attribute, Node<'_>)| {
            !each(*start, it.path).iter().all(|(_, it)| matches!(it, Setting::Unset(_)))
        };
        let (attribute, start) = own().find(is_set).unwrap_or(first);
        let unset = attribute.unset.unwrap_or(self.unset);
        for (instance, found) in each(start, attribute.path) {
            match found {
                Setting::Unknown(node) => {
                    findings.unknown(node, &instance);
                }
                Setting::Unset(node) if unset == Missing::Fails => {
                    findings.fail(node, &instance, self.message(attribute));
                }
                Setting::Set(node) if !self.be.holds(node) => {
                    findings.fail(node, &instance, self.message(attribute));
                }
                Setting::Unset(_) | Setting::Set(_) => {}
            }
        }
    }
}

impl Only {
    /// Whether it holds; the value on which that depends, where it cannot be known.
    fn holds<'b>(&self, root: Node<'b>) -> Result<bool, Node<'b>> {
        match setting(root, self.path) {
            Setting::Set(node) => Ok(node.as_scalar().is_some_and(|it| self.one_of.contains(&it))),
            Setting::Unset(_) => Ok(self.unset),
            Setting::Unknown(node) => Err(node),
        }
    }
}

/// What is set at a path, once for each item of the sequences on the way, with the item's name.
fn each<'b>(root: Node<'b>, path: &str) -> Vec<(String, Setting<'b>)> {
    let Some((before, after)) = split_at_items(path) else {
        return vec![(String::new(), setting(root, path))];
    };
    let items = match setting(root, before) {
        Setting::Set(node) => node,
        Setting::Unset(_) => return Vec::new(),
        unknown @ Setting::Unknown(_) => return vec![(String::new(), unknown)],
    };
    let named = |item: Node<'b>| item.at("name").and_then(|it| it.as_scalar()).unwrap_or("").to_owned();
    let mut found = Vec::new();
    for item in items.items() {
        if item.kind() == Kind::Unknown {
            found.push((String::new(), Setting::Unknown(item)));
            continue;
        }
        // The innermost item that has a name gives it.
        let outer = named(item);
        found.extend(
            each(item, after)
                .into_iter()
                .map(|(inner, it)| (if inner.is_empty() { outer.clone() } else { inner }, it)),
        );
    }
    found
}

/// The path before the first `*`, and after it.
fn split_at_items(path: &str) -> Option<(&str, &str)> {
    if let Some(after) = path.strip_prefix("*.") {
        return Some(("", after));
    }
    path.split_once(".*.").or_else(|| path.strip_suffix(".*").map(|before| (before, "")))
}

/// Whether the attributes of a control can be meant.
///
/// # Errors
/// Which one cannot, and why.
pub fn check(attributes: &[Attribute]) -> Result<(), String> {
    for attribute in attributes {
        let paths = attribute.only.iter().map(|it| it.path).chain([attribute.path]);
        for path in paths {
            path::check(path).map_err(|error| format!("`{path}` of {:?}: {error}", attribute.of))?;
        }
    }
    Ok(())
}
