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

    /// Whether resources of a format have its kinds and attributes, as those of a plan have Terraform's.
    fn covers(self, format: &str) -> bool {
        format == self.id() || (self == Format::Terraform && format == "terraform-plan")
    }

    /// The format of a resource; none for one that no control names.
    fn of(resource: ResourceView<'_>) -> Option<Format> {
        [Format::Terraform, Format::Kubernetes].into_iter().find(|it| it.covers(resource.format()))
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
                (kind == resource.kind() && format.covers(resource.format())).then(|| resource.root())
            }
            Holder::Shape(id) => resource.shape(id),
        }
    }

    /// The path as a format writes it: that of a shape is one of a manifest.
    fn written(&self, path: &str, format: Option<Format>) -> String {
        match (self.of, format) {
            (Holder::Shape(_), Some(Format::Terraform)) => snake_case(path),
            _ => path.to_owned(),
        }
    }

    /// The attribute with a value, as a format writes it.
    fn assignment(&self, path: &str, value: &str, format: Option<Format>) -> String {
        let is_bare = matches!(value, "true" | "false") || value.parse::<f64>().is_ok();
        let value = if is_bare { value.to_owned() } else { format!("\"{value}\"") };
        let path = self.written(path, format);
        match format {
            Some(Format::Terraform) => format!("{path} = {value}"),
            _ => format!("{path}: {value}"),
        }
    }

    /// What the text of a value would have to be, where it stands in a manifest as it is written.
    fn replacement(node: Node<'_>, value: &str, format: Option<Format>) -> Option<String> {
        let in_manifest = format == Some(Format::Kubernetes);
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

    fn message(&self, attribute: &Attribute, path: &str, item: Item<'_, '_>) -> String {
        let Item { instance, format, .. } = item;
        let fix = match (self.value(), self.be) {
            ("", Want::Absent) => format!(": remove `{}`", attribute.written(path, format)),
            ("", Want::Present) => format!(": set `{}`", attribute.written(path, format)),
            ("", _) => String::new(),
            (value, _) => format!(": set `{}`", attribute.assignment(path, value, format)),
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
                Ok(true) => self.judge_holder(attribute, holder, Format::of(resource), findings),
                Ok(false) => {}
                Err(unknown) => {
                    findings.unknown(unknown, "");
                }
            }
        }
    }

    fn judge_holder(
        &self,
        attribute: &Attribute,
        holder: Node<'_>,
        format: Option<Format>,
        findings: &mut Findings<'_>,
    ) {
        if attribute.each.is_empty() {
            self.judge_item(attribute, holder, Item { node: holder, instance: "", format }, findings);
        }
        for path in attribute.each {
            for (name, node) in named_items(holder, path, findings) {
                self.judge_item(attribute, holder, Item { node, instance: &name, format }, findings);
            }
        }
    }

    fn judge_item(
        &self,
        attribute: &Attribute,
        holder: Node<'_>,
        item: Item<'_, '_>,
        findings: &mut Findings<'_>,
    ) {
        let (path, found) = attribute.found(holder, item.node);
        match found {
            Setting::Unknown(node) => {
                findings.unknown(node, item.instance);
            }
            Setting::Unset(node) if attribute.unset.unwrap_or(self.unset) == Missing::Fails => {
                findings.fail(node, item.instance, self.message(attribute, path, item));
            }
            Setting::Set(node) if !self.be.holds(node) => {
                let fix = Attribute::replacement(node, self.value(), item.format);
                findings.fail(node, item.instance, self.message(attribute, path, item)).fix = fix;
            }
            Setting::Unset(_) | Setting::Set(_) => {}
        }
    }
}

/// What has an attribute: the holder itself or an item in it, its name, and the format of the resource.
#[derive(Clone, Copy)]
struct Item<'b, 'n> {
    node: Node<'b>,
    instance: &'n str,
    format: Option<Format>,
}

/// `securityContext.runAsUser` as `security_context.run_as_user`.
fn snake_case(path: &str) -> String {
    let mut written = String::with_capacity(path.len());
    let mut before = '.';
    for letter in path.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            written.push('_');
        }
        written.push(letter.to_ascii_lowercase());
        before = letter;
    }
    written
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
