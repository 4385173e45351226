//! `count` and `for_each`: the number of instances, and their keys.

use std::fmt::Write as _;
use std::rc::Rc;

use palisade_sdk::Level;
use palisade_terraform_values::{Data, Type, Unknown, Value, convert, is_printable};

use super::{Evaluator, Failure, Scope};
use crate::check;
use crate::module::argument;
use crate::syntax::{Body, Span};

/// The maximum number of instances of a block.
const MAX_INSTANCES: usize = 200_000;

/// The key of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// There is one instance, or their number is unknown.
    None,
    /// `[0]`.
    Index(usize),
    /// `["name"]`.
    Name(Rc<str>),
}

impl Key {
    /// The key as part of an address.
    pub(crate) fn suffix(&self) -> String {
        match self {
            Key::None => String::new(),
            Key::Index(index) => format!("[{index}]"),
            Key::Name(name) => {
                let mut text = String::from("[\"");
                let mut rest = name.chars().peekable();
                while let Some(char) = rest.next() {
                    match char {
                        '"' => text.push_str("\\\""),
                        '\\' => text.push_str("\\\\"),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        '\t' => text.push_str("\\t"),
                        '$' | '%' if rest.peek() == Some(&'{') => {
                            text.push(char);
                            text.push(char);
                        }
                        // Writing to a string cannot fail.
                        char if !char.is_ascii() && !is_printable(char) || char.is_ascii_control() => {
                            let code = u32::from(char);
                            let _ = if code > 0xffff {
                                write!(text, "\\U{code:08x}")
                            } else {
                                write!(text, "\\u{code:04x}")
                            };
                        }
                        char => text.push(char),
                    }
                }
                text.push_str("\"]");
                text
            }
        }
    }
}

/// The values of `count` and `each` for one instance.
#[derive(Clone, Debug)]
pub(crate) struct Each {
    pub(crate) key: Key,
    /// `each.value`.
    pub(crate) value: Option<Value>,
    /// Why the number of instances is unknown.
    pub(crate) unknown: Option<Rc<Unknown>>,
}

impl Each {
    /// The value for a block that is not repeated.
    pub(crate) const NONE: Each = Each { key: Key::None, value: None, unknown: None };
}

/// How other expressions see a repeated block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// One, without a key.
    Single,
    /// A list.
    Count,
    /// A map.
    Each,
    /// The number of instances is unknown.
    Unknown,
}

