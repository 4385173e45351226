//! Translates Go's regular expressions (<https://pkg.go.dev/regexp/syntax>) to those of the crate `regex`.
//!
//! The syntaxes are related and differ in details: in Go `\d`, `\s`, `\w` and `\b` are ASCII only, a brace that is not
//! a repetition is a literal, a class has neither operators nor nested classes, `\12` is an octal number, and `a**` is
//! an error.

mod class;
mod escape;

use std::fmt::Write as _;

/// Why Go does not compile an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// An unmatched `)` or `(`.
    #[error("parentheses do not match")]
    Parenthesis,
    /// A class without its end.
    #[error("`]` is missing")]
    Bracket,
    /// A range of a class whose end is before its start, or a named class that Go does not have.
    #[error("invalid range or name in a character class")]
    Range,
    /// An escape that Go does not have.
    #[error("invalid escape after `\\`")]
    Escape,
    /// `*`, `+`, `?` or `{n}` after nothing.
    #[error("nothing to repeat")]
    Nothing,
    /// Two repetitions in a row.
    #[error("a repetition after a repetition")]
    Stacked,
    /// A repetition of more than 1,000 times, also by the product of those around it.
    #[error("a repetition of more than {MAX_REPEATS} times")]
    Often,
    /// `(?` followed by something that Go does not have.
    #[error("invalid group after `(?`")]
    Group,
}

/// The maximum of a repetition (`regexp/syntax`, `maxRepeat` by `repeatIsValid`).
const MAX_REPEATS: u32 = 1000;

/// What a following repetition applies to.
#[derive(Default)]
enum Last {
    /// Nothing: at the beginning of an alternative.
    #[default]
    Nothing,
    /// An item, with the repetitions inside it.
    Item(Vec<Repeats>),
    /// An item that is repeated already.
    Repeated(Vec<Repeats>),
}

/// A repetition and those inside it.
struct Repeats {
    times: u32,
    inside: Vec<Repeats>,
}

/// Whether no product of nested repetitions is more than `most`.
fn few(all: &[Repeats], most: u32) -> bool {
    all.iter().all(|it| it.times <= most && few(&it.inside, most.checked_div(it.times).unwrap_or(most)))
}

/// An open group, or the whole expression.
#[derive(Default)]
struct Group {
    /// The repetitions in its complete items.
    inside: Vec<Repeats>,
    last: Last,
}

impl Group {
    /// Records an item that can be repeated.
    fn item(&mut self, inside: Vec<Repeats>) {
        self.settle();
        self.last = Last::Item(inside);
    }

    fn settle(&mut self) {
        if let Last::Item(inside) | Last::Repeated(inside) = std::mem::take(&mut self.last) {
            self.inside.extend(inside);
        }
    }

    /// Repeats the last item, with its maximum if there is one.
    fn repeat(&mut self, times: Option<u32>) -> Result<(), Invalid> {
        let inside = match std::mem::take(&mut self.last) {
            Last::Nothing => return Err(Invalid::Nothing),
            Last::Repeated(_) => return Err(Invalid::Stacked),
            Last::Item(inside) => inside,
        };
        let Some(times) = times else {
            self.last = Last::Repeated(inside);
            return Ok(());
        };
        if times == 0 {
            // Go does not check repetitions in an item that is repeated zero times.
            self.last = Last::Repeated(Vec::new());
            return Ok(());
        }
        let repeated = vec![Repeats { times, inside }];
        if times >= 2 && !few(&repeated, MAX_REPEATS) {
            return Err(Invalid::Often);
        }
        self.last = Last::Repeated(repeated);
        Ok(())
    }
}

