//! JSON as text in Go's notation: `<`, `>` and `&` are escaped.

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, Undefined, text, too_much};
use crate::limits;
use crate::numbers::bounded_exponents;

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("json.is_valid", 1, is_valid),
    Function::new("json.marshal", 1, |call| Ok(Value::from(written(call.any(0)?, None)?))),
    Function::new("json.marshal_with_options", 2, marshal_with_options),
    Function::new("json.unmarshal", 1, |call| read(call.text(0)?)),
];

fn read(text: &str) -> Outcome {
    bounded_exponents(text)?;
    Value::from_json_str(text).or_undefined()
}

fn is_valid(call: &Arguments<'_>) -> Outcome {
    let text = call.text(0)?;
    bounded_exponents(text)?;
    Ok(Value::Bool(Value::from_json_str(text).is_ok()))
}

/// The layout of JSON over several lines.
struct Layout<'a> {
    prefix: &'a str,
    indent: &'a str,
}

fn marshal_with_options(call: &Arguments<'_>) -> Outcome {
    let options = call.entries(1)?;
    let mut layout = Layout { prefix: "", indent: "\t" };
    let mut pretty = !options.is_empty();
    for (key, value) in options {
        match text(key)? {
            "pretty" => pretty = *value.as_bool().or_undefined()?,
            "prefix" => layout.prefix = text(value)?,
            "indent" => layout.indent = text(value)?,
            _ => return Err(Refusal::Undefined),
        }
    }
    Ok(Value::from(if pretty {
        format!("{}{}", layout.prefix, written(call.any(0)?, Some(&layout))?)
    } else {
        written(call.any(0)?, None)?
    }))
}

fn written(value: &Value, layout: Option<&Layout<'_>>) -> Result<String, Refusal> {
    let mut out = String::new();
    write(&mut out, value, layout, 0)?;
    Ok(out)
}

fn write(out: &mut String, value: &Value, layout: Option<&Layout<'_>>, deep: usize) -> Result<(), Refusal> {
    if out.len() > limits::BYTES {
        return Err(too_much(format_args!("a text of more than {} bytes", limits::BYTES)));
    }
    match value {
        Value::Undefined => return Err(Refusal::Undefined),
        Value::Null => out.push_str("null"),
        Value::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Value::Number(it) => out.push_str(&it.format_decimal()),
        Value::String(it) => quote(out, it),
        Value::Array(items) => sequence(out, items.len(), items.iter(), layout, deep)?,
        Value::Set(members) => sequence(out, members.len(), members.iter_sorted(), layout, deep)?,
        Value::Object(entries) => {
            if entries.is_empty() {
                out.push_str("{}");
                return Ok(());
            }
            out.push('{');
            for (at, (key, it)) in entries.iter_sorted().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                line(out, layout, deep + 1);
                match key {
                    Value::String(key) => quote(out, key),
                    // A key that is not a string is written as its own JSON in a string.
                    _ => quote(out, &written(key, None)?),
                }
                out.push_str(if layout.is_some() { ": " } else { ":" });
                write(out, it, layout, deep + 1)?;
            }
            line(out, layout, deep);
            out.push('}');
        }
    }
    Ok(())
}

fn sequence<'a>(
    out: &mut String,
    many: usize,
    items: impl Iterator<Item = &'a Value>,
    layout: Option<&Layout<'_>>,
    deep: usize,
) -> Result<(), Refusal> {
    if many == 0 {
        out.push_str("[]");
        return Ok(());
    }
    out.push('[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        line(out, layout, deep + 1);
        write(out, item, layout, deep + 1)?;
    }
    line(out, layout, deep);
    out.push(']');
    Ok(())
}

fn line(out: &mut String, layout: Option<&Layout<'_>>, deep: usize) {
    if let Some(layout) = layout {
        out.push('\n');
        out.push_str(layout.prefix);
        for _ in 0..deep {
            out.push_str(layout.indent);
        }
    }
}

fn quote(out: &mut String, text: &str) {
    use std::fmt::Write;
    out.push('"');
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(it));
            }
            _ => out.push(it),
        }
    }
    out.push('"');
}
