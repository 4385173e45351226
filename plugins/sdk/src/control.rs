//! A control: what it judges, its rule and its documentation.

use crate::Severity;
use crate::attribute::{Attribute, Holder};
use crate::docs::Docs;
use crate::rule::{Rule, Want};

/// The resources that a control needs in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A resource and those it is related to.
    Component,
    /// All resources of the tree of the kinds that it names.
    Tree,
    /// A whole document, by format, also of files that no parser claims.
    Document,
}

/// Which values of a parameter are stricter than others; see `palisade:pack`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stricter {
    /// None is known: only administrators set the parameter.
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
    /// The title for users.
    pub title: &'static str,
    /// JSON Schema of the values, without references.
    pub schema: &'static str,
    /// The value if none is set.
    pub default: &'static str,
    /// Which values a repository may set for itself.
    pub stricter: Stricter,
}

/// The description of a control for the host and users; see `palisade:pack`. The kind `*` matches every kind.
#[derive(Clone, Debug)]
pub struct ControlInfo {
    /// Stable, unique across all packs.
    pub id: String,
    /// The severity of a violation.
    pub severity: Severity,
    /// What it needs to see.
    pub scope: Scope,
    /// Kinds of resources that it judges.
    pub kinds: Vec<String>,
    /// Shapes that make a resource a subject, whatever its kind.
    pub shapes: Vec<String>,
    /// Kinds that it needs besides its subjects.
    pub related: Vec<String>,
    /// Formats it understands; empty: all.
    pub formats: Vec<String>,
    /// Ids of the same rule in other tools.
    pub aliases: Vec<String>,
    /// Requirements it belongs to.
    pub policies: Vec<String>,
    /// The documentation.
    pub docs: Docs,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The fixes of its outcomes that are safe; see [`Control::safe_fixes`].
    pub safe_fixes: Vec<String>,
}

/// A control. Write it with [`control!`](crate::control!), which reads the documentation from the comment.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// Stable, lower case, with dashes: `kubernetes-privileged-container`.
    pub id: &'static str,
    /// The severity of a violation.
    pub severity: Severity,
    /// What it needs to see.
    pub scope: Scope,
    /// Kinds of resources that it judges.
    pub kinds: &'static [&'static str],
    /// Shapes that make a resource a subject, whatever its kind. The rule then starts at the shape.
    pub shapes: &'static [&'static str],
    /// Attributes that it judges with [`Rule::Must`]; the resources that have them are subjects.
    pub judges: &'static [Attribute],
    /// Kinds that it needs besides its subjects. A shape contains what it needs of other resources, so it has none.
    pub related: &'static [&'static str],
    /// Formats it understands; empty: all.
    pub formats: &'static [&'static str],
    /// Ids of the same rule in other tools.
    pub aliases: &'static [&'static str],
    /// Requirements it belongs to.
    pub policies: &'static [&'static str],
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Texts of [`Outcome::fix`](crate::rule::Outcome::fix) that change only what the control requires and break
    /// nothing. Every other fix needs a review.
    pub safe_fixes: &'static [&'static str],
    /// How it judges.
    pub rule: Rule,
    /// Its doc comment.
    pub doc: &'static str,
}

impl Control {
    /// The defaults of the fields.
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

    /// The description for the host and users.
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

    /// Checks that a declarative rule reads the declared parameters: one parameter, in a form that the rule can use.
    ///
    /// # Errors
    /// The parameter that is not read or not declared.
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

    /// The documentation, split at the headings of the comment.
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

/// Declares the modules of a pack's controls, one per file, and the list `ALL` of the static `CONTROL` of each. The
/// names are in alphabetical order.
#[macro_export]
macro_rules! controls {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// All controls, in the order of their names.
        pub(crate) static ALL: &[&$crate::Control] = &[$(&$name::CONTROL),*];
    };
}
