//! A file as a tree of blocks, attributes and expressions, the same for the native syntax and for JSON.
//!
//! Spans are bytes of the file. Differences in notation are already resolved: escapes, heredoc indentation, strip
//! markers (`~`), parentheses.

mod comments;
mod error;
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
    /// The byte after the last one.
    pub end: u32,
}

/// The content of a file.
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
    /// With its markers, without the line end.
    pub span: Span,
    /// The trimmed text.
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
    /// The name before the `=`.
    pub name: Rc<str>,
    /// The place of the name.
    pub name_span: Span,
    /// The expression after the `=`.
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its first word.
    pub kind: Rc<str>,
    /// Its labels.
    pub labels: Vec<Label>,
    /// The content of the braces.
    pub body: Body,
    /// From the kind to the last label, without the brace.
    pub header: Span,
    /// The whole block, with its braces.
    pub span: Span,
}

impl Block {
    /// The kind of the blocks that a `dynamic` block generates; `None` for any other block.
    pub fn dynamic(&self) -> Option<&Rc<str>> {
        if &*self.kind == "dynamic" { self.labels.first().map(|label| &label.text) } else { None }
    }

    /// The kind of the block, or of the blocks that a `dynamic` block generates.
    pub fn made(&self) -> &Rc<str> {
        self.dynamic().unwrap_or(&self.kind)
    }
}

/// A label of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Without its quotes.
    pub text: Rc<str>,
    /// Its place, with quotes.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// The content.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// The content of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, as written in the file.
    Number(Rc<str>),
    /// A text without interpolations.
    String(Rc<str>),
    /// A text with interpolations or directives.
    Template(Vec<Part>),
    /// `[…]`.
    Tuple(Vec<Expr>),
    /// `{…}`. A key that is an identifier is a `String`; any other key is an expression.
    Object(Vec<(Expr, Expr)>),
    /// `name`, the root of a traversal.
    Variable(Rc<str>),
    /// `of.name`.
    Attribute(Box<Expr>, Rc<str>),
    /// `of[index]`, and the old form `of.0`.
    Index(Box<Expr>, Box<Expr>),
    /// `of.*.a.b`: applies the steps after the star to each item.
    AttributeSplat(Box<Expr>, Vec<Step>),
    /// `of[*].a[0]`.
    FullSplat(Box<Expr>, Vec<Step>),
    /// `name(…)`. The name includes namespaces (`provider::aws::arn_parse`); with `expand` the last argument ends with
    /// `...`.
    Call {
        /// The function.
        name: Rc<str>,
        /// The arguments.
        arguments: Vec<Expr>,
        /// Whether the last argument is expanded to several.
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
    /// `.*`: a list of the items of this item, with these steps applied to each.
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
    /// The collection to iterate over.
    pub collection: Expr,
    /// The expression before `=>`, only in braces.
    pub key: Option<Expr>,
    /// The expression for each item.
    pub value: Expr,
    /// The expression after `if`.
    pub condition: Option<Expr>,
    /// Whether it ends with `...`.
    pub grouping: bool,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text with resolved escapes.
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
        /// The collection to iterate over.
        collection: Expr,
        /// The text for each item.
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

/// A syntax error and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The byte at which the parser stopped.
    pub at: u32,
    /// The error, with the fix if it is known.
    pub message: String,
}
