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
    /// Paths of sequences, each of whose items has the attribute; empty: the holder itself.
    pub each: &'static [&'static str],
    /// Its [path].
    pub path: &'static str,
    /// Where else it may be set: the first of all of them that is set decides. A path that begins with `/` starts at the
    /// holder and not at the item.
    pub or: &'static [&'static str],
    /// What it means that it is not set, where that differs from the rule's.
    pub unset: Option<Missing>,
    /// The control judges the holder only where all of these hold.
    pub only: &'static [Only],
}

/// A condition on another attribute of the holder.
#[derive(Clone, Copy, Debug)]
pub struct Only {
    /// Its path.
    pub path: &'static str,
    /// What it must be.
    pub is: Want,
    /// Whether the condition holds where nothing is set.
    pub unset: bool,
}

const fn attribute(of: Holder, path: &'static str) -> Attribute {
    Attribute { of, each: &[], path, or: &[], unset: None, only: &[] }
}

/// An attribute in Terraform.
pub const fn terraform(kind: &'static str, path: &'static str) -> Attribute {
    attribute(Holder::Kind(Format::Terraform, kind), path)
}

/// An attribute in manifests of Kubernetes.
pub const fn kubernetes(kind: &'static str, path: &'static str) -> Attribute {
    attribute(Holder::Kind(Format::Kubernetes, kind), path)
}

/// An attribute of a shape.
pub const fn shape(id: &'static str, path: &'static str) -> Attribute {
    attribute(Holder::Shape(id), path)
}

impl Attribute {
    /// Each item of the sequences at these paths has it.
    #[must_use]
    pub const fn each(self, each: &'static [&'static str]) -> Attribute {
        Attribute { each, ..self }
    }

    /// Where else it may be set.
    #[must_use]
    pub const fn or(self, or: &'static [&'static str]) -> Attribute {
        Attribute { or, ..self }
    }

    /// What it means that it is not set.
    #[must_use]
    pub const fn unset(self, unset: Missing) -> Attribute {
        Attribute { unset: Some(unset), ..self }
    }

    /// Judge the holder only where these hold.
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
    fn assignment(&self, path: &str, value: &str) -> String {
        let is_bare = matches!(value, "true" | "false") || value.parse::<f64>().is_ok();
        let value = if is_bare { value.to_owned() } else { format!("\"{value}\"") };
        match self.of {
            Holder::Kind(Format::Terraform, _) => format!("{path} = {value}"),
            Holder::Kind(Format::Kubernetes, _) | Holder::Shape(_) => format!("{path}: {value}"),
        }
    }

    /// What the text of a value would have to be, where it stands in a manifest as it is written.
    fn replacement(&self, node: Node<'_>, value: &str) -> Option<String> {
        let in_manifest = matches!(self.of, Holder::Kind(Format::Kubernetes, _) | Holder::Shape(_));
        (in_manifest && !value.is_empty() && node.as_scalar().is_some()).then(|| value.to_owned())
    }

    /// What is set, and at which of the paths; where nothing is, that of the first path.
    fn found<'b>(&self, holder: Node<'b>, item: Node<'b>) -> (&'static str, Setting<'b>) {
        let at = |path: &'static str| match path.strip_prefix('/') {
            Some(path) => (path, setting(holder, path)),
            None => (path, setting(item, path)),
        };
        let first = at(self.path);
        if !matches!(first.1, Setting::Unset(_)) {
            return first;
        }
        let mut others = self.or.iter().map(|it| at(it));
        others.find(|it| !matches!(it.1, Setting::Unset(_))).unwrap_or(first)
    }
}

/// What attributes must be.
#[derive(Clone, Copy, Debug)]
pub struct Must {
    /// What they must be.
    pub be: Want,
    /// What it means that one is not set.
    pub unset: Missing,
    /// What is wrong otherwise. `{}` becomes the name of the item; what to set is added as the format writes it.
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

