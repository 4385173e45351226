//! Controls, as packs describe them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::Severity;

/// What a control needs to see at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// A resource and those it is related to.
    Component,
    /// Every resource of the tree of the kinds it names.
    Tree,
    /// A whole document.
    Document,
}

/// Which values of a parameter are stricter than others. A repository may set such a value for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stricter {
    /// No value is known to be: only administrators set the parameter.
    None,
    /// A larger number.
    Larger,
    /// A smaller number.
    Smaller,
    /// A list that has no item beyond those of the other.
    FewerItems,
    /// A list that has all items of the other.
    MoreItems,
}

/// Values that somebody set for parameters: by control and by name.
pub type ParameterValues = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

/// A setting of a control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Unique within the control.
    pub name: String,
    /// For readers.
    pub title: String,
    /// JSON Schema of the values.
    pub schema: String,
    /// JSON that fits the schema.
    pub default: String,
    /// Which values a repository may set for itself.
    pub stricter: Stricter,
}

/// How to mend a violation in one format; an empty format stands for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// `helm`, `terraform`, or empty.
    pub format: String,
    /// Markdown.
    pub text: Arc<str>,
}

/// A control for readers, in Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Docs {
    /// Why a violation is bad.
    pub why: String,
    /// What the remediation may break.
    pub impact: Arc<str>,
    /// Remediation.
    pub remedies: Vec<Remedy>,
    /// An input that violates it.
    pub failing_example: String,
    /// An input that does not.
    pub passing_example: String,
}

impl Docs {
    /// How to mend it in a format.
    pub fn remedy(&self, format: &str) -> Arc<str> {
        let of = |wanted: &str| self.remedies.iter().find(|remedy| remedy.format == wanted);
        of(format).or_else(|| of("")).map_or_else(Arc::default, |remedy| Arc::clone(&remedy.text))
    }
}

/// One control of a pack. What its findings repeat is shared with them: there may be very many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Stable, unique over all packs.
    pub id: Arc<str>,
    /// A line.
    pub title: Arc<str>,
    /// Severity of the control.
    pub severity: Severity,
    /// What it needs to see.
    pub scope: Scope,
    /// Kinds of resources it judges.
    pub kinds: Vec<String>,
    /// Shapes that make a resource a subject, whatever its kind.
    pub shapes: Vec<String>,
    /// Kinds it wants to see beside its subjects.
    pub related: Vec<String>,
    /// Formats it understands; empty: all.
    pub formats: Vec<String>,
    /// Ids of the same rule in other tools.
    pub aliases: Arc<[String]>,
    /// Requirements it belongs to.
    pub policies: Arc<[String]>,
    /// For readers.
    pub docs: Docs,
    /// What may be set.
    pub parameters: Vec<Parameter>,
    /// The fixes of its outcomes that change nothing but what it demands, as outcomes give them.
    pub safe_fixes: Vec<String>,
    /// The pack it comes from.
    pub pack: String,
}
