//! Documents in texts: policies, container definitions, manifests. A partly known document is kept, with unknown values
//! in it.

use std::rc::Rc;

use palisade_terraform_values::{Data, Entries, NO_ORIGIN, Part, Text, Unknown, Value};

use crate::embedded::Notation;
use crate::eval::Evaluator;
use crate::files::Source;
use crate::origins::{OriginId, Place};
use crate::syntax::Span;
use crate::syntax::json::{self, ValueKind};

/// The first of the characters that represent unknown parts. They are from a private use plane.
const PLACEHOLDER: u32 = 0xF_0000;
/// The maximum number of unknown parts in a text.
const MAX_PARTS: u32 = 0xFF00;

/// The document in a text; `None` if there is none.
pub(crate) fn document(evaluator: &Evaluator<'_>, value: &Value) -> Option<Value> {
    match &value.data {
        Data::String(text) => {
            let written = || parse(evaluator, Notation::of(text.as_str())?, text.as_str(), &[], value.origin);
            text.decoded().cloned().or_else(written)
        }
        Data::Unknown(unknown) => {
            unknown.decoded.clone().or_else(|| partly(evaluator, unknown, value.origin))
        }
        _ => None,
    }
}

/// Reads a text with known and unknown parts.
fn partly(evaluator: &Evaluator<'_>, unknown: &Unknown, origin: OriginId) -> Option<Value> {
    let Some(Part::Known(first)) = unknown.parts.first() else { return None };
    let notation = Notation::of(first.as_str())?;
    let mut text = String::new();
    let mut unknowns = Vec::new();
    for part in &unknown.parts {
        match part {
            Part::Known(known) => text.push_str(known.as_str()),
            Part::Unknown(unknown) => {
                let number = u32::try_from(unknowns.len()).ok().filter(|it| *it < MAX_PARTS)?;
                let stand_in = char::from_u32(PLACEHOLDER + number)?;
                // Outside of JSON strings it represents a whole value.
                if notation == Notation::Yaml || open_quote(&text) {
                    text.push(stand_in);
                } else {
                    text.extend(['"', stand_in, '"']);
                }
                unknowns.push(Rc::clone(unknown));
            }
        }
    }
    parse(evaluator, notation, &text, &unknowns, origin)
}

/// Whether a JSON text ends inside a string.
fn open_quote(text: &str) -> bool {
    let mut open = false;
    let mut escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if open => escaped = true,
            b'"' => open = !open,
            _ => {}
        }
    }
    open
}

fn parse(
    evaluator: &Evaluator<'_>,
    notation: Notation,
    text: &str,
    unknowns: &[Rc<Unknown>],
    origin: OriginId,
) -> Option<Value> {
    let document = notation.read(text)?;
    let place = evaluator.origins.get(origin);
    let source = place.and_then(|place| evaluator.files.get(place.file));
    let map = place.zip(source.as_deref()).and_then(|(place, source)| Mapping::find(source, place, text));
    let decoder = Decoder { evaluator, unknowns, origin, place, map };
    Some(decoder.value(&document))
}

/// Where each line of a text begins in the file, if the file contains the text line by line.
struct Mapping {
    /// The byte in the text and the byte in the file.
    lines: Vec<(u32, u32)>,
}

impl Mapping {
    fn find(source: &Source, place: Place, text: &str) -> Option<Mapping> {
        let written = source.slice(place.span);
        let small = |at: usize| u32::try_from(at).ok();
        // The place of the text begins at its first line; for a heredoc, at the line of the marker before it.
        let mut lines = Vec::new();
        let mut in_file = written.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        });
        if written.starts_with("<<") {
            in_file.next();
        } else {
            let at = written.find(text)?;
            return Some(Mapping { lines: vec![(0, place.span.start + small(at)?)] });
        }
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let (start, written) = in_file.next()?;
            let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
            let begin = indent(written).saturating_sub(indent(line));
            // A line that begins differently results from something else, such as a loop: the text has no mapping then.
            let same = line.trim().chars().take(1).eq(written.trim().chars().take(1));
            if !same {
                return None;
            }
            lines.push((small(at)?, place.span.start + small(start + begin)?));
            at += line.len();
        }
        Some(Mapping { lines })
    }

    fn span(&self, span: Span, limit: Span) -> Option<Span> {
        let byte = |at: u32| {
            let after = self.lines.partition_point(|(text, _)| *text <= at);
            let (text, file) = self.lines.get(after.checked_sub(1)?)?;
            Some((file + (at - text)).min(limit.end))
        };
        Some(Span { start: byte(span.start)?, end: byte(span.end)? })
    }
}

struct Decoder<'d, 't> {
    evaluator: &'d Evaluator<'t>,
    unknowns: &'d [Rc<Unknown>],
    origin: OriginId,
    place: Option<Place>,
    map: Option<Mapping>,
}

impl Decoder<'_, '_> {
    fn origin(&self, span: Span) -> OriginId {
        let mapped = self
            .place
            .zip(self.map.as_ref())
            .and_then(|(place, map)| Some((place, map.span(span, place.span)?)));
        match mapped {
            Some((place, span)) if span.start < span.end => {
                self.evaluator.origins.add(Place { span, reference: NO_ORIGIN, ..place })
            }
            _ => self.origin,
        }
    }

    fn value(&self, json: &json::Value) -> Value {
        let value: Value = match &json.kind {
            ValueKind::Null => Value::null(),
            ValueKind::Bool(it) => (*it).into(),
            ValueKind::Number(text) => match text.parse::<palisade_terraform_values::Number>() {
                Ok(number) => number.into(),
                Err(_) => Rc::clone(text).into(),
            },
            ValueKind::String(text) => self.text(text),
            ValueKind::Array(items) => Value::tuple(items.iter().map(|it| self.value(it)).collect()),
            ValueKind::Object(members) => {
                let entry = |it: &json::Member| (self.key(&it.name), self.value(&it.value));
                Value::object(members.iter().map(entry).collect::<Entries>())
            }
        };
        value.at(self.origin(json.span))
    }

    fn unknown(&self, char: char) -> Option<&Rc<Unknown>> {
        let number = u32::from(char).checked_sub(PLACEHOLDER)?;
        self.unknowns.get(number as usize)
    }

    /// A key. Its unknown parts are written as their expressions.
    fn key(&self, text: &Rc<str>) -> Rc<str> {
        if self.unknowns.is_empty() {
            return Rc::clone(text);
        }
        let mut key = String::new();
        for char in text.chars() {
            match self.unknown(char) {
                Some(unknown) => {
                    key.push_str("${");
                    key.push_str(&unknown.expression);
                    key.push('}');
                }
                None => key.push(char),
            }
        }
        key.into()
    }

    fn text(&self, text: &Rc<str>) -> Value {
        if self.unknowns.is_empty() {
            return Rc::clone(text).into();
        }
        let mut parts = Vec::new();
        let mut known = String::new();
        for char in text.chars() {
            match self.unknown(char) {
                Some(unknown) => {
                    parts.push(Part::Known(Text::new(std::mem::take(&mut known))));
                    parts.push(Part::Unknown(Rc::clone(unknown)));
                }
                None => known.push(char),
            }
        }
        parts.push(Part::Known(Text::new(known)));
        Value::of_parts(parts)
    }
}
