//! Controls, as packs describe them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::Severity;

/// The resources that a control needs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// A resource and the resources it is related to.
    Component,
    /// Every resource of the tree, of the kinds that the control names.
    Tree,
    /// A whole document.
    Document,
}

/// Which values of a parameter are stricter than others. A repository may set such a value for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stricter {
    /// Unknown: only administrators set the parameter.
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

/// Values that are set for parameters: by control and by name.
pub type ParameterValues = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

/// A setting of a control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Unique within the control.
    pub name: String,
    /// Title for readers.
    pub title: String,
    /// JSON Schema of the values.
    pub schema: String,
    /// JSON that fits the schema.
    pub default: String,
    /// Which values a repository may set for itself.
    pub stricter: Stricter,
}

/// Remediation of a violation in one format; an empty format applies to all formats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// `helm`, `terraform`, or empty.
    pub format: String,
    /// Markdown.
    pub text: Arc<str>,
}

/// Documentation of a control, in Markdown.
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
    /// The remediation in a format.
    pub fn remedy(&self, format: &str) -> Arc<str> {
        let of = |wanted: &str| self.remedies.iter().find(|remedy| remedy.format == wanted);
        of(format).or_else(|| of("")).map_or_else(Arc::default, |remedy| Arc::clone(&remedy.text))
    }
}

/// One control of a pack. Fields that findings repeat are shared with them, since there may be very many findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Stable, unique over all packs.
    pub id: Arc<str>,
    /// Title, in one line.
    pub title: Arc<str>,
    /// Severity of the control.
    pub severity: Severity,
    /// The resources it needs together.
    pub scope: Scope,
    /// Kinds of resources it judges.
    pub kinds: Vec<String>,
    /// Shapes that make a resource a subject, whatever its kind.
    pub shapes: Vec<String>,
    /// Kinds it needs besides its subjects.
    pub related: Vec<String>,
    /// Formats it applies to; empty for all.
    pub formats: Vec<String>,
    /// Ids of the same rule in other tools.
    pub aliases: Arc<[String]>,
    /// Requirements it belongs to.
    pub policies: Arc<[String]>,
    /// Documentation.
    pub docs: Docs,
    /// Parameters that can be set.
    pub parameters: Vec<Parameter>,
    /// The fixes, as outcomes give them, that change only what the control demands.
    pub safe_fixes: Vec<String>,
    /// The pack it comes from.
    pub pack: String,
}
