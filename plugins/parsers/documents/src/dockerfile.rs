//! Dockerfiles, as Conftest (`parser/docker/docker.go`) converts the tree of moby/buildkit
//! (`frontend/dockerfile/parser`). The document is a list of commands, each with
//!
//! - `Cmd`, the instruction in lower case, or `comment` for a comment before one (not a parser directive);
//! - `SubCmd`, the instruction after `ONBUILD`, as written; `Value` and `JSON` are then those of this instruction;
//! - `JSON`, whether the arguments are a JSON list;
//! - `Flags`, such as `--from=build`;
//! - `Value`, the arguments: one text for `RUN`, `CMD`, `ENTRYPOINT`, `SHELL` and those with one argument, a list of
//!   words for the others, and for each variable of `ENV` and `LABEL` its name, its value and the separator;
//! - `Stage`, counted from 0.
//!
//! Conftest wraps that list in another one and evaluates its items one by one: here the list is the document.

mod arguments;
mod instruction;

use palisade_text::to_offset;
use palisade_yaml::Fault;

use crate::lines::{Cursor, Stretch};
use crate::read::Read;
use crate::value::{Form, Map, Place, Value};
use arguments::{Arguments, arguments};
use instruction::{Instruction, heredocs, split_flags};

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    let mut cursor = Cursor::new(text);
    let mut reader = Reader { escape: '\\', stages: 0, pending: Vec::new(), commands: Vec::new() };
    let (mut comments, mut directives) = (Vec::new(), true);
    while let Some(line) = cursor.line() {
        let line = line.trim();
        if line.text.starts_with('#') {
            let directive = if directives { directive(line.text) } else { None };
            directives = directive.is_some();
            if let Some(("escape", value)) = directive.as_ref().map(|(name, value)| (name.as_str(), *value)) {
                reader.escape = match value {
                    "`" => '`',
                    "\\" => '\\',
                    _ => {
                        return Err(Fault::syntax(
                            to_offset(line.start),
                            "`escape` is a backslash or a backtick",
                        ));
                    }
                };
            }
            if !directives {
                reader.comment(line);
            }
            comments.push(line.comment());
            continue;
        }
        directives = false;
        if line.text.is_empty() {
            continue;
        }
        let mut instruction = Instruction::read(&mut cursor, line, reader.escape, &mut comments);
        for (word, stripped) in heredocs(&instruction) {
            let end = loop {
                let Some(line) = cursor.line() else {
                    let message = format!("the text after `<<` never ends: a line `{word}` is missing");
                    return Err(Fault::syntax(to_offset(instruction.start()), message));
                };
                let content = if stripped { line.text.trim_start_matches('\t') } else { line.text };
                if content == word {
                    break line.end();
                }
            };
            instruction.end = end;
        }
        reader.command(&instruction)?;
    }
    let (Some(first), Some(last)) = (reader.commands.first(), reader.commands.last()) else {
        return Err(Fault::syntax(0, "a Dockerfile without any instruction"));
    };
    let place = (first.place.0, last.place.1);
    Ok(Read { root: Value::new(Form::List(reader.commands), place), comments })
}

/// A parser directive, `# name=value`, which is only valid at the beginning of the file.
fn directive(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    matches!(name.as_str(), "escape" | "syntax" | "check").then(|| (name, value.trim()))
}

struct Reader<'a> {
    escape: char,
    /// Number of `FROM` instructions so far.
    stages: usize,
    /// Comments of the next instruction.
    pending: Vec<Stretch<'a>>,
    commands: Vec<Value>,
}

impl<'a> Reader<'a> {
    /// An empty comment separates the comments before it from the instruction.
    fn comment(&mut self, line: Stretch<'a>) {
        if line.text.trim_start_matches('#').trim().is_empty() {
            self.pending.clear();
        } else {
            self.pending.push(line);
        }
    }

    fn command(&mut self, instruction: &Instruction) -> Result<(), Fault> {
        let name = instruction.name().to_ascii_lowercase();
        self.stages += usize::from(name == "from");
        let stage = self.stages.saturating_sub(1);
        for comment in std::mem::take(&mut self.pending) {
            let (place, text) = (comment.place(), comment.skip(1).trim().text.to_owned());
            let value = Value::new(Form::List(vec![Value::text(text, place)]), place);
            let command = Command { name: "comment", sub: "", json: false, value: Some(value), stage };
            self.commands.push(command.value(place, place, Value::new(Form::Null, place)));
        }
        let (flags, rest) = split_flags(instruction, instruction.arguments());
        let outer = instruction.place(0..instruction.name().len());
        let (sub, arguments) = if name == "onbuild" {
            let (start, word) = instruction.word(rest.start);
            let (_, rest) = split_flags(instruction, start + word.len()..rest.end);
            let arguments = arguments(instruction, &word.to_ascii_lowercase(), rest, self.escape)?;
            (word.to_owned(), arguments)
        } else {
            (String::new(), arguments(instruction, &name, rest, self.escape)?)
        };
        let Arguments { json, value } = arguments;
        let command = Command { name: &name, sub: &sub, json, value, stage };
        self.commands.push(command.value(instruction.whole(), outer, flags));
        Ok(())
    }
}

struct Command<'c> {
    name: &'c str,
    sub: &'c str,
    json: bool,
    value: Option<Value>,
    stage: usize,
}

impl Command<'_> {
    /// The value that policies receive. Parts that are not in the file have the place of the instruction's name.
    fn value(self, whole: Place, name: Place, flags: Value) -> Value {
        let mut map = Map::default();
        let value = self.value.unwrap_or(Value::new(Form::Null, name));
        for (key, value) in [
            ("Cmd", Value::text(self.name, name)),
            ("SubCmd", Value::text(self.sub, name)),
            ("JSON", Value::new(Form::Boolean(self.json), value.place)),
            ("Flags", flags),
            ("Value", value),
            ("Stage", Value::new(Form::Number(self.stage.to_string()), name)),
        ] {
            map.set(key, value.place, value);
        }
        Value::new(Form::Map(map), whole)
    }
}
