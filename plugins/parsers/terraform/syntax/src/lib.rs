//! A file as a tree of blocks, attributes and expressions, the same for the native syntax and for JSON.
//!
//! Spans are bytes of the file. Lowering has already resolved what is only spelling: escapes, heredoc
//! indentation, strip markers (`~`), parentheses.

mod comments;
pub mod json;
pub mod native;
mod scan;
mod tolerant;

use std::rc::Rc;

/// Bytes from `start` up to but without `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte past the last one.
    pub end: u32,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Its top level.
    pub body: Body,
    /// Its comments, in order.
    pub comments: Vec<Comment>,
}

/// A comment; `text` is without the markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// With its markers, without the line's end.
    pub span: Span,
    /// What it says, trimmed.
    pub text: Rc<str>,
}

/// Attributes and blocks, each in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// `name = value`.
    pub attributes: Vec<Attribute>,
    /// `kind "label" { … }`.
    pub blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Left of the sign.
    pub name: Rc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Right of it.
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its first word.
    pub kind: Rc<str>,
    /// Its labels.
    pub labels: Vec<Label>,
    /// What is between the braces.
    pub body: Body,
    /// From the kind to the last label, without the brace.
    pub header: Span,
    /// All of it, braces included.
    pub span: Span,
}

impl Block {
    /// The kind of the blocks that a `dynamic` block makes; `None` for any other block.
    pub fn dynamic(&self) -> Option<&Rc<str>> {
        if &*self.kind == "dynamic" { self.labels.first().map(|label| &label.text) } else { None }
    }

    /// The kind of the blocks that this one stands for: its own, or what a `dynamic` block makes.
    pub fn made(&self) -> &Rc<str> {
        self.dynamic().unwrap_or(&self.kind)
    }
}

/// A label of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Without its quotes.
    pub text: Rc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as the file says it.
    Number(Rc<str>),
    /// A text without any interpolation.
    String(Rc<str>),
    /// A text with interpolations or directives.
    Template(Vec<Part>),
    /// `[…]`.
    Tuple(Vec<Expr>),
    /// `{…}`. A key that is a bare word is a `String`; one in parentheses, or any other, an expression.
    Object(Vec<(Expr, Expr)>),
    /// `name`, the root of a traversal.
    Variable(Rc<str>),
    /// `of.name`.
    Attribute(Box<Expr>, Rc<str>),
    /// `of[index]`, and the old form `of.0`.
    Index(Box<Expr>, Box<Expr>),
    /// `of.*.a.b`: of each item what the operators after the star lead to.
    AttributeSplat(Box<Expr>, Vec<Step>),
    /// `of[*].a[0]`.
    FullSplat(Box<Expr>, Vec<Step>),
    /// `name(…)`; `name` with its namespaces (`provider::aws::arn_parse`); with `expand` the last argument
    /// ends with `...`.
    Call {
        /// Which function.
        name: Rc<str>,
        /// With what.
        arguments: Vec<Expr>,
        /// Whether the last argument stands for many.
        expand: bool,
    },
    /// `condition ? then : otherwise`.
    Conditional(Box<[Expr; 3]>),
    /// `-x`, `!x`.
    Unary(UnaryOperator, Box<Expr>),
    /// `x + y`.
    Binary(BinaryOperator, Box<[Expr; 2]>),
    /// `[for …]`, `{for …}`.
    For(Box<For>),
}

/// One step after a splat.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `.name`.
    Attribute(Rc<str>),
    /// `[index]`.
    Index(Expr),
    /// `.*`: a list of the item's own items, and of each of those these steps.
    AttributeSplat(Vec<Step>),
    /// `[*]`, likewise.
    FullSplat(Vec<Step>),
}

/// `for` in brackets or braces.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The first of two variables.
    pub key_name: Option<Rc<str>>,
    /// The last or only variable.
    pub value_name: Rc<str>,
    /// What is gone through.
    pub collection: Expr,
    /// Left of `=>`, in braces only.
    pub key: Option<Expr>,
    /// What is made of each.
    pub value: Expr,
    /// After `if`.
    pub condition: Option<Expr>,
    /// Whether it ends with `...`.
    pub grouping: bool,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text, escapes resolved.
    Literal(Rc<str>, Span),
    /// `${…}`.
    Interpolation(Expr),
    /// `%{ if … }`.
    If {
        /// After `if`.
        condition: Expr,
        /// Up to `else` or `endif`.
        then: Vec<Part>,
        /// After `else`.
        otherwise: Vec<Part>,
    },
    /// `%{ for … }`.
    For {
        /// The first of two variables.
        key_name: Option<Rc<str>>,
        /// The last or only variable.
        value_name: Rc<str>,
        /// What is gone through.
        collection: Expr,
        /// What is written for each.
        body: Vec<Part>,
    },
}

/// `-` and `!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`.
    Negate,
    /// `!`.
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`.
    Or,
    /// `&&`.
    And,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
}

/// Why a text is not of the language, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where it stopped.
    pub at: u32,
    /// What was wrong, for a reader, and where it helps the mend.
    pub message: String,
}
