//! The syntax tree of Rego. Every node has its place, so that printed text stays on its line.

use crate::place::Place;

/// The version of Rego that a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Before OPA 1.0: bodies without `if`, sets without `contains`.
    V0,
    /// Since OPA 1.0, or with `import rego.v1`.
    V1,
}

#[derive(Debug, Clone)]
pub(crate) struct Module {
    pub(crate) package: Vec<String>,
    pub(crate) package_place: Place,
    pub(crate) imports: Vec<Import>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) version: Version,
}

#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) place: Place,
    pub(crate) path: Vec<String>,
    pub(crate) alias: Option<String>,
}

impl Import {
    /// The name that the module uses for it.
    pub(crate) fn name(&self) -> Option<&str> {
        self.alias.as_deref().or_else(|| self.path.last().map(String::as_str))
    }

    /// Whether it only enables keywords.
    pub(crate) fn is_syntax(&self) -> bool {
        matches!(self.path.first().map(String::as_str), Some("future" | "rego"))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) place: Place,
    pub(crate) default: bool,
    pub(crate) name: String,
    /// What follows the name: `.b` and `[c]` of `a.b[c]`.
    pub(crate) steps: Vec<Expr>,
    pub(crate) head: Head,
    pub(crate) body: Option<Body>,
    pub(crate) otherwise: Vec<Otherwise>,
}

#[derive(Debug, Clone)]
pub(crate) enum Head {
    Value { op: &'static str, value: Option<Expr> },
    Member(Expr),
    Function { parameters: Vec<Expr>, op: &'static str, value: Option<Expr> },
}

#[derive(Debug, Clone)]
pub(crate) struct Otherwise {
    pub(crate) place: Place,
    pub(crate) op: &'static str,
    pub(crate) value: Option<Expr>,
    pub(crate) body: Option<Body>,
}

pub(crate) type Body = Vec<Literal>;

#[derive(Debug, Clone)]
pub(crate) struct Literal {
    pub(crate) place: Place,
    pub(crate) kind: LiteralKind,
    pub(crate) with: Vec<(Expr, Expr)>,
}

#[derive(Debug, Clone)]
pub(crate) enum LiteralKind {
    Some(Vec<(String, Place)>),
    SomeIn { key: Option<Expr>, value: Expr, collection: Expr },
    Every { key: Option<String>, value: String, domain: Expr, body: Body },
    Not(Expr),
    Expr(Expr),
}

#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) place: Place,
    pub(crate) kind: ExprKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Array,
    Set,
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Var(String),
    /// `base.field[index]`: a field is an index that is a string.
    Ref(Box<Expr>, Vec<Expr>),
    Call(Vec<String>, Vec<Expr>),
    Array(Vec<Expr>),
    Set(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Collect(Shape, Box<Expr>, Body),
    CollectObject(Box<Expr>, Box<Expr>, Body),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    In(Option<Box<Expr>>, Box<Expr>, Box<Expr>),
    /// `:=` or `=`, only as a literal of a body.
    Assign(&'static str, Box<Expr>, Box<Expr>),
}

impl Expr {
    pub(crate) fn new(place: Place, kind: ExprKind) -> Self {
        Self { place, kind }
    }

    pub(crate) fn var(place: Place, name: &str) -> Self {
        Self::new(place, ExprKind::Var(name.to_owned()))
    }

    pub(crate) fn text(place: Place, text: &str) -> Self {
        Self::new(place, ExprKind::Text(text.to_owned()))
    }

    pub(crate) fn as_var(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Var(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The direct subexpressions, without bodies.
    pub(crate) fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Var(_) => vec![],
            ExprKind::Ref(base, steps) => std::iter::once(&**base).chain(steps).collect(),
            ExprKind::Call(_, items) | ExprKind::Array(items) | ExprKind::Set(items) => {
                items.iter().collect()
            }
            ExprKind::Object(items) => items.iter().flat_map(|(key, value)| [key, value]).collect(),
            ExprKind::Collect(_, item, _) => vec![item],
            ExprKind::CollectObject(key, value, _) => vec![key, value],
            ExprKind::Binary(_, left, right) | ExprKind::Assign(_, left, right) => vec![left, right],
            ExprKind::In(key, value, collection) => {
                key.iter().map(|it| &**it).chain([&**value, &**collection]).collect()
            }
        }
    }

    /// Mutable [`Self::parts`].
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Var(_) => vec![],
            ExprKind::Ref(base, steps) => std::iter::once(&mut **base).chain(steps).collect(),
            ExprKind::Call(_, items) | ExprKind::Array(items) | ExprKind::Set(items) => {
                items.iter_mut().collect()
            }
            ExprKind::Object(items) => items.iter_mut().flat_map(|(key, value)| [key, value]).collect(),
            ExprKind::Collect(_, item, _) => vec![item],
            ExprKind::CollectObject(key, value, _) => vec![key, value],
            ExprKind::Binary(_, left, right) | ExprKind::Assign(_, left, right) => vec![left, right],
            ExprKind::In(key, value, collection) => {
                key.iter_mut().map(|it| &mut **it).chain([&mut **value, &mut **collection]).collect()
            }
        }
    }

    /// The body of a comprehension.
    pub(crate) fn body(&self) -> Option<&Body> {
        match &self.kind {
            ExprKind::Collect(_, _, body) | ExprKind::CollectObject(_, _, body) => Some(body),
            _ => None,
        }
    }

    /// Mutable [`Self::body`].
    pub(crate) fn body_mut(&mut self) -> Option<&mut Body> {
        match &mut self.kind {
            ExprKind::Collect(_, _, body) | ExprKind::CollectObject(_, _, body) => Some(body),
            _ => None,
        }
    }
}

impl Literal {
    pub(crate) fn new(place: Place, kind: LiteralKind) -> Self {
        Self { place, kind, with: Vec::new() }
    }