impl Evaluator<'_> {
    /// The instances of a block.
    pub(super) fn repeat(&self, body: &Body, scope: &Scope<'_>) -> (Repeat, Vec<Each>) {
        let (expr, counted) = match (argument(body, "count"), argument(body, "for_each")) {
            (Some(expr), _) => (expr, true),
            (None, Some(expr)) => (expr, false),
            (None, None) => return self.enabled(body, scope),
        };
        let value = self.evaluate(expr, scope);
        let expanded = value.and_then(|value| {
            if counted { count(&value, scope, expr.span) } else { self.for_each(&value, scope, expr.span) }
        });
        match expanded {
            Ok(Ok(all)) => (if counted { Repeat::Count } else { Repeat::Each }, all),
            Ok(Err(unknown)) => unclear(unknown),
            Err(failure) => {
                let message = &failure.message;
                self.report(Level::Warning, "terraform-repeat", failure.file, failure.span, message);
                let source = self.files.get(scope.file);
                let expression = source.map_or(String::new(), |source| source.snippet(expr.span));
                unclear(Rc::new(Unknown::new(&expression, message, Type::Any)))
            }
        }
    }

    /// One instance, unless OpenTofu's `enabled` in `lifecycle` disables it.
    fn enabled(&self, body: &Body, scope: &Scope<'_>) -> (Repeat, Vec<Each>) {
        let lifecycle = body.blocks.iter().find(|it| &*it.kind == "lifecycle");
        let Some(expr) = lifecycle.and_then(|it| argument(&it.body, "enabled")) else {
            return (Repeat::Single, vec![Each::NONE]);
        };
        if !self.files.is_for_tofu() {
            let reason = "Terraform refuses `enabled` in `lifecycle`; for OpenTofu, set `engine = \"tofu\"` in palisade.toml";
            check::refuse(self.files, scope.file, expr.span, reason);
            return (Repeat::Single, vec![Each::NONE]);
        }
        match self.condition(expr, scope) {
            Ok(Ok(true)) => (Repeat::Single, vec![Each::NONE]),
            Ok(Ok(false)) => (Repeat::Single, Vec::new()),
            Ok(Err(value)) => {
                let unknown = value.as_unknown().cloned();
                (Repeat::Single, vec![Each { unknown, ..Each::NONE }])
            }
            Err(failure) => {
                self.report(Level::Warning, "terraform-repeat", failure.file, failure.span, &failure.message);
                (Repeat::Single, vec![Each::NONE])
            }
        }
    }

    /// The instances of a `for_each`.
    fn for_each(&self, value: &Value, scope: &Scope<'_>, span: Span) -> Result<Counted, Failure> {
        let each = |key: &Rc<str>, value: &Value| Each {
            key: Key::Name(Rc::clone(key)),
            value: Some(value.clone()),
            unknown: None,
        };
        let all: Vec<Each> = match &value.data {
            Data::Unknown(unknown) => return Ok(Err(Rc::clone(unknown))),
            Data::Map(entries) | Data::Object(entries) if self.whole_resource(value).is_some() => {
                // A single resource is not a collection of resources.
                entries.iter().map(|(key, value)| each(key, value)).collect()
            }
            Data::Map(entries) | Data::Object(entries) => {
                entries.iter().map(|(key, value)| each(key, value)).collect()
            }
            Data::Set(items) => {
                let mut all = Vec::new();
                for item in items.iter() {
                    match &item.data {
                        Data::String(text) => all.push(each(&text.shared(), item)),
                        Data::Unknown(unknown) => return Ok(Err(Rc::clone(unknown))),
                        _ => return scope.fail(span, "the set of a `for_each` must hold texts only"),
                    }
                }
                all
            }
            Data::List(_) | Data::Tuple(_) => {
                return scope
                    .fail(span, "`for_each` takes a map or a set of texts; wrap the list in `toset()`");
            }
            Data::Null(_) => return scope.fail(span, "`for_each` is null; give an empty map or set instead"),
            _ => return scope.fail(span, "`for_each` takes a map or a set of texts"),
        };
        bounded(all.len(), scope, span)?;
        Ok(Ok(all))
    }
}

/// All instances, or why they are unknown.
type Counted = Result<Vec<Each>, Rc<Unknown>>;

fn unclear(unknown: Rc<Unknown>) -> (Repeat, Vec<Each>) {
    (Repeat::Unknown, vec![Each { key: Key::None, value: None, unknown: Some(unknown) }])
}

fn bounded(count: usize, scope: &Scope<'_>, span: Span) -> Result<(), Failure> {
    if count > MAX_INSTANCES {
        return scope
            .limit(span, format!("more than {MAX_INSTANCES} instances of one block are not laid out"));
    }
    Ok(())
}

fn count(value: &Value, scope: &Scope<'_>, span: Span) -> Result<Counted, Failure> {
    if let Some(unknown) = value.as_unknown() {
        return Ok(Err(Rc::clone(unknown)));
    }
    let number = convert(value.clone(), &Type::Number).map_err(|error| Failure {
        message: error.to_string(),
        file: scope.file,
        span,
        limit: false,
    })?;
    let Data::Number(number) = &number.data else {
        return scope.fail(span, "`count` is null; give a number");
    };
    let Some(count) = number.as_i64().and_then(|it| usize::try_from(it).ok()) else {
        return scope.fail(span, format!("`count` must be a whole number from 0, and this is {number}"));
    };
    bounded(count, scope, span)?;
    let each = |index| Each { key: Key::Index(index), value: None, unknown: None };
    Ok(Ok((0..count).map(each).collect()))
}
