//! Formats an argument with a verb.

use std::fmt::Write;

use regorus::Value;

use super::Argument;
use super::layout::Layout;

/// The text of an argument; `None` if the verb does not support its type.
pub(super) fn written(argument: &Argument, verb: char, layout: &Layout) -> Option<String> {
    match argument {
        Argument::Text(text) => self::text(text, verb, layout),
        Argument::Whole { negative, value } => whole(*negative, value, verb, layout),
        Argument::Float(number) => float(*number, verb, layout),
    }
}

fn text(text: &str, verb: char, layout: &Layout) -> Option<String> {
    let cut = || match layout.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text.to_owned(),
    };
    Some(match verb {
        'v' if layout.sharp => layout.padded(quoted(text, false)),
        'v' | 's' => layout.padded(cut()),
        'q' => {
            let cut: String = cut();
            let raw = layout.sharp && !cut.contains(|it: char| it == '`' || (it.is_control() && it != '\t'));
            layout.padded(if raw { format!("`{cut}`") } else { quoted(&cut, layout.plus) })
        }
        'x' | 'X' => layout.padded(hexadecimal(text.as_bytes(), verb == 'X', layout)),
        _ => return None,
    })
}

fn hexadecimal(bytes: &[u8], upper: bool, layout: &Layout) -> String {
    let prefix = match (layout.sharp, upper) {
        (false, _) => "",
        (true, false) => "0x",
        (true, true) => "0X",
    };
    let mut out = String::new();
    for (at, byte) in bytes.iter().take(layout.precision.unwrap_or(usize::MAX)).enumerate() {
        if at > 0 && layout.space {
            out.push(' ');
        }
        if at == 0 || layout.space {
            out.push_str(prefix);
        }
        // Writing to a string cannot fail.
        let _ = if upper { write!(out, "{byte:02X}") } else { write!(out, "{byte:02x}") };
    }
    out
}

/// A quoted string in Go's syntax.
pub(super) fn quoted(text: &str, ascii: bool) -> String {
    let mut out = String::from("\"");
    for it in text.chars() {
        one(&mut out, it, '"', ascii);
    }
    out.push('"');
    out
}

fn one(out: &mut String, it: char, quote: char, ascii: bool) {
    let code = u32::from(it);
    let _ = match it {
        '"' | '\'' if it == quote => write!(out, "\\{it}"),
        '\\' => write!(out, "\\\\"),
        '\u{7}' => write!(out, "\\a"),
        '\u{8}' => write!(out, "\\b"),
        '\u{c}' => write!(out, "\\f"),
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        '\u{b}' => write!(out, "\\v"),
        _ if printable(it) && (it.is_ascii() || !ascii) => write!(out, "{it}"),
        _ if it.is_ascii() => write!(out, "\\x{code:02x}"),
        _ if code <= 0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether a character is a letter, mark, number, symbol, punctuation or the plain space. A mark is tested after a
/// letter, where `escape_debug` does not escape it.
fn printable(it: char) -> bool {
    let after_letter: String = ['a', it].into_iter().collect();
    it == '"' || it == '\'' || after_letter.escape_debug().count() == 2
}

fn whole(negative: bool, size: &Value, verb: char, layout: &Layout) -> Option<String> {
    let number = size.as_number().ok()?;
    let (prefix, digits) = match verb {
        'v' | 'd' => ("", number.format_decimal()),
        'b' => (if layout.sharp { "0b" } else { "" }, number.format_bin()),
        'o' => (if layout.sharp { "0" } else { "" }, number.format_octal()),
        'O' => ("0o", number.format_octal()),
        'x' => (if layout.sharp { "0x" } else { "" }, number.format_hex()),
        'X' => (if layout.sharp { "0X" } else { "" }, number.format_big_hex()),
        'c' | 'q' | 'U' => return character(negative, size, verb, layout),
        _ => return None,
    };
    let sign = layout.sign(negative);
    let least = match (layout.precision, layout.width) {
        (Some(least), _) => least,
        (None, Some(width)) if layout.zeros() => width.saturating_sub(sign.len()),
        _ => 1,
    };
    let digits = if digits == "0" && layout.precision == Some(0) { String::new() } else { digits };
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    Some(layout.padded_with(format!("{sign}{prefix}{zeros}{digits}"), false))
}

fn character(negative: bool, size: &Value, verb: char, layout: &Layout) -> Option<String> {
    let code = if negative { u32::MAX } else { size.as_u32().unwrap_or(u32::MAX) };
    let it = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut out = String::new();
    match verb {
        'c' => out.push(it),
        'q' => {
            out.push('\'');
            one(&mut out, it, '\'', layout.plus);
            out.push('\'');
        }
        _ => {
            let number = size.as_number().ok()?;
            let digits = number.format_big_hex();
            let least = layout.precision.unwrap_or(4).max(4);
            let zeros = "0".repeat(least.saturating_sub(digits.len()));
            out = format!("{}U+{zeros}{digits}", if negative { "-" } else { "" });
            if layout.sharp && printable(it) {
                put!(out, " '{it}'");
            }
        }
    }
    Some(layout.padded_with(out, layout.zeros() && verb != 'U'))
}

fn float(number: f64, verb: char, layout: &Layout) -> Option<String> {
    let size = number.abs();
    let digits = match verb {
        'v' | 'g' => general(size, layout, 'e'),
        'G' => general(size, layout, 'E'),
        'e' | 'E' => exponent(&format!("{size:.*e}", layout.precision.unwrap_or(6)), verb)?,
        'f' | 'F' => format!("{size:.*}", layout.precision.unwrap_or(6)),
        _ => return None,
    };
    let sign = layout.sign(number.is_sign_negative());
    if layout.zeros() {
        let zeros = layout.width.unwrap_or(0).saturating_sub(sign.len() + digits.chars().count());
        return Some(format!("{sign}{}{digits}", "0".repeat(zeros)));
    }
    Some(layout.padded_with(format!("{sign}{digits}"), false))
}

/// The notation of `%g`: with an exponent if it is less than -4, or not less than the precision.
fn general(size: f64, layout: &Layout, mark: char) -> String {
    let precision = layout.precision.map(|it| it.max(1));
    let scientific = match precision {
        Some(precision) => format!("{size:.*e}", precision - 1),
        None => format!("{size:e}"),
    };
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    // For the shortest notation, six digits decide.
    let most = precision.unwrap_or(6);
    let trimmed = |text: &str| {
        if text.contains('.') && !layout.sharp {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if power < -4 || i32::try_from(most).is_ok_and(|it| power >= it) {
        let text = format!("{}e{power}", trimmed(mantissa));
        return exponent(&text, mark).unwrap_or(text);
    }
    match precision {
        Some(precision) => {
            let after = i32::try_from(precision).unwrap_or(i32::MAX).saturating_sub(1).saturating_sub(power);
            trimmed(&format!("{size:.*}", usize::try_from(after).unwrap_or(0)))
        }
        None => format!("{size}"),
    }
}

/// An exponent in Go's notation: with its sign, and at least two digits.
fn exponent(text: &str, mark: char) -> Option<String> {
    let (mantissa, power) = text.split_once('e')?;
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    Some(format!("{mantissa}{mark}{sign}{power:0>2}"))
}
