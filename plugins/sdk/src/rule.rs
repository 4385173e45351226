//! The rule of a control: a declarative form for required values, and a function for the rest.

use crate::attribute::Must;
use crate::related::Index;
use crate::tape::NONE;
use crate::{Control, Kind, Node, ResourceView, path};

pub use crate::want::{Reading, Want};

/// The rule of a control.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// The requirement on the attributes that the control judges.
    Must(Must),
    /// Anything else.
    Coded(fn(&Subject<'_>, &mut Findings<'_>)),
}

/// What a missing value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The default is safe.
    Passes,
    /// The default is the violation.
    Fails,
}

/// The subject of a rule: a resource, and the node in it where the rule starts (the shape that the control requested,
/// or the root).
#[derive(Clone, Copy, Debug)]
pub struct Subject<'b> {
    pub(crate) resource: ResourceView<'b>,
    pub(crate) start: Node<'b>,
    pub(crate) parameters: &'b [(String, String)],
    pub(crate) control: &'static str,
    pub(crate) index: &'b Index,
}

impl<'b> Subject<'b> {
    /// The resource.
    pub fn resource(&self) -> ResourceView<'b> {
        self.resource
    }

    /// Where the rule starts.
    pub fn start(&self) -> Node<'b> {
        self.start
    }

    /// The value at a path from the start.
    pub fn at(&self, path: &str) -> Option<Node<'b>> {
        self.start.at(path)
    }

    /// The items of the sequences at these paths, in order.
    pub fn each(&self, paths: &'static [&'static str]) -> impl Iterator<Item = Node<'b>> + use<'b> {
        let start = self.start;
        paths.iter().flat_map(move |path| start.items_at(path))
    }

    /// The value of a parameter of this control, as JSON.
    pub fn parameter(&self, name: &str) -> Option<&'b str> {
        let control = self.control;
        self.parameters
            .iter()
            .find(|(key, _)| key.strip_prefix(control).and_then(|rest| rest.strip_prefix('.')) == Some(name))
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that is a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        serde_json::from_str(self.parameter(name)?).ok()
    }

    /// The items of a parameter that is a list of texts and numbers, as text.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let items: Option<Vec<serde_json::Value>> =
            self.parameter(name).and_then(|json| serde_json::from_str(json).ok());
        let text = |it: serde_json::Value| match it {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        items.unwrap_or_default().into_iter().map(text).collect()
    }
}

/// The kind of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The control is violated.
    Failed,
    /// It depends on an unknown value.
    Unknown,
}

/// An answer to a question about values, and the node that gives it. An unknown value makes an answer unknown only if
/// it would decide.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'b> {
    /// It is not so.
    No,
    /// It is so, because of this value.
    Yes(Node<'b>),
    /// It depends on this unknown value.
    Unknown(Node<'b>),
}

impl<'b> Answer<'b> {
    /// Whether both hold; the node is that of this one.
    #[must_use]
    pub fn and(self, other: Answer<'b>) -> Answer<'b> {
        match (self, other) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Unknown(at), _) | (_, Answer::Unknown(at)) => Answer::Unknown(at),
            (Answer::Yes(at), Answer::Yes(_)) => Answer::Yes(at),
        }
    }

    /// Whether at least one holds.
    #[must_use]
    pub fn or(self, other: Answer<'b>) -> Answer<'b> {
        match (self, other) {
            (Answer::Yes(at), _) | (_, Answer::Yes(at)) => Answer::Yes(at),
            (Answer::Unknown(at), _) | (_, Answer::Unknown(at)) => Answer::Unknown(at),
            (Answer::No, Answer::No) => Answer::No,
        }
    }

    /// Whether this one holds and the other does not.
    #[must_use]
    pub fn unless(self, other: Answer<'b>) -> Answer<'b> {
        match (self, other) {
            (Answer::No, _) | (_, Answer::Yes(_)) => Answer::No,
            (_, Answer::Unknown(at)) => Answer::Unknown(at),
            (answer, Answer::No) => answer,
        }
    }

    /// Whether the text of at least one of several values matches.
    pub fn any(nodes: impl IntoIterator<Item = Node<'b>>, holds: impl Fn(&str) -> bool) -> Answer<'b> {
        let mut answer = Answer::No;
        for node in nodes {
            answer = answer.or(match node.as_scalar() {
                Some(text) if holds(text) => Answer::Yes(node),
                None if node.kind() == Kind::Unknown => Answer::Unknown(node),
                _ => Answer::No,
            });
        }
        answer
    }
}

/// A failed or unknown outcome; see `palisade:pack`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Index of the control in the pack.
    pub control: u32,
    /// Row of the resource.
    pub resource: u32,
    /// The value that decides, or `NONE`.
    pub node: u32,
    /// Related nodes.
    pub related_nodes: Vec<u32>,
    /// Failed or unknown.
    pub kind: Found,
    /// Distinguishes several violations in one resource.
    pub instance: String,
    /// The message for users.
    pub message: String,
    /// The replacement text of the node, which is a scalar. See [`Control::safe_fixes`](crate::Control::safe_fixes).
    pub fix: Option<String>,
}

/// Collects the outcomes of a rule for one subject.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(crate) outcomes: &'a mut Vec<Outcome>,
    pub(crate) control: u32,
    pub(crate) resource: u32,
    pub(crate) root: u32,
}

impl Findings<'_> {
    fn push(&mut self, kind: Found, node: u32, instance: &str, message: String) -> &mut Outcome {
        // A finding at the whole resource is shown at its header.
        let node = if node == self.root { NONE } else { node };
        self.outcomes.push_mut(Outcome {
            control: self.control,
            resource: self.resource,
            node,
            related_nodes: Vec::new(),
            kind,
            instance: instance.to_owned(),
            message,
            fix: None,
        })
    }

    /// A violation at a value. An instance distinguishes several in one resource; empty if there is one.
    pub fn fail(&mut self, at: Node<'_>, instance: &str, message: impl Into<String>) -> &mut Outcome {
        self.push(Found::Failed, at.index(), instance, message.into())
    }

    /// A violation without a value: it is shown at the header of the resource.
    pub fn fail_whole(&mut self, instance: &str, message: impl Into<String>) -> &mut Outcome {
        self.push(Found::Failed, NONE, instance, message.into())
    }

    /// A violation if the answer is yes, at the value that gives it; an unknown outcome if it is unknown.
    pub fn report(&mut self, answer: Answer<'_>, instance: &str, message: &str) {
        match answer {
            Answer::No => {}
            Answer::Yes(at) => {
                self.fail(at, instance, message);
            }
            Answer::Unknown(at) => {
                self.unknown(at, instance);
            }
        }
    }

    /// An outcome that depends on an unknown value.
    pub fn unknown(&mut self, at: Node<'_>, instance: &str) -> &mut Outcome {
        let batch = at.batch();
        let message = match at.as_unknown() {
            Some(unknown) => format!(
                "depends on `{}`, which cannot be known: {}",
                batch.text(unknown.expression),
                batch.text(unknown.reason)
            ),
            None => "depends on a value that cannot be known".to_owned(),
        };
        self.push(Found::Unknown, at.index(), instance, message)
    }
}

