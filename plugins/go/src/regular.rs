//! Go's regular expressions (<https://pkg.go.dev/regexp/syntax>), written as those of the crate `regex`.
//!
//! The two are of one family and differ in signs: `\d`, `\s`, `\w` and `\b` are of ASCII in Go, a brace that repeats
//! nothing is a brace, a class has neither operators nor classes inside it, `\12` is an octal number, `a**` is refused.

mod class;
mod escape;

use std::fmt::Write as _;

/// Why Go does not compile an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A `)` without `(`, or the other way round.
    #[error("parentheses do not match")]
    Parenthesis,
    /// A class that does not end.
    #[error("`]` is missing")]
    Bracket,
    /// A range of a class whose end comes before its start, or a named class that Go does not know.
    #[error("invalid range or name in a character class")]
    Range,
    /// A backslash before something that it does not go with.
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
    /// `(?` with something that Go does not know.
    #[error("invalid group after `(?`")]
    Group,
}

/// How often something may be repeated (`regexp/syntax`, `maxRepeat` by `repeatIsValid`).
const MAX_REPEATS: u32 = 1000;

/// What the next repetition would repeat.
#[derive(Default)]
enum Last {
    /// Nothing: an alternative begins.
    #[default]
    Nothing,
    /// Something, with the repetitions inside of it.
    Item(Vec<Repeats>),
    /// Something that is repeated already.
    Repeated(Vec<Repeats>),
}

/// A repetition and those inside of it.
struct Repeats {
    times: u32,
    inside: Vec<Repeats>,
}

/// Whether no product of repetitions in each other is more than `most`.
fn few(all: &[Repeats], most: u32) -> bool {
    all.iter().all(|it| it.times <= most && few(&it.inside, most.checked_div(it.times).unwrap_or(most)))
}

/// A group that is open, or the whole expression.
#[derive(Default)]
struct Group {
    /// The repetitions in all that is complete in it.
    inside: Vec<Repeats>,
    last: Last,
}

impl Group {
    /// Something follows that can be repeated.
    fn item(&mut self, inside: Vec<Repeats>) {
        self.settle();
        self.last = Last::Item(inside);
    }

    fn settle(&mut self) {
        if let Last::Item(inside) | Last::Repeated(inside) = std::mem::take(&mut self.last) {
            self.inside.extend(inside);
        }
    }

    /// What came last is repeated, so many times at most where that is bounded.
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
            // Go looks no further into what is not there.
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

/// Go's expression as the crate `regex` reads it.
///
/// The crate may still refuse it, where it has a limit or lacks a name of a script: then it is not known whether Go
/// would compile it.
///
/// # Errors
///
/// Go does not compile it.
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
                // `\Q\E` is nothing at all.
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

/// `2}`, `2,}` or `2,3}`: the least, the most, and what follows. Anything else is no repetition.
fn bounds(after: &str) -> Option<(u32, Option<u32>, &str)> {
    let (inside, next) = after.split_once('}')?;
    let (least, most) = inside.split_once(',').map_or((inside, None), |(least, most)| (least, Some(most)));
    let number = |text: &str| {
        let plain = text.bytes().all(|it| it.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'));
        // More digits than any number that is allowed are more than is allowed.
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
    /// A group that a `)` ends.
    Opens,
    /// Flags for what follows.
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
        // Writing to a text cannot fail.
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
    // Go allows a flag twice, and none before the colon.
    let once = |text: &str| "imsU".chars().filter(|it| text.contains(*it)).collect::<String>();
    let on = once(on);
    let off = off.map_or(String::new(), |it| format!("-{}", once(it)));
    match (opens, on.is_empty() && off.is_empty()) {
        (true, _) => {
            let _ = write!(out, "(?{on}{off}:");
            Ok((Special::Opens, next))
        }
        // `(?)` changes nothing.
        (false, true) => Ok((Special::Flags, next)),
        (false, false) => {
            let _ = write!(out, "(?{on}{off})");
            Ok((Special::Flags, next))
        }
    }
}
