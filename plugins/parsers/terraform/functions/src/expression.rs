//! Functions of Terraform's built-in provider that write values as expressions of the language.

use palisade_terraform_values::{Data, Entries, Type, Value, is_printable};

use crate::arguments::{Arguments, Outcome};
use crate::function::{any, entries, text};
use crate::{Function, FunctionError, Gives, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    // Reading them requires the parser of the language, so the evaluator implements it.
    Function::new("provider::terraform::decode_tfvars", &[text("src")], Gives::Any, |_| {
        let reason = "values written as a `.tfvars` file inside of a text are not read";
        Ok(palisade_terraform_values::Unknown::new("decode_tfvars(…)", reason, Type::Any).into())
    }),
    Function::new("provider::terraform::encode_expr", &[any("value")], Gives::Text, |it| {
        written(|out| write(it.value(0)?, 0, out))
    }),
    Function::new("provider::terraform::encode_tfvars", &[entries("value")], Gives::Text, tfvars),
];

fn written(write: impl FnOnce(&mut String) -> Outcome<()>) -> Outcome {
    let mut out = String::new();
    write(&mut out)?;
    limits::text(Some(out.len()))?;
    Ok(out.into())
}

fn tfvars(arguments: &Arguments<'_>) -> Outcome {
    let entries = arguments.entries(0)?;
    if let Some(key) = entries.keys().find(|it| !is_name(it)) {
        return Err(arguments.blame(0, format!("`{key}` cannot be the name of a variable")));
    }
    written(|out| lines(entries, 0, out))
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|it| it.is_alphabetic() || it == '_')
        && characters.all(|it| it.is_alphanumeric() || matches!(it, '_' | '-'))
}

/// The maximum depth of a value.
const MAX_DEPTH: usize = 128;

fn write(value: &Value, depth: usize, out: &mut String) -> Outcome<()> {
    if depth > MAX_DEPTH {
        return Err(FunctionError::limit(format!("nested deeper than {MAX_DEPTH} levels")));
    }
    limits::text(Some(out.len()))?;
    match &value.data {
        Data::Null(_) => out.push_str("null"),
        Data::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => quote(text.as_str(), out),
        Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(item, depth + 1, out)?;
            }
            out.push(']');
        }
        Data::Map(entries) | Data::Object(entries) if entries.is_empty() => out.push_str("{}"),
        Data::Map(entries) | Data::Object(entries) => block(entries, depth, out)?,
        Data::Unknown(_) => return Err(FunctionError::failed("a value in it cannot be known")),
    }
    Ok(())
}

/// Entries in braces.
fn block(entries: &Entries, depth: usize, out: &mut String) -> Outcome<()> {
    out.push_str("{\n");
    lines(entries, depth + 1, out)?;
    out.push_str(&"  ".repeat(depth));
    out.push('}');
    Ok(())
}

/// One entry per line, indented by `depth` levels; the `=` of adjacent one-line entries are aligned.
fn lines(entries: &Entries, depth: usize, out: &mut String) -> Outcome<()> {
    let key = |key: &str| {
        if is_name(key) {
            return key.to_owned();
        }
        let mut quoted = String::new();
        quote(key, &mut quoted);
        quoted
    };
    let long = |value: &Value| value.entries().is_some_and(|it| !it.is_empty());
    let lines: Vec<(String, &Value)> = entries.iter().map(|(name, value)| (key(name), value)).collect();
    for run in lines.chunk_by(|(_, one), (_, other)| !long(one) && !long(other)) {
        let width = run.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        for (key, value) in run {
            limits::text(width.checked_mul(2).and_then(|it| it.checked_add(out.len())))?;
            out.push_str(&"  ".repeat(depth));
            out.push_str(key);
            out.push_str(&" ".repeat(width.saturating_sub(key.chars().count())));
            out.push_str(" = ");
            write(value, depth, out)?;
            out.push('\n');
        }
    }
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                out.push(character);
                out.push(character);
            }
            other if !is_printable(other) => out.extend(format!("\\u{:04x}", u32::from(other)).chars()),
            other => out.push(other),
        }
    }
    out.push('"');
}
