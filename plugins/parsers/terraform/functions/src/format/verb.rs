//! The parts of a format: literal text and verbs.

use palisade_terraform_values::{Data, Number, Type, Value, convert, to_json};
use unicode_segmentation::UnicodeSegmentation;

use super::numbers;
use crate::arguments::Outcome;
use crate::{FunctionError, limits};

/// A part of a format.
pub(super) enum Piece {
    /// Literal text.
    Literal(String),
    /// `%…`.
    Verb(Verb),
}

/// How to format one argument.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "these are the flags of the notation")]
pub(super) struct Verb {
    /// The verb as written in the format, for messages.
    pub(super) raw: String,
    pub(super) mode: char,
    /// Index of the argument, from 1, if the verb has one.
    pub(super) index: Option<usize>,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// The maximum width and precision of a verb.
const MAX_WIDTH: usize = 4_096;

/// Splits a format into its parts.
pub(super) fn pieces(format: &str) -> Outcome<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some((literal, after)) = rest.split_once('%') {
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        if let Some(after) = after.strip_prefix('%') {
            pieces.push(Piece::Literal("%".to_owned()));
            rest = after;
            continue;
        }
        let (verb, after) = verb(after)?;
        pieces.push(Piece::Verb(verb));
        rest = after;
        limits::items(Some(pieces.len()))?;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    Ok(pieces)
}

fn verb(text: &str) -> Outcome<(Verb, &str)> {
    let mut verb = Verb::default();
    let mut rest = text;
    loop {
        match rest.bytes().next() {
            Some(b'+') => verb.plus = true,
            Some(b'-') => verb.minus = true,
            Some(b' ') => verb.space = true,
            Some(b'0') => verb.zero = true,
            Some(b'#') => verb.sharp = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    (verb.width, rest) = count(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        (verb.precision, rest) = count(after)?;
        if verb.precision.is_none() {
            return Err(FunctionError::failed("a number must follow the point of a verb, as in `%.2f`"));
        }
    }
    if let Some((index, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
        let index = index.parse::<usize>().ok().filter(|it| (1..=MAX_WIDTH).contains(it));
        verb.index =
            Some(index.ok_or_else(|| FunctionError::failed("`[…]` in a verb takes a number from 1"))?);
        rest = after;
    }
    let Some(mode) = rest.chars().next() else {
        return Err(FunctionError::failed("the format ends inside of a verb; `%%` stands for `%` itself"));
    };
    rest = rest.get(mode.len_utf8()..).unwrap_or_default();
    verb.raw = format!("%{}", text.strip_suffix(rest).unwrap_or(text));
    verb.mode = mode;
    if !"vtbdoxXeEfgGsq".contains(mode) {
        let problem = format!("unknown verb `{}`; `%%` stands for `%` itself", verb.raw);
        return Err(FunctionError::failed(problem));
    }
    Ok((verb, rest))
}

fn count(text: &str) -> Outcome<(Option<usize>, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
    if number.is_empty() {
        return Ok((None, rest));
    }
    let number = number.parse::<usize>().ok().filter(|it| *it <= MAX_WIDTH);
    match number {
        Some(number) => Ok((Some(number), rest)),
        None => Err(FunctionError::failed(format!("a verb is at most {MAX_WIDTH} wide"))),
    }
}

impl Verb {
    /// A known value, formatted by this verb.
    pub(super) fn text(&self, value: &Value) -> Outcome<String> {
        if value.is_null() && self.mode != 'v' {
            return Err(self.problem("null cannot be formatted; `%v` writes it as `null`"));
        }
        match self.mode {
            'v' => self.plain(value),
            't' => match self.convert(value, &Type::Bool)?.data {
                Data::Bool(it) => Ok(it.to_string()),
                _ => Err(self.problem("a boolean is required")),
            },
            's' | 'q' => {
                let value = self.convert(value, &Type::String)?;
                let whole = value.as_str().unwrap_or_default();
                let taken = match self.precision.filter(|it| *it > 0) {
                    Some(precision) => whole.graphemes(true).take(precision).collect(),
                    None => whole.to_owned(),
                };
                if self.mode == 's' {
                    return self.pad(taken);
                }
                self.pad(to_json(&Value::from(taken)).map_err(|error| self.problem(&error.to_string()))?)
            }
            _ => match self.convert(value, &Type::Number)?.data {
                Data::Number(number) => self.number(&number),
                _ => Err(self.problem("a number is required")),
            },
        }
    }

    fn plain(&self, value: &Value) -> Outcome<String> {
        match &value.data {
            Data::String(text) if !self.sharp => self.pad(text.as_str().to_owned()),
            Data::Number(number) if !self.sharp => self.pad(numbers::general(number, None)),
            _ => self.pad(to_json(value).map_err(|error| self.problem(&error.to_string()))?),
        }
    }

    fn number(&self, number: &Number) -> Outcome<String> {
        let radix = match self.mode {
            'b' => Some(2),
            'd' => Some(10),
            'o' => Some(8),
            'x' | 'X' => Some(16),
            _ => None,
        };
        let mut text = match (radix, self.mode) {
            (Some(radix), _) => {
                let whole = number.as_big().ok_or_else(|| self.problem("a whole number is required"))?;
                let digits = whole.magnitude().to_str_radix(radix);
                let zeros = self.precision.unwrap_or(0).saturating_sub(digits.len());
                let prefix = match (self.sharp, self.mode) {
                    (true, 'b') => "0b",
                    (true, 'o') => "0",
                    (true, 'x' | 'X') => "0x",
                    _ => "",
                };
                let sign = if *number < Number::from(0) { "-" } else { "" };
                format!("{sign}{prefix}{}{digits}", "0".repeat(zeros))
            }
            (None, 'f') => numbers::fixed(number, self.precision.unwrap_or(6)),
            (None, 'e' | 'E') => numbers::scientific(number, Some(self.precision.unwrap_or(6))),
            (None, _) => numbers::general(number, self.precision),
        };
        if matches!(self.mode, 'X' | 'E' | 'G') {
            text = text.to_uppercase();
        }
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None if self.plus => ("+", text.as_str()),
            None if self.space => (" ", text.as_str()),
            None => ("", text.as_str()),
        };
        if self.zero && !self.minus {
            let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
            limits::text(Some(missing))?;
            return Ok(format!("{sign}{}{digits}", "0".repeat(missing)));
        }
        let whole = format!("{sign}{digits}");
        Verb { zero: false, ..self.clone() }.pad(whole)
    }

    fn pad(&self, text: String) -> Outcome<String> {
        let Some(width) = self.width else { return Ok(text) };
        let missing = width.saturating_sub(text.graphemes(true).count());
        limits::text(missing.checked_add(text.len()))?;
        let padding = if self.zero { "0" } else { " " }.repeat(missing);
        Ok(if self.minus { text + &padding } else { padding + &text })
    }

    fn convert(&self, value: &Value, ty: &Type) -> Outcome {
        convert(value.clone(), ty).map_err(|error| self.problem(&error.to_string()))
    }

    fn problem(&self, problem: &str) -> FunctionError {
        FunctionError::failed(format!("`{}`: {problem}", self.raw))
    }
}
