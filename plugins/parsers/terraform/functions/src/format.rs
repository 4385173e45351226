//! `format` and `formatlist`.

use palisade_terraform_values::{Part, Text, Type, Value};

use crate::arguments::{Arguments, Outcome, known_length, push_text, unknown_of};
use crate::function::{any, text};
use crate::{Function, FunctionError, Gives, limits};

mod numbers;
mod verb;

use verb::{Piece, Verb, pieces};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[text("format")], Gives::Text, |it| format(&pieces(it.text(0)?)?, it.rest(1)))
        .rest(any("args").or_null().or_unknown()),
    Function::new("formatlist", &[text("format")], Gives::Texts, formatlist)
        .rest(any("args").or_null().or_unknown()),
];

fn formatlist(arguments: &Arguments<'_>) -> Outcome {
    let pieces = pieces(arguments.text(0)?)?;
    let values = arguments.rest(1);
    let mut length = None;
    for (index, value) in values.iter().enumerate() {
        if let Some(unknown) = value.as_unknown()
            && !matches!(unknown.ty, Type::String | Type::Number | Type::Bool)
        {
            // It may be a list of any length.
            return Ok(arguments.unknown(Gives::Texts.ty()));
        }
        let Some(items) = value.items() else { continue };
        match length {
            Some(length) if length != items.len() => {
                let problem = format!("has {} items where a list before has {length}", items.len());
                return Err(arguments.blame(index + 1, problem));
            }
            _ => length = Some(items.len()),
        }
    }
    let mut texts = Vec::new();
    let mut total = 0;
    for row in 0..length.unwrap_or(1) {
        let one = |value: &Value| match value.items() {
            Some(items) => items.get(row).cloned().unwrap_or_else(Value::null),
            None => value.clone(),
        };
        let row: Vec<Value> = values.iter().map(one).collect();
        let text = format(&pieces, &row)?;
        total += text.as_str().map_or(0, str::len);
        limits::text(Some(total))?;
        texts.push(text);
    }
    Ok(Value::list(texts))
}

/// One text. Unknown values become unknown parts of the text.
fn format(pieces: &[Piece], values: &[Value]) -> Outcome {
    let mut parts = Vec::new();
    let mut next = 0;
    let mut highest = 0;
    let mut chosen = false;
    let mut length = 0;
    for piece in pieces {
        let before = parts.len();
        match piece {
            Piece::Literal(text) => parts.push(Part::Known(Text::new(text.as_str()))),
            Piece::Verb(verb) => {
                let mut take = |explicit: Option<usize>| {
                    let at = explicit.map_or(next, |it| it.saturating_sub(1));
                    chosen |= explicit.is_some();
                    next = at.saturating_add(1);
                    highest = highest.max(next);
                    values.get(at).ok_or_else(|| {
                        let count = values.len();
                        FunctionError::failed(format!(
                            "`{}` needs argument {next}, and there are {count}",
                            verb.raw
                        ))
                    })
                };
                let value = take(verb.index)?;
                verb.put(value, &mut parts)?;
            }
        }
        length += known_length(parts.get(before..).unwrap_or_default());
        limits::text(Some(length))?;
    }
    if !chosen && highest < values.len() {
        let problem = format!("the format takes {highest} arguments, and there are {}", values.len());
        return Err(FunctionError::failed(problem));
    }
    Ok(Value::of_parts(parts))
}

fn open(value: &Value) -> Part {
    match unknown_of([value], Type::String).as_unknown() {
        Some(unknown) => Part::Unknown(unknown.clone()),
        None => Part::Known(Text::new("")),
    }
}

impl Verb {
    fn put(&self, value: &Value, parts: &mut Vec<Part>) -> Outcome<()> {
        if value.first_unknown().is_some() {
            let plain = matches!(self.mode, 's' | 'v') && self.width.is_none() && self.precision.is_none();
            if plain && !self.sharp && value.as_unknown().is_some() {
                return push_text(parts, value);
            }
            parts.push(open(value));
            return Ok(());
        }
        let text = match value.as_str() {
            // An unchanged text keeps the document that it encodes.
            Some(_) if self.mode == 's' && self.width.is_none() && self.precision.is_none() => {
                return push_text(parts, value);
            }
            _ => self.text(value)?,
        };
        parts.push(Part::Known(Text::new(text)));
        Ok(())
    }
}
