//! JSON with the places of its parts.

use std::rc::Rc;

use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged as _};
use jsonc_parser::{CollectOptions, ParseOptions};
use palisade_text::to_offset;

use crate::{Span, SyntaxError};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands, quotes and brackets included.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as the file says it.
    Number(Rc<str>),
    /// A text, escapes resolved.
    String(Rc<str>),
    /// `[…]`.
    Array(Vec<Value>),
    /// `{…}`, in the order of the file; a name may come twice.
    Object(Vec<Member>),
}

/// `"name": value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Escapes resolved.
    pub name: Rc<str>,
    /// Where the name stands, quotes included.
    pub name_span: Span,
    /// What it names.
    pub value: Value,
}

impl Value {
    /// The member of an object; of several of that name the last one, as readers of JSON agree.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let member = self.members().iter().rev().find(|member| &*member.name == name);
        member.map(|member| &member.value)
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            ValueKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array; none of anything else.
    pub fn items(&self) -> &[Value] {
        match &self.kind {
            ValueKind::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a JSON document: no comments, no trailing commas, nested at most 512 deep.
pub fn document(text: &str) -> Result<Value, SyntaxError> {
    let source = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reader = Reader { skipped: to_offset(text.len() - source.len()) };
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
    };
    let parsed =
        jsonc_parser::parse_to_ast(source, &CollectOptions::default(), &strict).map_err(|error| {
            let message = error.kind().to_string();
            let mut letters = message.chars();
            let first = letters.next().map(|letter| letter.to_ascii_lowercase());
            SyntaxError {
                at: to_offset(error.range().start) + reader.skipped,
                message: first.into_iter().chain(letters).collect(),
            }
        })?;
    match parsed.value {
        Some(value) => Ok(reader.value(value)),
        None => Err(SyntaxError {
            at: to_offset(text.len()),
            message: "expected a JSON value, found nothing".to_owned(),
        }),
    }
}

struct Reader {
    skipped: u32,
}

impl Reader {
    fn span(&self, range: Range) -> Span {
        Span { start: to_offset(range.start) + self.skipped, end: to_offset(range.end) + self.skipped }
    }

    /// As deep as the parser goes, which is 512.
    fn value(&self, value: ast::Value<'_>) -> Value {
        let span = self.span(value.range());
        let kind = match value {
            ast::Value::NullKeyword(_) => ValueKind::Null,
            ast::Value::BooleanLit(it) => ValueKind::Bool(it.value),
            ast::Value::NumberLit(it) => ValueKind::Number(Rc::from(it.value)),
            ast::Value::StringLit(it) => ValueKind::String(Rc::from(it.value)),
            ast::Value::Array(it) => {
                ValueKind::Array(it.elements.into_iter().map(|item| self.value(item)).collect())
            }
            ast::Value::Object(it) => {
                ValueKind::Object(it.properties.into_iter().map(|it| self.member(it)).collect())
            }
        };
        Value { kind, span }
    }

    fn member(&self, property: ast::ObjectProp<'_>) -> Member {
        let name_span = self.span(property.name.range());
        let name = match property.name {
            ast::ObjectPropName::String(it) => Rc::from(it.value),
            ast::ObjectPropName::Word(it) => Rc::from(it.value),
        };
        Member { name, name_span, value: self.value(property.value) }
    }
}