/// Translates an expression of Go to one of the crate `regex`.
///
/// The crate may still refuse the result, because of a limit or because it does not know a script name: then it is
/// unknown whether Go would compile it.
///
/// # Errors
///
/// If Go does not compile the expression.
pub fn translate(pattern: &str) -> Result<String, Invalid> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut around: Vec<Group> = Vec::new();
    let mut group = Group::default();
    let mut rest = pattern;
    while let Some(sign) = rest.chars().next() {
        let after = rest.get(sign.len_utf8()..).unwrap_or_default();
        rest = match sign {
            '(' => {
                if let Some(special) = after.strip_prefix('?') {
                    let (kind, next) = special_group(special, &mut out)?;
                    if kind == Special::Opens {
                        around.push(std::mem::take(&mut group));
                    }
                    next
                } else {
                    out.push('(');
                    around.push(std::mem::take(&mut group));
                    after
                }
            }
            ')' => {
                out.push(')');
                group.settle();
                let inside = group.inside;
                group = around.pop().ok_or(Invalid::Parenthesis)?;
                group.item(inside);
                after
            }
            '|' => {
                out.push('|');
                group.settle();
                after
            }
            '*' | '+' | '?' => {
                group.repeat(None)?;
                out.push(sign);
                lazy(after, &mut out)
            }
            '{' => {
                if let Some((least, most, next)) = bounds(after) {
                    let often = |it: u32| it > MAX_REPEATS;
                    if often(least) || most.is_some_and(|it| often(it) || it < least) {
                        return Err(Invalid::Often);
                    }
                    group.repeat(Some(most.unwrap_or(least)))?;
                    out.push_str(rest.get(..rest.len() - next.len()).unwrap_or_default());
                    lazy(next, &mut out)
                } else {
                    group.item(Vec::new());
                    out.push_str("\\{");
                    after
                }
            }
            '[' => {
                group.item(Vec::new());
                class::class(after, &mut out)?
            }
            '\\' => {
                let before = out.len();
                let next = escape::outside(after, &mut out)?;
                // `\Q\E` is empty.
                if out.len() > before {
                    group.item(Vec::new());
                }
                next
            }
            ']' | '}' => {
                group.item(Vec::new());
                out.push('\\');
                out.push(sign);
                after
            }
            other => {
                group.item(Vec::new());
                out.push(other);
                after
            }
        };
    }
    if around.is_empty() { Ok(out) } else { Err(Invalid::Parenthesis) }
}

/// A `?` after a repetition makes it lazy.
fn lazy<'a>(after: &'a str, out: &mut String) -> &'a str {
    let Some(rest) = after.strip_prefix('?') else { return after };
    out.push('?');
    rest
}

/// `2}`, `2,}` or `2,3}`: the minimum, the maximum, and the rest of the text. Anything else is not a repetition.
fn bounds(after: &str) -> Option<(u32, Option<u32>, &str)> {
    let (inside, next) = after.split_once('}')?;
    let (least, most) = inside.split_once(',').map_or((inside, None), |(least, most)| (least, Some(most)));
    let number = |text: &str| {
        let plain = text.bytes().all(|it| it.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'));
        // A number with too many digits is above every limit.
        (plain && !text.is_empty()).then(|| text.parse().unwrap_or(u32::MAX))
    };
    let least = number(least)?;
    match most {
        None => Some((least, Some(least), next)),
        Some("") => Some((least, None, next)),
        Some(most) => Some((least, Some(number(most)?), next)),
    }
}

#[derive(PartialEq, Eq)]
enum Special {
    /// A group that ends with `)`.
    Opens,
    /// Flags for the rest of the group.
    Flags,
}

/// What `(?` begins: a named group, or flags.
fn special_group<'a>(special: &'a str, out: &mut String) -> Result<(Special, &'a str), Invalid> {
    if let Some(named) = special.strip_prefix("P<").or_else(|| special.strip_prefix('<')) {
        let (name, next) = named.split_once('>').ok_or(Invalid::Group)?;
        let word = |it: char| it == '_' || it.is_ascii_alphanumeric();
        if name.is_empty() || !name.chars().all(word) {
            return Err(Invalid::Group);
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "(?P<{name}>");
        return Ok((Special::Opens, next));
    }
    let end = special.find([':', ')']).ok_or(Invalid::Group)?;
    let flags = special.get(..end).unwrap_or_default();
    let (on, off) = flags.split_once('-').map_or((flags, None), |(on, off)| (on, Some(off)));
    let known = |text: &str| text.chars().all(|it| matches!(it, 'i' | 'm' | 's' | 'U'));
    if !known(on) || off.is_some_and(|it| it.is_empty() || !known(it)) {
        return Err(Invalid::Group);
    }
    let next = special.get(end + 1..).unwrap_or_default();
    let opens = special.get(end..).is_some_and(|it| it.starts_with(':'));
    // Go allows a repeated flag, and a colon without flags.
    let once = |text: &str| "imsU".chars().filter(|it| text.contains(*it)).collect::<String>();
    let on = once(on);
    let off = off.map_or(String::new(), |it| format!("-{}", once(it)));
    match (opens, on.is_empty() && off.is_empty()) {
        (true, _) => {
            let _ = write!(out, "(?{on}{off}:");
            Ok((Special::Opens, next))
        }
        // `(?)` has no effect.
        (false, true) => Ok((Special::Flags, next)),
        (false, false) => {
            let _ = write!(out, "(?{on}{off})");
            Ok((Special::Flags, next))
        }
    }
}
