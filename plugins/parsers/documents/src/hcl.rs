//! HCL, as `tmccombs/hcl2json` (`convert/convert.go`), which Conftest uses, converts it.
//!
//! A block is an item of a list below its type and labels: `resource "a" "b" {}` is in the list at `resource.a.b`.
//! Literals are values. Every other expression is its own text between `${` and `}`. If that text begins with the name
//! of a type, such as `string` or `list(string)`, it has no delimiters. `template` rewrites templates.

mod template;

use palisade_terraform_syntax::{Block, Body, Expr, ExprKind, SyntaxError, UnaryOperator, native};
use palisade_text::to_offset;
use palisade_yaml::{Fault, is_json_number};

use crate::read::Read;
use crate::value::{Form, Map, Place, Value};

/// The maximum depth of a document, with labels. Without labels the syntax allows 64 levels.
const MAX_DEPTH: usize = 200;

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    let file = native::parse(text).map_err(|SyntaxError { at, message }| Fault::syntax(at, message))?;
    let map = Converter { text }.body(&file.body, 0)?;
    let place = map.place();
    let comments = file.comments.iter().map(|it| ((it.span.start, it.span.end), it.text.to_string()));
    Ok(Read { root: Value::new(Form::Map(map), place), comments: comments.collect() })
}

struct Converter<'a> {
    text: &'a str,
}

fn place(span: palisade_terraform_syntax::Span) -> Place {
    (span.start, span.end)
}

fn number_of(sign: &str, digits: &str) -> Form {
    let written = format!("{sign}{digits}");
    match written.parse::<f64>() {
        _ if is_json_number(&written) => Form::Number(written),
        Ok(float) if float.is_finite() => Form::Number(float.to_string()),
        _ => Form::Text(written),
    }
}

impl Converter<'_> {
    fn source(&self, place: Place) -> &str {
        self.text.get(place.0 as usize..place.1 as usize).unwrap_or("")
    }

    fn body(&self, body: &Body, depth: usize) -> Result<Map, Fault> {
        let mut map = Map::default();
        for block in &body.blocks {
            self.block(block, &mut map, depth)?;
        }
        for attribute in &body.attributes {
            let value = self.expression(&attribute.value)?;
            map.set(&attribute.name, place(attribute.name_span), value);
        }
        map.sort();
        Ok(map)
    }

    fn block(&self, block: &Block, map: &mut Map, depth: usize) -> Result<(), Fault> {
        let depth = depth + block.labels.len() + 2;
        let whole = place(block.span);
        if depth > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels; no file needs that");
            return Err(Fault::meaning(whole.0, whole.0, message));
        }
        let content = self.body(&block.body, depth)?;
        let clash = || {
            let message =
                format!("blocks `{}` with and without labels, or an odd number of them", block.kind);
            Fault::meaning(whole.0, whole.0, message)
        };
        let kind_end = block.header.start.saturating_add(to_offset(block.kind.len()));
        let (mut key, mut key_place): (&str, Place) = (&block.kind, (block.header.start, kind_end));
        let mut map = map;
        for label in &block.labels {
            let below = map.entry(key, key_place, || Value::new(Form::Map(Map::default()), whole));
            let Some(Value { form: Form::Map(below), place }) = below else { return Err(clash()) };
            place.1 = place.1.max(whole.1);
            map = below;
            (key, key_place) = (&label.text, (label.span.start, label.span.end));
        }
        let list =
            map.entry(key, key_place, || Value::new(Form::List(Vec::new()), whole)).ok_or_else(clash)?;
        let Form::List(items) = &mut list.form else { return Err(clash()) };
        items.push(Value::new(Form::Map(content), whole));
        list.place.1 = list.place.1.max(whole.1);
        Ok(())
    }

    fn expression(&self, expression: &Expr) -> Result<Value, Fault> {
        let at = self.widened(place(expression.span));
        if at != place(expression.span) {
            return Ok(Value::text(self.wrapped(at), at));
        }
        let form = match &expression.kind {
            ExprKind::Null => Form::Null,
            ExprKind::Bool(value) => Form::Boolean(*value),
            ExprKind::Number(number) => number_of("", number),
            ExprKind::String(text) => Form::Text(text.to_string()),
            ExprKind::Template(parts) => Form::Text(self.template(parts)),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.expression(item));
                Form::List(items.collect::<Result<_, _>>()?)
            }
            ExprKind::Object(items) => {
                let mut map = Map::default();
                for (key, value) in items {
                    map.set(&self.key(key), place(key.span), self.expression(value)?);
                }
                Form::Map(map)
            }
            ExprKind::Unary(operator, operand) => match (operator, &operand.kind) {
                (UnaryOperator::Negate, ExprKind::Number(number)) => number_of("-", number),
                (UnaryOperator::Not, ExprKind::Bool(value)) => Form::Boolean(!value),
                _ => Form::Text(self.wrapped(at)),
            },
            _ => Form::Text(self.wrapped(at)),
        };
        Ok(Value::new(form, at))
    }

    /// The key of an object. A word or a traversal (`a.b`) is a name.
    fn key(&self, key: &Expr) -> String {
        let at = self.widened(place(key.span));
        match &key.kind {
            _ if at != place(key.span) => self.wrapped(at),
            ExprKind::String(text) => text.to_string(),
            ExprKind::Number(number) => number.to_string(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) if !self.is_quoted(at) => {
                self.source(at).to_owned()
            }
            _ => self.wrapped(at),
        }
    }

    /// Whether the source is `"${x}"`, whose text is that of x.
    fn is_quoted(&self, at: Place) -> bool {
        let source = self.source(at);
        source.starts_with("\"${") && source.ends_with("}\"")
    }

    /// An expression with the parentheses around it, which are part of its source. They are never those of a call:
    /// arguments are not passed to this function.
    fn widened(&self, at: Place) -> Place {
        let (mut start, mut end) = at;
        loop {
            let before = self.text.get(..start as usize).unwrap_or("").trim_end();
            let rest = self.text.get(end as usize..).unwrap_or("");
            let after = rest.trim_start();
            if !(before.ends_with('(') && after.starts_with(')')) {
                return (start, end);
            }
            start = to_offset(before.len() - 1);
            end += to_offset(rest.len() - after.len() + 1);
        }
    }

    /// The text of an expression as an interpolation.
    fn wrapped(&self, at: Place) -> String {
        let mut source = self.source(at);
        while let Some(inner) = source.strip_prefix("\"${").and_then(|it| it.strip_suffix("}\"")) {
            let inner = inner.strip_prefix('~').unwrap_or(inner);
            source = inner.strip_suffix('~').unwrap_or(inner).trim();
        }
        format!("${{{source}}}")
    }
}
