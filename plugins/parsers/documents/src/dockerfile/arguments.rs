//! The arguments of an instruction, in the form of that instruction.

use std::ops::Range;

use palisade_text::to_offset;
use palisade_yaml::Fault;

use super::instruction::Instruction;
use crate::value::{Form, Value};

/// The arguments of an instruction.
pub(super) struct Arguments {
    pub(super) json: bool,
    /// None without arguments.
    pub(super) value: Option<Value>,
}

/// Reads the arguments at `range` of an instruction of this name.
pub(super) fn arguments(
    instruction: &Instruction,
    name: &str,
    range: Range<usize>,
    escape: char,
) -> Result<Arguments, Fault> {
    let list = || json(instruction, range.clone());
    let (json, items) = match name {
        "add" | "copy" | "volume" => match list() {
            Some(items) => (true, items),
            None => (false, words(instruction, range.clone())),
        },
        "cmd" | "entrypoint" | "run" | "shell" => match list() {
            Some(items) => (true, items),
            None => (false, whole(instruction, range.clone())),
        },
        "healthcheck" => health(instruction, range.clone()),
        "expose" | "from" => (false, words(instruction, range.clone())),
        "maintainer" | "stopsignal" | "user" | "workdir" => (false, whole(instruction, range.clone())),
        "arg" => (false, quoted_words(instruction, range.clone(), escape)),
        "env" | "label" => (false, pairs(instruction, range.clone(), escape)?),
        _ => {
            let message = format!("unknown instruction `{name}`");
            return Err(Fault::syntax(to_offset(instruction.start()), message));
        }
    };
    let value = (!items.is_empty()).then(|| Value::new(Form::List(items), instruction.place(range)));
    Ok(Arguments { json, value })
}

fn whole(instruction: &Instruction, range: Range<usize>) -> Vec<Value> {
    let text = instruction.slice(range.clone());
    if text.is_empty() { Vec::new() } else { vec![Value::text(text, instruction.place(range))] }
}

fn words(instruction: &Instruction, range: Range<usize>) -> Vec<Value> {
    let mut found = Vec::new();
    let mut at = range.start;
    loop {
        let (start, word) = instruction.word(at);
        if word.is_empty() {
            return found;
        }
        at = start + word.len();
        found.push(Value::text(word, instruction.place(start..at)));
    }
}

/// `NONE`, or `CMD` and a command.
fn health(instruction: &Instruction, range: Range<usize>) -> (bool, Vec<Value>) {
    let (start, word) = instruction.word(range.start);
    if word.is_empty() {
        return (false, Vec::new());
    }
    let end = start + word.len();
    let mut items = vec![Value::text(word, instruction.place(start..end))];
    let rest = instruction.word(end).0..range.end;
    let (json, command) = match json(instruction, rest.clone()) {
        Some(command) => (true, command),
        None => (false, whole(instruction, rest)),
    };
    items.extend(command);
    (json, items)
}

/// Words separated by whitespace that is not in quotes or escaped. Quotes are kept.
pub(super) fn word_ranges(text: &str, escape: char) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut quote, mut escaped) = (None, None, false);
    for (at, letter) in text.char_indices() {
        if start.is_none() && letter.is_whitespace() {
            continue;
        }
        let from = *start.get_or_insert(at);
        match quote {
            _ if escaped => escaped = false,
            Some(open) if open == letter => quote = None,
            Some('\'') => {}
            _ if letter == escape => escaped = true,
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if letter.is_whitespace() => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|from| from..text.len()));
    found
}

fn quoted_words(instruction: &Instruction, range: Range<usize>, escape: char) -> Vec<Value> {
    let words = word_ranges(instruction.slice(range.clone()), escape).into_iter().map(|word| {
        let word = range.start + word.start..range.start + word.end;
        Value::text(instruction.slice(word.clone()), instruction.place(word))
    });
    words.collect()
}

/// `name=value …`, or the legacy form `name value`: three items each, the last one the separator.
fn pairs(instruction: &Instruction, range: Range<usize>, escape: char) -> Result<Vec<Value>, Fault> {
    let words = word_ranges(instruction.slice(range.clone()), escape);
    let mut found = Vec::new();
    let mut add = |name: Range<usize>, value: Range<usize>, sign: &str| {
        let at = instruction.place(name.clone());
        found.push(Value::text(instruction.slice(name), at));
        let place = instruction.place(value.clone());
        found.push(Value::text(instruction.slice(value), place));
        found.push(Value::text(sign, (at.1, at.1 + to_offset(sign.len()))));
    };
    for (index, word) in words.iter().enumerate() {
        let word = range.start + word.start..range.start + word.end;
        let text = instruction.slice(word.clone());
        if let Some(sign) = text.find('=') {
            let at = word.start + sign;
            add(word.start..at, at + 1..word.end, "=");
        } else if index == 0 {
            let (start, name) = instruction.word(range.start);
            let end = start + name.len();
            let value = instruction.word(end).0;
            if value >= range.end {
                let message = "a name without a value; write `name=value`";
                return Err(Fault::syntax(instruction.place(word).0, message));
            }
            add(start..end, value..range.end, "");
            break;
        } else {
            let message = "a word without `=`; write `name=value`, with quotes around blanks";
            return Err(Fault::syntax(instruction.place(word).0, message));
        }
    }
    Ok(found)
}

/// A JSON list of texts; none for anything else.
fn json(instruction: &Instruction, range: Range<usize>) -> Option<Vec<Value>> {
    let text = instruction.slice(range.clone());
    let bytes = text.as_bytes();
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = skip(0);
    if bytes.get(at) != Some(&b'[') {
        return None;
    }
    let mut found = Vec::new();
    at = skip(at + 1);
    if bytes.get(at) == Some(&b']') {
        return (skip(at + 1) == bytes.len()).then_some(found);
    }
    loop {
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let end = palisade_yaml::quoted_end(text, at);
        let inner = text.get(at..end)?.strip_prefix('"')?.strip_suffix('"')?;
        let place = instruction.place(range.start + at..range.start + end);
        found.push(Value::text(palisade_yaml::unescaped(inner).ok()?, place));
        at = skip(end);
        match bytes.get(at) {
            Some(b',') => at = skip(at + 1),
            Some(b']') => return (skip(at + 1) == bytes.len()).then_some(found),
            _ => return None,
        }
    }
}
