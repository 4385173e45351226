//! A control: what it judges, how, and what it tells a reader.

use crate::Severity;
use crate::attribute::{Attribute, Holder};
use crate::docs::Docs;
use crate::rule::{Rule, Want};

/// What a control needs to see at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A resource and those it is related to.
    Component,
    /// Every resource of the tree of the kinds it names.
    Tree,
    /// A whole document, by format, also of files that no parser claims.
    Document,
}

/// Which values of a parameter are stricter than others; see `palisade:pack`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A setting of a control. `schema` and `default` are JSON.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Small letters, digits, `-` and `_`; unique within the control.
    pub name: &'static str,
    /// For readers.
    pub title: &'static str,
    /// JSON Schema of the values, without references.
    pub schema: &'static str,
    /// The value where none is set.
    pub default: &'static str,
    /// Which values a repository may set for itself.
    pub stricter: Stricter,
}

/// What the host and readers are told of a control; see `palisade:pack`. The kind `*` stands for every kind.
#[derive(Clone, Debug)]
pub struct ControlInfo {
    /// Stable, unique over all packs.
    pub id: String,
    /// How much a violation matters.
    pub severity: Severity,
    /// What it needs to see.
    pub scope: Scope,
    /// Kinds of resources that it judges.
    pub kinds: Vec<String>,
    /// Shapes that make a resource a subject, whatever its kind.
    pub shapes: Vec<String>,
    /// Kinds it wants to see beside its subjects.
    pub related: Vec<String>,
    /// Formats it understands; empty: all.
    pub formats: Vec<String>,
    /// The very same rule in other tools.
    pub aliases: Vec<String>,
    /// Requirements it belongs to.
    pub policies: Vec<String>,
    /// For readers.
    pub docs: Docs,
    /// What may be set.
    pub parameters: Vec<Parameter>,
    /// The fixes of its outcomes that are safe; see [`Control::safe_fixes`].
    pub safe_fixes: Vec<String>,
}

/// One control. Write it with [`control!`](crate::control!), which takes the documentation from the comment.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// Stable, lower case, with dashes: `kubernetes-privileged-container`.
    pub id: &'static str,
    /// How much a violation matters.
    pub severity: Severity,
    /// What it needs to see.
    pub scope: Scope,
    /// Kinds of resources that it judges.
    pub kinds: &'static [&'static str],
    /// Shapes that make a resource a subject, whatever its kind. The rule then starts at the shape.
    pub shapes: &'static [&'static str],
    /// Attributes that it judges with [`Rule::Must`]; what has them is a subject.
    pub judges: &'static [Attribute],
    /// Kinds it wants to see beside its subjects. A shape has what it needs of other resources: it asks for none.
    pub related: &'static [&'static str],
    /// Formats it understands; empty: all.
    pub formats: &'static [&'static str],
    /// The very same rule in other tools.
    pub aliases: &'static [&'static str],
    /// Requirements it belongs to.
    pub policies: &'static [&'static str],
    /// What may be set.
    pub parameters: &'static [Parameter],
    /// Texts of [`Outcome::fix`](crate::rule::Outcome::fix) that change nothing but what the control demands:
    /// whatever worked before works afterwards. Every other fix is one that a person reviews first.
    pub safe_fixes: &'static [&'static str],
    /// How it judges.
    pub rule: Rule,
    /// The comment above it.
    pub doc: &'static str,
}

impl Control {
    /// What the fields are that a control does not name.
    pub const TEMPLATE: Control = Control {
        id: "",
        severity: Severity::Medium,
        scope: Scope::Component,
        kinds: &[],
        shapes: &[],
        judges: &[],
        related: &[],
        formats: &[],
        aliases: &[],
        policies: &[],
        parameters: &[],
        safe_fixes: &[],
        rule: Rule::Coded(|_, _| {}),
        doc: "",
    };

