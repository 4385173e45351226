//! Template strings: `$"a {x} b"` is the tokens `$`, `a `, `{`, `x`, `}`, ` b` and `$`.

use super::{Kind, Lexer};
use crate::limits;
use crate::place::Place;
use crate::problem::Fault;

impl Lexer<'_> {
    /// Begins a template string, at its `$`.
    pub(super) fn template(&mut self, place: Place) -> Result<(), Fault> {
        let raw = self.rest.starts_with("$`");
        if !raw && !self.rest.starts_with("$\"") {
            return Err(Fault::new(place, "unexpected character '$'", ""));
        }
        self.take(1, Kind::Sign("$"), place)?;
        self.bump(1);
        self.segment(raw)
    }

    /// Whether a `}` ends an expression of a template string; if so, continues with the string.
    pub(super) fn resumed(&mut self, place: Place) -> Result<bool, Fault> {
        let Some((_, raw)) = self.templates.pop_if(|(depth, _)| *depth == self.depth) else {
            return Ok(false);
        };
        self.depth = self.depth.saturating_sub(1);
        self.take(1, Kind::Sign("}"), place)?;
        self.segment(raw)?;
        Ok(true)
    }

    /// Reads text up to the next expression, or to the end.
    fn segment(&mut self, raw: bool) -> Result<(), Fault> {
        let start = self.place;
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        let (bytes, end) = loop {
            match characters.next() {
                None => return Err(Fault::new(start, "template string without an end", "")),
                Some((_, '\n')) if !raw => {
                    return Err(Fault::new(start, "template string without an end on its line", ""));
                }
                Some((at, end @ '{')) => break (at, end),
                Some((at, end @ '"')) if !raw => break (at, end),
                Some((at, end @ '`')) if raw => break (at, end),
                Some((_, '\\')) => match characters.next() {
                    Some((_, '{')) => text.push('{'),
                    Some((at, '`')) if raw => {
                        text.push('\\');
                        break (at, '`');
                    }
                    Some((_, other)) => text.extend(['\\', other]),
                    None => {}
                },
                Some((_, other)) => text.push(other),
            }
        };
        if !raw {
            text = serde_json::from_str(&format!("\"{text}\""))
                .map_err(|_| Fault::new(start, "template string with a malformed escape", ""))?;
        }
        self.take(bytes, Kind::Text(text), start)?;
        let place = self.place;
        if end != '{' {
            return self.take(1, Kind::Sign("$"), place);
        }
        self.depth = self.depth.saturating_add(1);
        if self.depth > limits::DEPTH {
            return Err(super::too_deep(place));
        }
        self.templates.push((self.depth, raw));
        self.take(1, Kind::Sign("{"), place)
    }
}
