//! JSON with the places of its parts.

use std::rc::Rc;

use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged as _};
use jsonc_parser::{CollectOptions, ParseOptions};
use palisade_text::to_offset;

use crate::{Span, SyntaxError};

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The content.
    pub kind: ValueKind,
    /// Its place, with quotes and brackets.
    pub span: Span,
}

/// The content of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, as written in the file.
    Number(Rc<str>),
    /// A text with resolved escapes.
    String(Rc<str>),
    /// `[…]`.
    Array(Vec<Value>),
    /// `{…}`, in the order of the file; a name may be repeated.
    Object(Vec<Member>),
}

/// `"name": value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The name with resolved escapes.
    pub name: Rc<str>,
    /// The place of the name, with quotes.
    pub name_span: Span,
    /// Its value.
    pub value: Value,
}

impl Value {
    /// The member of an object; of several with this name the last one, as in other JSON parsers.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let member = self.members().iter().rev().find(|member| &*member.name == name);
        member.map(|member| &member.value)
    }

    /// The members of an object; empty for any other value.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            ValueKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array; empty for any other value.
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

/// Reads a JSON document: without comments and trailing commas, at most 512 levels deep.
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

    /// The parser limits the depth to 512 levels.
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
