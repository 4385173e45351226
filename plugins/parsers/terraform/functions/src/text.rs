//! String functions that only depend on texts.

use std::rc::Rc;

use palisade_terraform_values::{Data, Part, Text, Type, Unknown, Value};
use unicode_segmentation::UnicodeSegmentation;

use crate::arguments::{Arguments, Outcome, known_length, push_text};
use crate::function::{number, takes, text};
use crate::{Function, FunctionError, Gives, Takes, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[text("string")], Gives::Text, |it| {
        Ok(it.text(0)?.trim_end_matches(['\n', '\r']).into())
    }),
    Function::new("endswith", &[text("string").or_unknown(), text("suffix")], Gives::Bool, endswith),
    Function::new("indent", &[number("spaces"), text("string")], Gives::Text, indent),
    Function::new("join", &[text("separator")], Gives::Text, join)
        .rest(takes("lists", Takes::Texts).or_unknown()),
    Function::new("lower", &[text("string").or_unknown()], Gives::Text, |it| each_part(it, lower)),
    Function::new("split", &[text("separator"), text("string")], Gives::Texts, split),
    Function::new("startswith", &[text("string").or_unknown(), text("prefix")], Gives::Bool, startswith),
    Function::new("strcontains", &[text("string").or_unknown(), text("substring")], Gives::Bool, strcontains),
    Function::new("strrev", &[text("string")], Gives::Text, |it| {
        Ok(it.text(0)?.graphemes(true).rev().collect::<String>().into())
    }),
    Function::new("substr", &[text("string"), number("offset"), number("length")], Gives::Text, substr),
    Function::new("title", &[text("string")], Gives::Text, |it| Ok(title(it.text(0)?).into())),
    Function::new("trim", &[text("string"), text("characters")], Gives::Text, |it| {
        let set: Vec<char> = it.text(1)?.chars().collect();
        Ok(it.text(0)?.trim_matches(set.as_slice()).into())
    }),
    Function::new("trimprefix", &[text("string").or_unknown(), text("prefix")], Gives::Text, trimprefix),
    Function::new("trimspace", &[text("string")], Gives::Text, |it| Ok(it.text(0)?.trim().into())),
    Function::new("trimsuffix", &[text("string"), text("suffix")], Gives::Text, |it| {
        let (whole, suffix) = (it.text(0)?, it.text(1)?);
        Ok(whole.strip_suffix(suffix).unwrap_or(whole).into())
    }),
    Function::new("upper", &[text("string").or_unknown()], Gives::Text, |it| each_part(it, upper)),
];

/// Go maps each character to one; a character without such an upper-case form is unchanged (`ß`).
fn upper(text: &str) -> String {
    text.chars().map(capital).collect()
}

fn capital(character: char) -> char {
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

/// The first letter of a word in upper case. Of a digraph only its first part is upper case, and a letter whose upper
/// case is not used at the beginning of words is unchanged (Unicode's title case).
fn title_case(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        'ა'..='ჿ' => character,
        other => capital(other),
    }
}

fn lower(text: &str) -> String {
    text.chars().map(|it| it.to_lowercase().next().unwrap_or(it)).collect()
}

/// Applies a change that does not depend on the surrounding text, so that known parts of a text are changed.
fn each_part(arguments: &Arguments<'_>, change: fn(&str) -> String) -> Outcome {
    let Some(unknown) = arguments.value(0)?.as_unknown() else {
        return Ok(change(arguments.text(0)?).into());
    };
    if unknown.parts.is_empty() {
        let mut changed = unknown.derive(Type::String, []);
        changed.prefix = change(&unknown.prefix).into();
        return Ok(changed.into());
    }
    let parts = unknown.parts.iter().map(|part| match part {
        Part::Known(text) => Part::Known(Text::new(change(text.as_str()))),
        Part::Unknown(inner) => Part::Unknown(Rc::new(inner.derive(Type::String, []))),
    });
    Ok(Value::of_parts(parts.collect()))
}

/// Capitalizes each word. A word begins after a character that is not a letter, digit or underscore.
fn title(text: &str) -> String {
    let mut before = ' ';
    let mut titled = String::with_capacity(text.len());
    for character in text.chars() {
        let separated = match before {
            it if it.is_ascii() => !(it.is_ascii_alphanumeric() || it == '_'),
            it if it.is_alphanumeric() => false,
            it => it.is_whitespace(),
        };
        titled.push(if separated { title_case(character) } else { character });
        before = character;
    }
    titled
}

/// The known beginning of a text, and whether it is the whole text.
fn beginning(value: &Value) -> (&str, bool) {
    match &value.data {
        Data::String(text) => (text.as_str(), true),
        Data::Unknown(unknown) => (&unknown.prefix, false),
        _ => ("", false),
    }
}

fn startswith(arguments: &Arguments<'_>) -> Outcome {
    let (known, whole) = beginning(arguments.value(0)?);
    let prefix = arguments.text(1)?;
    if known.starts_with(prefix) {
        return Ok(true.into());
    }
    // The known part differs, or the text is too short.
    if whole || !prefix.starts_with(known) {
        return Ok(false.into());
    }
    Ok(arguments.unknown(Type::Bool))
}