    /// What the host and readers are told of it.
    pub fn describe(&self) -> ControlInfo {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (mut kinds, mut shapes): (Vec<String>, Vec<String>) = (texts(self.kinds), texts(self.shapes));
        for attribute in self.judges {
            let (names, name) = match attribute.of {
                Holder::Kind(_, kind) => (&mut kinds, kind),
                Holder::Shape(id) => (&mut shapes, id),
            };
            if !names.iter().any(|it| it == name) {
                names.push(name.to_owned());
            }
        }
        ControlInfo {
            id: self.id.to_owned(),
            severity: self.severity,
            scope: self.scope,
            kinds,
            shapes,
            related: texts(self.related),
            formats: texts(self.formats),
            aliases: texts(self.aliases),
            policies: texts(self.policies),
            docs: self.docs(),
            parameters: self.parameters.to_vec(),
            safe_fixes: texts(self.safe_fixes),
        }
    }

    /// Whether a declarative rule reads what the control declares: one parameter, in a form that the rule can use.
    ///
    /// # Errors
    /// Which parameter is not read, or not declared.
    pub fn check_parameters(&self) -> Result<(), String> {
        let Rule::Must(must) = self.rule else { return Ok(()) };
        let declared: Vec<&str> = self.parameters.iter().map(|it| it.name).collect();
        let read: Vec<&str> = [must.parameter].into_iter().filter(|it| !it.is_empty()).collect();
        if declared != read {
            return Err(format!("the rule reads the parameters {read:?}, the control declares {declared:?}"));
        }
        if !read.is_empty() && !matches!(must.be, Want::One(_) | Want::AtLeast(_)) {
            return Err(format!("`{}` can be set for `Want::One` and `Want::AtLeast` only", must.parameter));
        }
        Ok(())
    }

    /// The comment, cut at its headings.
    pub fn docs(&self) -> Docs {
        Docs::parse(self.doc)
    }
}

/// Declares a control. The comment above it is its documentation: the first line is the title, and the
/// headings `## Why`, `## Impact`, `## Fix`, `## Fails` and `## Passes` follow, the last two with an example
/// in a code block that the tests run.
///
/// ```
/// use palisade_sdk::Severity;
/// use palisade_sdk::attribute::{Must, shape};
/// use palisade_sdk::rule::{Rule, Want};
///
/// palisade_sdk::control! {
///     /// Pod shares the host's network
///     ///
///     /// ## Why
///     /// It sees the node's traffic.
///     /// ## Impact
///     /// Agents that need the node's addresses stop working.
///     /// ## Fix
///     /// Remove `hostNetwork`.
///     /// ## Fails
///     /// ```yaml
///     /// kind: Pod
///     /// ```
///     /// ## Passes
///     /// ```yaml
///     /// kind: Pod
///     /// ```
///     pub static HOST_NETWORK = {
///         id: "kubernetes-host-network",
///         severity: Severity::High,
///         judges: &[shape("kubernetes.pod@1", "spec.hostNetwork")],
///         rule: Rule::Must(Must {
///             be: Want::Not(&["true"]),
///             message: "the pod shares the host's network",
///             ..Must::TEMPLATE
///         }),
///     };
/// }
/// assert_eq!(HOST_NETWORK.docs().title, "Pod shares the host's network");
/// ```
#[macro_export]
macro_rules! control {
    ($(#[doc = $doc:literal])* $vis:vis static $name:ident = { $($field:ident : $value:expr),* $(,)? };) => {
        $(#[doc = $doc])*
        $vis static $name: $crate::Control = $crate::Control {
            doc: concat!($($doc, "\n"),*),
            $($field: $value,)*
            ..$crate::Control::TEMPLATE
        };
    };
}

/// Declares the modules of a pack's controls, one a file, and the list `ALL` of what each of them calls `CONTROL`. The
/// names are in alphabetical order.
#[macro_export]
macro_rules! controls {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// Every control, in the order of their names.
        pub(crate) static ALL: &[&$crate::Control] = &[$(&$name::CONTROL),*];
    };
}
