//! Reads one YAML document, whose maps become objects and whose sequences become tuples.

use std::borrow::Cow;
use std::rc::Rc;

use palisade_terraform_values::{Entries, Held, Value, to_text};
use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::scalar;
use crate::arguments::Outcome;
use crate::{FunctionError, limits};

/// The maximum depth of a document.
const MAX_DEPTH: usize = 128;

/// A document as a value.
pub(crate) fn decode(text: &str) -> Outcome {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: Vec::new(), nodes: 0 };
    loop {
        match reader.next()? {
            Event::DocumentStart(_) => break,
            Event::StreamEnd => return Err(FunctionError::failed("it has no document")),
            _ => {}
        }
    }
    let first = reader.next()?;
    let value = reader.node(first, 0)?;
    loop {
        match reader.next()? {
            Event::DocumentStart(_) => {
                return Err(FunctionError::failed("one document is required, and there are several"));
            }
            Event::StreamEnd => return Ok(value),
            _ => {}
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    /// The values of anchors, by their number from 1, and the number of values in each; none while one is being read.
    anchors: Vec<Option<(Value, usize)>>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Outcome<Event<'a>> {
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(FunctionError::failed(format!("not YAML: {error}"))),
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'a>, depth: usize) -> Outcome {
        if depth > MAX_DEPTH {
            return Err(FunctionError::limit(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let before = self.nodes;
        self.nodes = limits::items(self.nodes.checked_add(1))?;
        let (value, anchor) = match event {
            Event::Alias(id) => return self.alias(id),
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag.as_ref())?, anchor),
            Event::SequenceStart(anchor, _) => {
                self.reserve(anchor)?;
                (self.sequence(depth)?, anchor)
            }
            Event::MappingStart(anchor, _) => {
                self.reserve(anchor)?;
                (self.mapping(depth)?, anchor)
            }
            _ => return Err(FunctionError::failed("not YAML: a value is missing")),
        };
        self.reserve(anchor)?;
        if let Some(slot) = anchor.checked_sub(1).and_then(|it| self.anchors.get_mut(it)) {
            *slot = Some((value.clone(), self.nodes - before));
        }
        Ok(value)
    }

    fn reserve(&mut self, anchor: usize) -> Outcome<()> {
        limits::items(Some(anchor))?;
        if self.anchors.len() < anchor {
            self.anchors.resize(anchor, None);
        }
        Ok(())
    }

    fn alias(&mut self, id: usize) -> Outcome {
        match id.checked_sub(1).and_then(|it| self.anchors.get(it)) {
            Some(Some((value, count))) => {
                // A shared value counts each time, since it is visited each time.
                self.nodes = limits::items(self.nodes.checked_add(*count))?;
                Ok(value.clone())
            }
            _ => Err(FunctionError::failed("an alias stands inside of what it names")),
        }
    }

    fn sequence(&mut self, depth: usize) -> Outcome {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::tuple(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Outcome {
        let mut entries = Entries::new();
        let mut merged: Vec<Rc<Held<Entries>>> = Vec::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => break,
                event => event,
            };
            let merge = matches!(&key, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node(key, depth + 1)?;
            let event = self.next()?;
            let value = self.node(event, depth + 1)?;
            if merge {
                merged.extend(to_merge(&value)?);
                continue;
            }
            let key = to_text(&key).map_err(|error| FunctionError::failed(format!("a key: {error}")))?;
            entries.insert(key.shared(), value);
        }
        // Own keys take precedence over merged ones, and earlier merged ones over later ones.
        for other in merged {
            for (key, value) in other.iter() {
                if !entries.contains_key(key) {
                    self.nodes = limits::items(self.nodes.checked_add(1))?;
                    entries.insert(Rc::clone(key), value.clone());
                }
            }
        }
        Ok(Value::object(entries))
    }
}

fn to_merge(value: &Value) -> Outcome<Vec<Rc<Held<Entries>>>> {
    let wrong = || FunctionError::failed("`<<` takes a map or a list of maps");
    if let Some(entries) = value.entries() {
        return Ok(vec![Rc::clone(entries)]);
    }
    let items = value.items().ok_or_else(wrong)?;
    items.iter().map(|it| it.entries().cloned().ok_or_else(wrong)).collect()
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Outcome {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => scalar::tagged(&tag.suffix, text),
        Some(tag) if tag.handle == "!" && tag.suffix.is_empty() => Ok(text.into()),
        Some(tag) => Err(FunctionError::failed(format!("the tag `{tag}` is not supported"))),
        None if style == ScalarStyle::Plain => scalar::plain(text),
        None => Ok(text.into()),
    }
}