/// Whether a value is set: neither null nor an empty text, mapping or sequence.
pub fn is_filled(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Null => false,
        Kind::Text => node.as_str() != Some(""),
        Kind::Mapping | Kind::Sequence => node.children().next().is_some(),
        _ => true,
    }
}

/// The value at a path, or else the deepest node on the way to it. A block that is a sequence of mappings (as every
/// block of Terraform is) is entered if it has one item.
pub fn reach<'b>(from: Node<'b>, path: &str) -> Result<Node<'b>, Node<'b>> {
    let mut at = from;
    for key in path::keys(path) {
        if at.kind() == Kind::Sequence {
            let mut items = at.items();
            match (items.next(), items.next()) {
                (Some(only), None) => at = only,
                _ => return Err(at),
            }
        }
        match at.get(key) {
            Some(next) => at = next,
            None => return Err(at),
        }
    }
    Ok(at)
}

/// A value that may be set.
#[derive(Clone, Copy, Debug)]
pub enum Setting<'b> {
    /// Set, and neither null nor an empty text.
    Set(Node<'b>),
    /// Not set: the null or empty value, or the deepest node on the way to it.
    Unset(Node<'b>),
    /// The value, or a node on the way to it, is unknown.
    Unknown(Node<'b>),
}

/// The setting at a path; see [`reach`]. Terraform and Kubernetes write an empty text for a value that is not set.
pub fn setting<'b>(from: Node<'b>, path: &str) -> Setting<'b> {
    match reach(from, path) {
        Ok(node) | Err(node) if node.kind() == Kind::Unknown => Setting::Unknown(node),
        Ok(node) if node.is_null() || node.as_str() == Some("") => Setting::Unset(node),
        Ok(node) => Setting::Set(node),
        Err(above) => Setting::Unset(above),
    }
}

impl<'b> Setting<'b> {
    /// The value, if it is set.
    pub fn set(self) -> Option<Node<'b>> {
        match self {
            Setting::Set(node) => Some(node),
            Setting::Unset(_) | Setting::Unknown(_) => None,
        }
    }

    /// The value, or the deepest node on the way to it.
    pub fn node(self) -> Node<'b> {
        match self {
            Setting::Set(node) | Setting::Unset(node) | Setting::Unknown(node) => node,
        }
    }

    /// Whether its text matches; no if it is not set.
    pub fn matches(self, holds: impl Fn(&str) -> bool) -> Answer<'b> {
        match self {
            Setting::Set(node) => Answer::any([node], holds),
            Setting::Unset(_) => Answer::No,
            Setting::Unknown(node) => Answer::Unknown(node),
        }
    }

    /// Whether it is true, as a boolean or as a text; none if it is unknown.
    pub fn is_true(self) -> Option<bool> {
        match self {
            Setting::Set(node) => Some(node.as_scalar() == Some("true")),
            Setting::Unset(_) => Some(false),
            Setting::Unknown(_) => None,
        }
    }
}

impl Rule {
    pub(crate) fn judge(&self, control: &Control, subject: &Subject<'_>, findings: &mut Findings<'_>) {
        match self {
            Rule::Must(must) => must.judge(control.judges, subject, findings),
            Rule::Coded(judge) => judge(subject, findings),
        }
    }
}