    fn message(&self, attribute: &Attribute, path: &str, instance: &str) -> String {
        let fix = match (self.value(), self.be) {
            ("", Want::Absent) => format!(": remove `{path}`"),
            ("", Want::Present) => format!(": set `{path}`"),
            ("", _) => String::new(),
            (value, _) => format!(": set `{}`", attribute.assignment(path, value)),
        };
        format!("{}{fix}", self.message.replace("{}", instance))
    }

    /// Judges a resource by those attributes that it has.
    pub(crate) fn judge(
        &self,
        attributes: &'static [Attribute],
        resource: ResourceView<'_>,
        findings: &mut Findings<'_>,
    ) {
        for attribute in attributes {
            let Some(holder) = attribute.start(resource) else { continue };
            match holds(attribute.only, holder) {
                Ok(true) => self.judge_holder(attribute, holder, findings),
                Ok(false) => {}
                Err(unknown) => {
                    findings.unknown(unknown, "");
                }
            }
        }
    }

    fn judge_holder(&self, attribute: &Attribute, holder: Node<'_>, findings: &mut Findings<'_>) {
        if attribute.each.is_empty() {
            self.judge_item(attribute, holder, holder, "", findings);
        }
        for path in attribute.each {
            for (name, item) in named_items(holder, path, findings) {
                self.judge_item(attribute, holder, item, &name, findings);
            }
        }
    }

    fn judge_item(
        &self,
        attribute: &Attribute,
        holder: Node<'_>,
        item: Node<'_>,
        instance: &str,
        findings: &mut Findings<'_>,
    ) {
        let (path, found) = attribute.found(holder, item);
        match found {
            Setting::Unknown(node) => {
                findings.unknown(node, instance);
            }
            Setting::Unset(node) if attribute.unset.unwrap_or(self.unset) == Missing::Fails => {
                findings.fail(node, instance, self.message(attribute, path, instance));
            }
            Setting::Set(node) if !self.be.holds(node) => {
                let fix = attribute.replacement(node, self.value());
                findings.fail(node, instance, self.message(attribute, path, instance)).fix = fix;
            }
            Setting::Unset(_) | Setting::Set(_) => {}
        }
    }
}

/// Whether all conditions hold; the value on which that depends, where it cannot be known.
fn holds<'b>(all: &[Only], holder: Node<'b>) -> Result<bool, Node<'b>> {
    let mut unknown = None;
    for only in all {
        match setting(holder, only.path) {
            Setting::Set(node) if only.is.holds(node) => {}
            Setting::Unset(_) if only.unset => {}
            Setting::Set(_) | Setting::Unset(_) => return Ok(false),
            Setting::Unknown(node) => unknown = Some(node),
        }
    }
    unknown.map_or(Ok(true), Err)
}

/// The items of a sequence, each with its name or, where it has none, its position. A sequence or an item that cannot be
/// known is reported to the findings.
pub fn named_items<'b>(from: Node<'b>, path: &str, findings: &mut Findings<'_>) -> Vec<(String, Node<'b>)> {
    let list = match setting(from, path) {
        Setting::Set(list) => list,
        Setting::Unknown(node) => {
            findings.unknown(node, "");
            return Vec::new();
        }
        Setting::Unset(_) => return Vec::new(),
    };
    let last = path::keys(path).last().unwrap_or(path);
    let mut items = Vec::new();
    for (index, item) in list.items().enumerate() {
        if item.kind() == Kind::Unknown {
            findings.unknown(item, &format!("{last}[{index}]"));
            continue;
        }
        let name = item.get("name").and_then(|name| name.as_scalar()).filter(|name| !name.is_empty());
        items.push((name.map_or_else(|| format!("{last}[{index}]"), str::to_owned), item));
    }
    items
}

/// Whether the attributes of a control can be meant.
///
/// # Errors
/// Which one cannot, and why.
pub fn check(attributes: &[Attribute]) -> Result<(), String> {
    for attribute in attributes {
        let others = attribute.only.iter().map(|it| it.path).chain(attribute.or.iter().copied());
        for path in others.chain(attribute.each.iter().copied()).chain([attribute.path]) {
            path::check(path.strip_prefix('/').unwrap_or(path))
                .map_err(|error| format!("`{path}` of {:?}: {error}", attribute.of))?;
        }
    }
    Ok(())
}
