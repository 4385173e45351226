//! The JSON syntax: the same language as the native one, according to HCL's "JSON Syntax Specification" and Terraform's
//! "JSON Configuration Syntax".
//!
//! Only the schema of the resource type defines whether `"setting": {…}` is a block or an attribute. Blocks that the
//! language itself defines are blocks here. Everything else is an attribute, which code that knows the type may read as
//! blocks.

mod schema;
mod value;

use std::rc::Rc;

use self::schema::{Meaning, ROOT, Schema};
pub use self::value::{Member, Value, ValueKind, document};
use super::native::{self, Place};
use super::{Attribute, Block, Body, Comment, Expr, ExprKind, File, Label, Part, Span, SyntaxError};

/// Reads a `.tf.json` file.
///
/// The header of a block is its last label, or its kind if it has no labels: in JSON there may be other blocks between
/// the two.
pub fn parse(text: &str) -> Result<File, SyntaxError> {
    let document = document(text)?;
    let mut body = Body::default();
    for object in objects(&document, "the file")? {
        Reader { text }.body(object, &ROOT, &mut body)?;
    }
    Ok(File { body, comments: comments(&document) })
}

/// The texts under `//`, which are the comments of this syntax (Terraform, "JSON Configuration Syntax: Comment
/// Properties").
fn comments(document: &Value) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        match &value.kind {
            ValueKind::Array(items) => open.extend(items),
            ValueKind::Object(members) => {
                for member in members {
                    match &member.value.kind {
                        ValueKind::String(text) if &*member.name == "//" => {
                            comments.push(Comment { span: member.value.span, text: Rc::from(text.trim()) });
                        }
                        _ => open.push(&member.value),
                    }
                }
            }
            _ => {}
        }
    }
    comments.sort_by_key(|it| it.span.start);
    comments
}

/// Reads a `.tfvars.json` file: a value for each variable. Its texts are not templates.
pub fn parse_values(text: &str) -> Result<Vec<Attribute>, SyntaxError> {
    let document = document(text)?;
    let reader = Reader { text };
    let ValueKind::Object(members) = &document.kind else {
        return Err(mistake(&document, "a file of values is an object"));
    };
    members.iter().map(|member| reader.attribute(member, Meaning::Literal)).collect()
}

fn mistake(value: &Value, message: &str) -> SyntaxError {
    let found = match value.kind {
        ValueKind::Null => "null",
        ValueKind::Bool(_) => "a boolean",
        ValueKind::Number(_) => "a number",
        ValueKind::String(_) => "a text",
        ValueKind::Array(_) => "an array",
        ValueKind::Object(_) => "an object",
    };
    SyntaxError { at: value.span.start, message: format!("{message}, found {found}") }
}

/// An object, or the objects of an array; empty for null.
fn objects<'v>(value: &'v Value, what: &str) -> Result<Vec<&'v Value>, SyntaxError> {
    let one = |value: &'v Value| match value.kind {
        ValueKind::Object(_) => Ok(value),
        _ => Err(mistake(value, &format!("{what} is an object, or an array of objects"))),
    };
    match &value.kind {
        ValueKind::Null => Ok(Vec::new()),
        ValueKind::Array(items) => items.iter().map(one).collect(),
        _ => Ok(vec![one(value)?]),
    }
}

