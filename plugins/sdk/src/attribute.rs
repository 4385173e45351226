//! The declarative form of a control: attributes, by format and kind, and what their values must be. One rule covers
//! every format in which the setting can be written.
//!
//! ```
//! use palisade_sdk::attribute::{Attribute, Must, shape, terraform, when};
//! use palisade_sdk::rule::{Missing, Rule, Want};
//!
//! // `enable_key_rotation` of a key must be true, if the key is one that can be rotated.
//! const KEY: Attribute = terraform("aws_kms_key", "enable_key_rotation")
//!     .only(&[when("key_usage", Want::One(&["ENCRYPT_DECRYPT"])).or_unset()]);
//! const ROTATED: Rule = Rule::Must(Must {
//!     be: Want::One(&["true"]),
//!     unset: Missing::Fails,
//!     message: "key rotation is disabled", // : set `enable_key_rotation = true`
//!     ..Must::TEMPLATE
//! });
//!
//! // The user of each container, or else of its pod, must not be root; the finding is called `web`.
//! const USER: Attribute = shape("kubernetes.pod@1", "securityContext.runAsUser")
//!     .each(&["spec.containers", "spec.initContainers"])
//!     .or(&["/spec.securityContext.runAsUser"]);
//!
//! // The host port of each port of each container, if the pod runs on Linux; the finding is called `web/8080`.
//! const HOST_PORT: Attribute = shape("kubernetes.pod@1", "hostPort")
//!     .each(&["spec.containers", "spec.initContainers"])
//!     .inner("ports")
//!     .named(&["hostPort"])
//!     .only(&[when("/spec.os.name", Want::Not(&["windows"]))]);
//!
//! // Ports that an administrator may allow, by a parameter of the control that is a list; with `Want::AtLeast` it is a
//! // number.
//! const PORTS: Rule = Rule::Must(Must {
//!     be: Want::One(&["0"]),
//!     parameter: "allowed",
//!     message: "container `{}` opens port {value} of the node: remove `hostPort`",
//!     ..Must::TEMPLATE
//! });
//!
//! // The verbs of each rule of a role, if the rule is about pods: the finding is at the verb, and called `apps/pods`.
//! const VERBS: Attribute = shape("kubernetes.role@1", "verbs")
//!     .each(&["rules"])
//!     .named(&["apiGroups", "resources"])
//!     .only(&[when("resources", Want::Includes(&["pods", "*"]))]);
//! const CREATED: Rule = Rule::Must(Must {
//!     be: Want::Not(&["create", "*"]),
//!     message: "the rule for `{}` may create pods: remove the verb `{value}`",
//!     ..Must::TEMPLATE
//! });
//! ```

mod must;
mod writing;

use crate::path;
use crate::rule::{Answer, Findings, Missing, Reading, Setting, Want, setting};
use crate::want::Set;
use crate::{Kind, Node, ResourceView};

pub use must::{Must, Opens};
pub use writing::Writing;

/// A format whose attributes controls refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Terraform and OpenTofu: `storage_encrypted = true`.
    Terraform,
    /// Manifests of Kubernetes: `spec.hostNetwork: false`.
    Kubernetes,
}

impl Format {
    /// The id that parsers use for the format.
    pub const fn id(self) -> &'static str {
        match self {
            Format::Terraform => "terraform",
            Format::Kubernetes => "kubernetes",
        }
    }

    /// Whether resources of a format have the kinds and attributes of this one, as a plan has those of Terraform.
    fn covers(self, format: &str) -> bool {
        format == self.id() || (self == Format::Terraform && format == "terraform-plan")
    }

    /// The format of a resource; none for a format that no control refers to.
    fn of(resource: ResourceView<'_>) -> Option<Format> {
        [Format::Terraform, Format::Kubernetes].into_iter().find(|it| it.covers(resource.format()))
    }
}

