//! What a control says of itself, in whichever of the three ways it does.

use regorus::Value;

use crate::annotations::{text_at, texts_at, value_at};

/// How bad a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Mend it some time.
    Low,
    /// Mend it soon.
    Medium,
    /// Mend it now.
    High,
    /// Mend it before anything else.
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

/// What a control sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A resource and those it is related to.
    Component,
    /// Every resource of the tree of its kinds.
    Tree,
    /// A whole document.
    Document,
}

/// What a control says of itself. Where it says nothing, it is empty or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Its name among all controls.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// Why a violation is bad.
    pub description: String,
    /// How bad.
    pub severity: Option<Severity>,
    /// The kinds of resources it judges.
    pub kinds: Vec<String>,
    /// The shapes of resources it judges.
    pub shapes: Vec<String>,
    /// The kinds it wants to see beside them.
    pub related: Vec<String>,
    /// The formats it understands.
    pub formats: Vec<String>,
    /// The same rule in other tools.
    pub aliases: Vec<String>,
    /// Requirements it belongs to.
    pub policies: Vec<String>,
    /// How to mend a violation.
    pub remediation: String,
    /// What may break when it is mended.
    pub impact: String,
    /// What it sees at once.
    pub scope: Option<Scope>,
}

/// Reads an annotation of OPA's kind; what is ours is under `custom`, and `severity` may be beside it. Gives the
/// names of keys whose values mean nothing.
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

/// Reads the file beside a control of the reference product's kind.
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
    /// What this says, and what another says where this is silent.
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
