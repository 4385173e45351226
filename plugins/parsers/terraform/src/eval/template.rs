//! Texts with interpolations and directives.

use std::rc::Rc;

use palisade_terraform_values::{Part as Piece, Text, Value, to_text};

use super::{Evaluated, Evaluator, Failure, Frame, Names, Scope};
use crate::syntax::{Part, Span};

/// The maximum length of a text in bytes.
const MAX_TEXT: usize = 16 << 20;

impl Evaluator<'_> {
    /// A template.
    pub(super) fn template(&self, parts: &[Part], span: Span, scope: &Scope<'_>) -> Evaluated {
        let mut pieces = Vec::new();
        let mut operands = Vec::new();
        let mut length = 0;
        self.pieces(parts, scope, &mut pieces, &mut operands, &mut length)?;
        let operands: Vec<&Value> = operands.iter().collect();
        Ok(Value::of_parts(pieces).at(self.derive(scope, span, &operands)))
    }

    fn pieces(
        &self,
        parts: &[Part],
        scope: &Scope<'_>,
        pieces: &mut Vec<Piece>,
        operands: &mut Vec<Value>,
        length: &mut usize,
    ) -> Result<(), Failure> {
        for part in parts {
            match part {
                Part::Literal(text, span) => {
                    *length += text.len();
                    if *length > MAX_TEXT {
                        return scope.limit(*span, format!("the text grows beyond {MAX_TEXT} bytes"));
                    }
                    pieces.push(Piece::Known(Text::new(Rc::clone(text))));
                }
                Part::Interpolation(expr) => {
                    let value = self.evaluate(expr, scope)?;
                    if let Some(unknown) = value.as_unknown() {
                        // A text in a text: its parts become parts of this one.
                        if unknown.parts.is_empty() {
                            pieces.push(Piece::Unknown(Rc::clone(unknown)));
                        } else {
                            pieces.extend(unknown.parts.iter().cloned());
                        }
                    } else {
                        let text = to_text(&value).map_err(|error| Failure {
                            message: format!("cannot be part of a string: {error}"),
                            file: scope.file,
                            span: expr.span,
                            limit: false,
                        })?;
                        *length += text.as_str().len();
                        if *length > MAX_TEXT {
                            return scope.limit(expr.span, format!("the text grows beyond {MAX_TEXT} bytes"));
                        }
                        pieces.push(Piece::Known(text));
                    }
                    operands.push(value);
                }
                Part::If { condition, then, otherwise } => match self.condition(condition, scope)? {
                    Ok(true) => self.pieces(then, scope, pieces, operands, length)?,
                    Ok(false) => self.pieces(otherwise, scope, pieces, operands, length)?,
                    Err(value) => unknown_piece(value, pieces, operands),
                },
                Part::For { key_name, value_name, collection, body } => {
                    let value = self.evaluate(collection, scope)?;
                    let Ok(entries) = Self::entries_of(&value, collection.span, scope)? else {
                        unknown_piece(value, pieces, operands);
                        continue;
                    };
                    for (key, item) in &entries {
                        let outer = Frame {
                            names: Names::One(key_name.as_deref().unwrap_or(""), key),
                            up: scope.frame,
                        };
                        let frame = Frame { names: Names::One(value_name, item), up: Some(&outer) };
                        self.pieces(body, &scope.with(&frame), pieces, operands, length)?;
                    }
                    operands.push(value);
                }
            }
        }
        Ok(())
    }
}

fn unknown_piece(value: Value, pieces: &mut Vec<Piece>, operands: &mut Vec<Value>) {
    if let Some(unknown) = value.as_unknown() {
        pieces.push(Piece::Unknown(Rc::clone(unknown)));
    }
    operands.push(value);
}