/// The holder of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Resources of a kind, in one format.
    Kind(Format, &'static str),
    /// A shape in any format; its attributes have the names that manifests use.
    Shape(&'static str),
}

/// An attribute that a control judges. A path that begins with `/` starts at the holder, any other at the item.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The holder.
    pub of: Holder,
    /// Paths of sequences, each of whose items has the attribute; empty: the holder itself.
    pub each: &'static [&'static str],
    /// The path of a sequence in each of these items; if it is set, its items have the attribute instead.
    pub inner: &'static str,
    /// Fields whose values name an item; none: `name`, the text of the item, or its position.
    pub named: Option<&'static [&'static str]>,
    /// Its [path]; empty: the item itself.
    pub path: &'static str,
    /// Other paths at which it may be set: the first path that is set decides. `{}` is the name of the item.
    pub or: &'static [&'static str],
    /// Converts its texts before they are compared.
    pub reads: Option<Reading>,
    /// Reads a firewall rule, for [`Want::Closed`].
    pub opens: Option<Opens>,
    /// What it must be, if that differs from the rule.
    pub be: Option<Want>,
    /// What a missing value means, if that differs from the rule.
    pub unset: Option<Missing>,
    /// Conditions: it is judged only if all of them hold.
    pub only: &'static [Only],
    /// Kinds and shapes of resources that are not judged.
    pub except: &'static [&'static str],
    /// Its name in the name of a finding, after that of the item: `web/type`.
    pub called: &'static str,
    /// The message, if it differs from that of the rule.
    pub message: &'static str,
}

/// A condition on another attribute.
#[derive(Clone, Copy, Debug)]
pub struct Only {
    /// Its path: from the holder if it begins with `/`, otherwise from the item.
    pub path: &'static str,
    /// What it must be.
    pub is: Want,
    /// Whether the condition holds if nothing is set, or a sequence without items.
    pub unset: bool,
    /// Converts its texts before they are compared.
    pub reads: Option<Reading>,
}

/// A condition on the attribute at a path. If nothing is set, it holds only if it forbids values.
pub const fn when(path: &'static str, is: Want) -> Only {
    let unset = matches!(is, Want::Not(_) | Want::Unlike(_) | Want::No(_) | Want::Absent);
    Only { path, is, unset, reads: None }
}

impl Only {
    /// It also holds if nothing is set.
    #[must_use]
    pub const fn or_unset(self) -> Only {
        Only { unset: true, ..self }
    }

    /// Sets the function that converts its texts before they are compared.
    #[must_use]
    pub const fn reads(self, reads: Reading) -> Only {
        Only { reads: Some(reads), ..self }
    }

    /// Whether it refers to the holder of an attribute, and not to an item.
    fn is_of(&self, attribute: &Attribute) -> bool {
        attribute.each.is_empty() || self.path.starts_with('/')
    }

    /// Whether it holds; an error is the unknown value that it depends on.
    fn holds<'b>(&self, holder: Node<'b>, item: Node<'b>) -> Result<bool, Node<'b>> {
        let (path, from) = match self.path.strip_prefix('/') {
            Some(path) => (path, holder),
            None => (self.path, item),
        };
        let is_empty = |it: Node<'_>| it.kind() == Kind::Sequence && it.items().next().is_none();
        if setting(from, path).set().is_some_and(is_empty) {
            return Ok(self.unset);
        }
        match self.is.violation(from, path, self.reads, &Set::default()) {
            Some(Answer::No) => Ok(true),
            Some(Answer::Yes(_)) => Ok(false),
            Some(Answer::Unknown(at)) => Err(at),
            None => Ok(self.unset),
        }
    }
}

/// A text in lower case, for comparisons that ignore case.
pub fn lower_case(text: &str) -> String {
    text.to_ascii_lowercase()
}

