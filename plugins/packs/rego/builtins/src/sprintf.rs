//! `sprintf`, as in Go's `fmt`: a verb that does not fit its argument is reported in the text (`%!d(string=x)`) and is
//! not an error, so that a result is never lost because of its message.

mod layout;
mod verb;

use regorus::Value;

use crate::call::{Arguments, Function, Outcome, Refusal, too_much};
use crate::limits;
use layout::Layout;

pub(crate) const FUNCTIONS: &[Function] = &[Function::new("sprintf", 2, sprintf)];

/// An argument as OPA passes it to Go: everything except numbers is text.
#[derive(Debug)]
enum Argument {
    /// A whole number: whether it is negative, and its value without the sign.
    Whole {
        negative: bool,
        value: Value,
    },
    Float(f64),
    Text(String),
}

fn sprintf(call: &Arguments<'_>) -> Outcome {
    let format = call.text(0)?;
    let arguments: Vec<Argument> = call.array(1)?.iter().map(argument).collect::<Result<_, _>>()?;
    let mut out = String::new();
    let mut state = State { arguments: &arguments, next: 0, reordered: false };
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = state.directive(rest.get(at + 1..).unwrap_or_default(), &mut out);
        if out.len() > limits::BYTES {
            return Err(too_much(format_args!("a text of more than {} bytes", limits::BYTES)));
        }
    }
    out.push_str(rest);
    if !state.reordered && state.next < arguments.len() {
        let extra: Vec<String> =
            arguments.iter().skip(state.next).map(|it| format!("{}={}", it.kind(), it.plain())).collect();
        put!(out, "%!(EXTRA {})", extra.join(", "));
    }
    Ok(Value::from(out))
}

fn argument(value: &Value) -> Result<Argument, Refusal> {
    Ok(match value {
        Value::Undefined => return Err(Refusal::Undefined),
        Value::String(text) => Argument::Text(text.to_string()),
        Value::Number(number) if number.is_integer() => {
            let size = number.abs();
            Argument::Whole { negative: !number.is_positive() && *number != size, value: Value::from(size) }
        }
        Value::Number(number) => Argument::Float(number.as_f64().ok_or(Refusal::Undefined)?),
        other => Argument::Text(term(other)),
    })
}

/// A value in OPA's notation.
fn term(value: &Value) -> String {
    let all = |items: Vec<String>| items.join(", ");
    match value {
        Value::Undefined => String::new(),
        Value::Null => "null".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Number(it) => it.format_decimal(),
        Value::String(it) => verb::quoted(it, false),
        Value::Array(items) => format!("[{}]", all(items.iter().map(term).collect())),
        Value::Set(members) if members.is_empty() => "set()".to_owned(),
        Value::Set(members) => format!(
            "{{{}}}",
            all(crate::order::members(members.iter_sorted()).into_iter().map(term).collect())
        ),
        Value::Object(entries) => {
            let entries = entries.iter_sorted().map(|(key, it)| format!("{}: {}", term(key), term(it)));
            format!("{{{}}}", all(entries.collect()))
        }
    }
}

impl Argument {
    /// The name of its type in Go.
    fn kind(&self) -> &'static str {
        match self {
            Self::Whole { negative, value } => {
                let fits = value.as_u64().is_ok_and(|it| it <= i64::MAX as u64 + u64::from(*negative));
                if fits { "int" } else { "*big.Int" }
            }
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
        }
    }

    /// The text for `%v`.
    fn plain(&self) -> String {
        verb::written(self, 'v', &Layout::default()).unwrap_or_default()
    }
}

struct State<'a> {
    arguments: &'a [Argument],
    next: usize,
    /// Whether an argument was selected by its position.
    reordered: bool,
}

impl<'a> State<'a> {
    /// Formats one directive after a `%`, and returns the rest of the text.
    fn directive<'t>(&mut self, text: &'t str, out: &mut String) -> &'t str {
        let mut layout = Layout::default();
        let mut rest = layout.flags(text);
        let mut known = self.place(&mut rest);
        if let Some(after) = rest.strip_prefix('*') {
            rest = after;
            match self.number() {
                Some(width) => layout.set_width(width),
                None => out.push_str("%!(BADWIDTH)"),
            }
            known &= self.place(&mut rest);
        } else {
            match layout::number(&mut rest) {
                Ok(Some(width)) => layout.width = Some(width),
                Ok(None) => {}
                Err(()) => rest = "",
            }
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            known &= self.place(&mut rest);
            if let Some(after) = rest.strip_prefix('*') {
                rest = after;
                match self.number().and_then(|it| usize::try_from(it).ok()) {
                    Some(precision) => layout.precision = Some(precision),
                    None => out.push_str("%!(BADPREC)"),
                }
            } else {
                match layout::number(&mut rest) {
                    Ok(precision) => layout.precision = Some(precision.unwrap_or(0)),
                    Err(()) => rest = "",
                }
            }
        }
        known &= self.place(&mut rest);
        let Some(verb) = rest.chars().next() else {
            out.push_str("%!(NOVERB)");
            return "";
        };
        if verb == '%' {
            out.push('%');
        } else if !known {
            put!(out, "%!{verb}(BADINDEX)");
        } else if let Some(argument) = self.take() {
            let text = verb::written(argument, verb, &layout);
            out.push_str(
                &text.unwrap_or_else(|| format!("%!{verb}({}={})", argument.kind(), argument.plain())),
            );
        } else {
            put!(out, "%!{verb}(MISSING)");
        }
        rest.get(verb.len_utf8()..).unwrap_or_default()
    }

    fn take(&mut self) -> Option<&'a Argument> {
        let argument = self.arguments.get(self.next)?;
        self.next += 1;
        Some(argument)
    }

    /// The next argument, as the number of a `*`.
    fn number(&mut self) -> Option<i64> {
        match self.take()? {
            Argument::Whole { negative, value } => {
                let size = value.as_i64().ok()?;
                let fits = usize::try_from(size).is_ok_and(|it| it <= limits::WIDTH);
                fits.then_some(if *negative { -size } else { size })
            }
            _ => None,
        }
    }

    /// Selects an argument by its position, `[2]`, if there is one. Returns `false` if the position is invalid.
    fn place(&mut self, rest: &mut &str) -> bool {
        let Some(after) = rest.strip_prefix('[') else { return true };
        self.reordered = true;
        let Some((inside, after)) = after.split_once(']') else { return false };
        *rest = after;
        match inside.parse::<usize>() {
            Ok(place) if place >= 1 && place <= self.arguments.len() => {
                self.next = place - 1;
                true
            }
            _ => false,
        }
    }
}