/// The depth of the document limits the recursion.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn body(&self, object: &Value, schema: &Schema, body: &mut Body) -> Result<(), SyntaxError> {
        for member in object.members() {
            if &*member.name == "//" {
                continue;
            }
            match schema.block(&member.name) {
                Some((labels, inner)) => {
                    let kind = Kind { member, labels, schema: inner };
                    self.blocks(&kind, &member.value, &mut Vec::new(), &mut body.blocks)?;
                }
                None => body.attributes.push(self.attribute(member, schema.meaning(&member.name))?),
            }
        }
        Ok(())
    }

    fn blocks(
        &self,
        kind: &Kind<'_>,
        value: &Value,
        labels: &mut Vec<Label>,
        blocks: &mut Vec<Block>,
    ) -> Result<(), SyntaxError> {
        let many = matches!(value.kind, ValueKind::Array(_));
        for object in objects(value, &format!("`{}`", kind.member.name))? {
            if labels.len() < kind.labels {
                for member in object.members() {
                    // There may be comments between the blocks too.
                    if &*member.name == "//" {
                        continue;
                    }
                    labels.push(Label { text: member.name.clone(), span: member.name_span });
                    self.blocks(kind, &member.value, labels, blocks)?;
                    labels.pop();
                }
                continue;
            }
            let header = labels.last().map_or(kind.member.name_span, |label| label.span);
            let start = if many { object.span.start } else { header.start };
            let mut body = Body::default();
            self.body(object, kind.schema, &mut body)?;
            blocks.push(Block {
                kind: kind.member.name.clone(),
                labels: labels.clone(),
                body,
                header,
                span: Span { start, end: object.span.end },
            });
        }
        Ok(())
    }

    fn attribute(&self, member: &Member, meaning: Meaning) -> Result<Attribute, SyntaxError> {
        Ok(Attribute {
            name: member.name.clone(),
            name_span: member.name_span,
            value: self.expression(&member.value, meaning)?,
        })
    }

    fn expression(&self, value: &Value, meaning: Meaning) -> Result<Expr, SyntaxError> {
        let span = value.span;
        let kind = match &value.kind {
            ValueKind::Null => ExprKind::Null,
            ValueKind::Bool(it) => ExprKind::Bool(*it),
            ValueKind::Number(it) => ExprKind::Number(it.clone()),
            ValueKind::String(text) => return self.string(text, span, meaning),
            ValueKind::Array(items) => {
                let items = items.iter().map(|item| self.expression(item, meaning));
                ExprKind::Tuple(items.collect::<Result<_, _>>()?)
            }
            ValueKind::Object(members) => {
                // Names are templates if values are.
                let names = if meaning == Meaning::Template { meaning } else { Meaning::Literal };
                let members = members.iter().map(|member| {
                    let name = self.string(&member.name, member.name_span, names)?;
                    Ok((name, self.expression(&member.value, meaning)?))
                });
                ExprKind::Object(members.collect::<Result<_, _>>()?)
            }
        };
        Ok(Expr { kind, span })
    }

    fn string(&self, text: &Rc<str>, span: Span, meaning: Meaning) -> Result<Expr, SyntaxError> {
        let kind = match meaning {
            Meaning::Literal => ExprKind::String(text.clone()),
            Meaning::Expression if !text.contains("${") => {
                return native::expression_at(text, self.place(text, span));
            }
            // Generated files also use `${}` for texts that are not templates.
            Meaning::Template | Meaning::Expression => self.template(text, span)?,
        };
        Ok(Expr { kind, span })
    }

    fn template(&self, text: &Rc<str>, span: Span) -> Result<ExprKind, SyntaxError> {
        if !text.contains("${") && !text.contains("%{") {
            return Ok(ExprKind::String(text.clone()));
        }
        let mut parts = native::template_at(text, self.place(text, span))?;
        Ok(match parts.as_mut_slice() {
            [] => ExprKind::String(Rc::from("")),
            [Part::Literal(text, _)] => ExprKind::String(text.clone()),
            // `"${x}"` is `x`, with its type.
            [Part::Interpolation(inner)] => std::mem::replace(&mut inner.kind, ExprKind::Null),
            _ => ExprKind::Template(parts),
        })
    }

    /// The place of the content of a string. It is exact, unless the string has escapes.
    fn place(&self, text: &str, span: Span) -> Place {
        let inner = self.text.get(span.start as usize + 1..(span.end as usize).saturating_sub(1));
        if inner == Some(text) { Place::Offset(span.start + 1) } else { Place::Whole(span) }
    }
}

/// A property that is a block.
struct Kind<'a> {
    member: &'a Member,
    labels: usize,
    schema: &'a Schema,
}