const fn attribute(of: Holder, path: &'static str) -> Attribute {
    Attribute {
        of,
        each: &[],
        inner: "",
        named: None,
        path,
        or: &[],
        reads: None,
        opens: None,
        be: None,
        unset: None,
        only: &[],
        except: &[],
        called: "",
        message: "",
    }
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
    /// The items of the sequences at these paths have the attribute.
    #[must_use]
    pub const fn each(self, each: &'static [&'static str]) -> Attribute {
        Attribute { each, ..self }
    }

    /// The items of this sequence in each of the items have the attribute.
    #[must_use]
    pub const fn inner(self, inner: &'static str) -> Attribute {
        Attribute { inner, ..self }
    }

    /// Sets the fields whose values name an item.
    #[must_use]
    pub const fn named(self, named: &'static [&'static str]) -> Attribute {
        Attribute { named: Some(named), ..self }
    }

    /// Sets other paths at which it may be set.
    #[must_use]
    pub const fn or(self, or: &'static [&'static str]) -> Attribute {
        Attribute { or, ..self }
    }

    /// Sets the function that converts its texts before they are compared.
    #[must_use]
    pub const fn reads(self, reads: Reading) -> Attribute {
        Attribute { reads: Some(reads), ..self }
    }

    /// Sets the function that reads a firewall rule.
    #[must_use]
    pub const fn opens(self, opens: Opens) -> Attribute {
        Attribute { opens: Some(opens), ..self }
    }

    /// Sets what it must be, if that differs from the rule.
    #[must_use]
    pub const fn be(self, be: Want) -> Attribute {
        Attribute { be: Some(be), ..self }
    }

    /// Sets what a missing value means.
    #[must_use]
    pub const fn unset(self, unset: Missing) -> Attribute {
        Attribute { unset: Some(unset), ..self }
    }

    /// Judges it only if these conditions hold.
    #[must_use]
    pub const fn only(self, only: &'static [Only]) -> Attribute {
        Attribute { only, ..self }
    }

    /// Excludes resources of these kinds or shapes.
    #[must_use]
    pub const fn except(self, except: &'static [&'static str]) -> Attribute {
        Attribute { except, ..self }
    }

    /// Sets its name in the name of a finding.
    #[must_use]
    pub const fn called(self, called: &'static str) -> Attribute {
        Attribute { called, ..self }
    }

    /// Sets the message, if it differs from that of the rule.
    #[must_use]
    pub const fn message(self, message: &'static str) -> Attribute {
        Attribute { message, ..self }
    }

    /// The node at which the path begins, in a resource that has the attribute.
    pub(crate) fn start<'b>(&self, resource: ResourceView<'b>) -> Option<Node<'b>> {
        match self.of {
            Holder::Kind(format, kind) => {
                (kind == resource.kind() && format.covers(resource.format())).then(|| resource.root())
            }
            Holder::Shape(id) => resource.shape(id),
        }
    }

    /// Whether a resource is excluded.
    fn excludes(&self, resource: ResourceView<'_>) -> bool {
        let has = |name: &&str| resource.kind() == *name || resource.shape(name).is_some();
        self.except.iter().any(has)
    }
}

/// The items of a sequence, each with its name or, without a name, its position. An unknown sequence or item is added
/// to the findings.
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

/// Checks that the attributes of a control are valid.
///
/// # Errors
/// The invalid attribute and the reason.
pub fn check(attributes: &[Attribute]) -> Result<(), String> {
    for attribute in attributes {
        if attribute.each.is_empty() && !attribute.inner.is_empty() {
            let inner = attribute.inner;
            return Err(format!(
                "`{inner}` of {:?} is in no item: name the outer sequence with `each`",
                attribute.of
            ));
        }
        let others = attribute.only.iter().map(|it| it.path).chain(attribute.or.iter().copied());
        for path in others.chain(attribute.each.iter().copied()).chain([attribute.path, attribute.inner]) {
            path::check(path.strip_prefix('/').unwrap_or(path))
                .map_err(|error| format!("`{path}` of {:?}: {error}", attribute.of))?;
        }
    }
    Ok(())
}