    /// The direct subexpressions, without those of the body of `every`.
    pub(crate) fn parts(&self) -> Vec<&Expr> {
        let own: Vec<&Expr> = match &self.kind {
            LiteralKind::Some(_) => vec![],
            LiteralKind::SomeIn { key, value, collection } => key.iter().chain([value, collection]).collect(),
            LiteralKind::Every { domain, .. } => vec![domain],
            LiteralKind::Not(expr) | LiteralKind::Expr(expr) => vec![expr],
        };
        own.into_iter().chain(self.with.iter().map(|(_, value)| value)).collect()
    }

    /// Mutable [`Self::parts`].
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Expr> {
        let own: Vec<&mut Expr> = match &mut self.kind {
            LiteralKind::Some(_) => vec![],
            LiteralKind::SomeIn { key, value, collection } => {
                key.iter_mut().chain([value, collection]).collect()
            }
            LiteralKind::Every { domain, .. } => vec![domain],
            LiteralKind::Not(expr) | LiteralKind::Expr(expr) => vec![expr],
        };
        own.into_iter().chain(self.with.iter_mut().map(|(_, value)| value)).collect()
    }
}

impl Rule {
    /// The head's expressions: steps, members, parameters, values, and the values of `else`.
    pub(crate) fn head_parts_mut(&mut self) -> Vec<&mut Expr> {
        let head: Vec<&mut Expr> = match &mut self.head {
            Head::Value { value, .. } => value.iter_mut().collect(),
            Head::Member(member) => vec![member],
            Head::Function { parameters, value, .. } => parameters.iter_mut().chain(value).collect(),
        };
        let otherwise = self.otherwise.iter_mut().filter_map(|it| it.value.as_mut());
        self.steps.iter_mut().chain(head).chain(otherwise).collect()
    }

    /// The bodies, including those of `else`.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.body.iter().chain(self.otherwise.iter().filter_map(|it| it.body.as_ref()))
    }

    /// Mutable [`Self::bodies`].
    pub(crate) fn bodies_mut(&mut self) -> impl Iterator<Item = &mut Body> {
        self.body.iter_mut().chain(self.otherwise.iter_mut().filter_map(|it| it.body.as_mut()))
    }

    /// The constant part of its path: `a.b` of `a.b[x]`.
    pub(crate) fn path(&self) -> Vec<&str> {
        std::iter::once(self.name.as_str()).chain(self.steps.iter().map_while(Expr::as_text)).collect()
    }
}
