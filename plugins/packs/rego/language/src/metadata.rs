//! The metadata of a control, in any of the three dialects.

use regorus::Value;

use crate::annotations::{text_at, texts_at, value_at};

/// The severity of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For information.
    Info,
    /// Fix it eventually.
    Low,
    /// Fix it soon.
    Medium,
    /// Fix it now.
    High,
    /// Fix it before anything else.
    Critical,
}

impl Severity {
    /// A severity by its name, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "info" | "informational" | "none" => Self::Info,
            "low" => Self::Low,
            "medium" | "moderate" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }
}

/// What a control is evaluated over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A resource and its related resources.
    Component,
    /// Every resource of its kinds in the tree.
    Tree,
    /// A whole document.
    Document,
}

/// The metadata of a control. What is not set is empty or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Its unique name among all controls.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Why a violation matters.
    pub description: String,
    /// The severity of a violation.
    pub severity: Option<Severity>,
    /// The kinds of resources it judges.
    pub kinds: Vec<String>,
    /// The shapes of resources it judges.
    pub shapes: Vec<String>,
    /// The kinds of related resources that it needs.
    pub related: Vec<String>,
    /// The formats it supports.
    pub formats: Vec<String>,
    /// Names of the same rule in other tools.
    pub aliases: Vec<String>,
    /// Requirements it belongs to.
    pub policies: Vec<String>,
    /// How to fix a violation.
    pub remediation: String,
    /// What the fix may break.
    pub impact: String,
    /// What it is evaluated over.
    pub scope: Option<Scope>,
}

/// Reads an annotation of OPA; our keys are under `custom`, and `severity` may be beside it. Returns the names of keys
/// with invalid values too.
pub(crate) fn from_annotation(value: &Value) -> (Metadata, Vec<String>) {
    let none = Value::new_object();
    let custom = value_at(value, "custom").unwrap_or(&none);
    let mut wrong = Vec::new();
    let severity = text_at(custom, "severity").or_else(|| text_at(value, "severity"));
    let parsed = severity.as_deref().and_then(Severity::parse);
    if let (Some(text), None) = (&severity, parsed) {
        wrong.push(format!("severity {text:?} is none of critical, high, medium, low and info"));
    }
    let scope = text_at(custom, "scope");
    let seen = match scope.as_deref() {
        None => None,
        Some("component") => Some(Scope::Component),
        Some("tree") => Some(Scope::Tree),
        Some("document") => Some(Scope::Document),
        Some(other) => {
            wrong.push(format!("scope {other:?} is none of component, tree and document"));
            None
        }
    };
    let metadata = Metadata {
        id: text_at(custom, "id").or_else(|| text_at(custom, "short_code")),
        title: text_at(value, "title").unwrap_or_default(),
        description: text_at(value, "description").unwrap_or_default(),
        severity: parsed,
        kinds: texts_at(custom, "kinds"),
        shapes: texts_at(custom, "shapes"),
        related: texts_at(custom, "related"),
        formats: texts_at(custom, "formats"),
        aliases: texts_at(custom, "aliases"),
        policies: texts_at(custom, "policies"),
        remediation: text_at(custom, "remediation").unwrap_or_default(),
        impact: text_at(custom, "impact").unwrap_or_default(),
        scope: seen,
    };
    (metadata, wrong)
}

/// Reads the metadata file beside a control of the reference product.
pub(crate) fn from_beside(value: &Value) -> (Metadata, Vec<String>) {
    let severity = text_at(value, "severity");
    let parsed = severity.as_deref().and_then(Severity::parse);
    let wrong = match (&severity, parsed) {
        (Some(text), None) => vec![format!("severity {text:?} is none of High, Medium and Low")],
        _ => Vec::new(),
    };
    let metadata = Metadata {
        id: text_at(value, "id"),
        title: text_at(value, "name").unwrap_or_default(),
        description: text_at(value, "description").unwrap_or_default(),
        severity: parsed,
        kinds: texts_at(value, "resource_kind"),
        remediation: text_at(value, "remediation_details").unwrap_or_default(),
        ..Metadata::default()
    };
    (metadata, wrong)
}

impl Metadata {
    /// Fills what is not set from another.
    pub(crate) fn or(self, other: &Self) -> Self {
        let text = |own: String, other: &String| if own.is_empty() { other.clone() } else { own };
        let list = |own: Vec<String>, other: &Vec<String>| if own.is_empty() { other.clone() } else { own };
        Self {
            id: self.id,
            title: text(self.title, &other.title),
            description: text(self.description, &other.description),
            severity: self.severity.or(other.severity),
            kinds: list(self.kinds, &other.kinds),
            shapes: list(self.shapes, &other.shapes),
            related: list(self.related, &other.related),
            formats: list(self.formats, &other.formats),
            aliases: list(self.aliases, &other.aliases),
            policies: list(self.policies, &other.policies),
            remediation: text(self.remediation, &other.remediation),
            impact: text(self.impact, &other.impact),
            scope: self.scope.or(other.scope),
        }
    }
}