fn endswith(arguments: &Arguments<'_>) -> Outcome {
    let suffix = arguments.text(1)?;
    let (known, whole) = match arguments.value(0)?.as_unknown().map(|it| it.parts.last()) {
        Some(Some(Part::Known(text))) => (text.as_str(), false),
        Some(_) => ("", false),
        None => (arguments.text(0)?, true),
    };
    if known.ends_with(suffix) {
        return Ok(true.into());
    }
    if whole || !suffix.ends_with(known) {
        return Ok(false.into());
    }
    Ok(arguments.unknown(Type::Bool))
}

fn strcontains(arguments: &Arguments<'_>) -> Outcome {
    let wanted = arguments.text(1)?;
    let Some(unknown) = arguments.value(0)?.as_unknown() else {
        return Ok(arguments.text(0)?.contains(wanted).into());
    };
    let known = |part: &Part| matches!(part, Part::Known(text) if text.as_str().contains(wanted));
    if unknown.prefix.contains(wanted) || unknown.parts.iter().any(known) {
        return Ok(true.into());
    }
    Ok(arguments.unknown(Type::Bool))
}

fn trimprefix(arguments: &Arguments<'_>) -> Outcome {
    let prefix = arguments.text(1)?;
    let Some(unknown) = arguments.value(0)?.as_unknown() else {
        let whole = arguments.text(0)?;
        return Ok(whole.strip_prefix(prefix).unwrap_or(whole).into());
    };
    if let Some((Part::Known(first), others)) = unknown.parts.split_first()
        && let Some(left) = first.as_str().strip_prefix(prefix)
    {
        let mut parts = vec![Part::Known(Text::new(left))];
        parts.extend(others.iter().cloned());
        return Ok(Value::of_parts(parts));
    }
    Ok(arguments.unknown(Type::String))
}

fn indent(arguments: &Arguments<'_>) -> Outcome {
    let spaces =
        usize::try_from(arguments.whole(0)?).map_err(|_| arguments.blame(0, "must not be negative"))?;
    let lines = arguments.text(1)?;
    let breaks = lines.matches('\n').count();
    limits::text(breaks.checked_mul(spaces).and_then(|it| it.checked_add(lines.len())))?;
    if breaks == 0 {
        return Ok(lines.into());
    }
    Ok(lines.replace('\n', &format!("\n{}", " ".repeat(spaces))).into())
}

fn join(arguments: &Arguments<'_>) -> Outcome {
    let separator = Text::new(arguments.text(0)?);
    let mut parts = Vec::new();
    let mut first = true;
    let mut length = 0;
    for (index, list) in arguments.rest(1).iter().enumerate() {
        let own;
        let items: &[Value] = match (list.items(), list.as_unknown()) {
            (Some(items), _) => items,
            // An unknown list results in an unknown text.
            (None, Some(unknown)) => {
                own = [Value::from(unknown.derive(Type::String, []))];
                &own
            }
            (None, None) => return Err(arguments.blame(index + 1, "a list is required")),
        };
        for item in items {
            if item.is_null() {
                return Err(arguments.blame(index + 1, "has a null in it; `compact` takes nulls out"));
            }
            if !first {
                parts.push(Part::Known(separator.clone()));
                length += separator.as_str().len();
            }
            first = false;
            let before = parts.len();
            push_text(&mut parts, item)?;
            length += known_length(parts.get(before..).unwrap_or_default());
            limits::text(Some(length))?;
        }
    }
    // Joined here at once, which is faster than to append many parts one by one.
    if parts.iter().all(|it| matches!(it, Part::Known(_))) && parts.len() > 1 {
        let mut whole = String::with_capacity(length);
        for part in &parts {
            if let Part::Known(text) = part {
                whole.push_str(text.as_str());
            }
        }
        return Ok(whole.into());
    }
    Ok(Value::of_parts(parts))
}

fn split(arguments: &Arguments<'_>) -> Outcome {
    let (separator, whole) = (arguments.text(0)?, arguments.text(1)?);
    let items: Vec<Value> = if separator.is_empty() {
        let mut buffer = [0; 4];
        whole
            .chars()
            .take(limits::MAX_ITEMS + 1)
            .map(|it| Value::from(&*it.encode_utf8(&mut buffer)))
            .collect()
    } else {
        whole.split(separator).take(limits::MAX_ITEMS + 1).map(Value::from).collect()
    };
    limits::items(Some(items.len()))?;
    Ok(Value::list(items))
}

fn substr(arguments: &Arguments<'_>) -> Outcome {
    let whole = arguments.text(0)?;
    let (offset, length) = (arguments.whole(1)?, arguments.whole(2)?);
    let start = usize::try_from(offset).unwrap_or_else(|_| {
        let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        whole.graphemes(true).count().saturating_sub(back)
    });
    // A negative length (in the documentation `-1`) means the rest of the text.
    let count = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(whole.graphemes(true).skip(start).take(count).collect::<String>().into())
}

/// A text that depends on when or where Terraform runs.
pub(crate) fn by_run(expression: &str, reason: &str) -> Value {
    Unknown::new(expression, reason, Type::String).into()
}

/// A text of bytes, which must be UTF-8.
pub(crate) fn utf8(bytes: Vec<u8>) -> Outcome<String> {
    String::from_utf8(bytes).map_err(|_| FunctionError::failed("the content is not a text in UTF-8"))
}
