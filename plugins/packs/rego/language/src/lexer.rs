//! The lexer, in one pass. Comments are kept, since they contain annotations.

mod template;

use crate::limits;
use crate::place::Place;
use crate::problem::Fault;

/// The kind of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Name(String),
    Number(String),
    /// A string, unescaped.
    Text(String),
    Sign(&'static str),
    End,
}

/// A token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Whether it is the first on its line.
    pub(crate) fresh: bool,
    /// Whether it follows the previous token without a space.
    pub(crate) tight: bool,
}

/// A comment without its `#`.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) place: Place,
    pub(crate) text: String,
    /// Whether it is the first on its line.
    pub(crate) own_line: bool,
}

/// The tokens and comments of a text.
pub(crate) struct Words {
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
}

/// Longest first, so that the first match is the right one.
const SIGNS: [&str; 26] = [
    ":=", "==", "!=", "<=", ">=", "{", "}", "[", "]", "(", ")", ",", ";", ".", ":", "=", "<", ">", "+", "-",
    "*", "/", "%", "|", "&", "$",
];

struct Lexer<'a> {
    rest: &'a str,
    place: Place,
    fresh: bool,
    tight: bool,
    depth: usize,
    /// The nesting depth of the expressions of open template strings, and whether those are raw.
    templates: Vec<(usize, bool)>,
    words: Words,
}

/// Reads a text. The limits of its size, its tokens and its nesting are checked here, before anything recurses.
pub(crate) fn read(text: &str) -> Result<Words, Fault> {
    let start = Place { line: 1, column: 1 };
    if text.len() > limits::FILE_BYTES {
        return Err(Fault::new(
            Place::default(),
            format!("file of {} bytes, more than {}", text.len(), limits::FILE_BYTES),
            "split it, or move its constants to a data file",
        ));
    }
    let mut lexer = Lexer {
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
        place: start,
        fresh: true,
        tight: false,
        depth: 0,
        templates: Vec::new(),
        words: Words { tokens: Vec::new(), comments: Vec::new() },
    };
    while lexer.step()? {}
    Ok(lexer.words)
}

impl Lexer<'_> {
    fn bump(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for character in taken.chars() {
            if character == '\n' {
                self.place.line = self.place.line.saturating_add(1);
                self.place.column = 1;
            } else {
                self.place.column = self.place.column.saturating_add(1);
            }
        }
        self.rest = rest;
    }

    fn push(&mut self, kind: Kind, place: Place) -> Result<(), Fault> {
        if self.words.tokens.len() >= limits::TOKENS {
            return Err(Fault::new(place, "file of too many words", "split it"));
        }
        self.words.tokens.push(Token { kind, place, fresh: self.fresh, tight: self.tight });
        self.fresh = false;
        self.tight = true;
        Ok(())
    }

    fn step(&mut self) -> Result<bool, Fault> {
        let place = self.place;
        let Some(first) = self.rest.chars().next() else {
            self.push(Kind::End, place)?;
            return Ok(false);
        };
        match first {
            ' ' | '\t' | '\r' | '\n' => {
                self.fresh |= first == '\n';
                self.tight = false;
                self.bump(1);
            }
            '#' => {
                let line = self.rest.lines().next().unwrap_or_default();
                let text = line.strip_prefix('#').unwrap_or(line).to_owned();
                self.words.comments.push(Comment { place, text, own_line: self.fresh });
                self.tight = false;
                self.bump(line.len());
            }
            '"' => {
                let (bytes, value) = quoted(self.rest).map_err(|what| Fault::new(place, what, ""))?;
                self.take(bytes, Kind::Text(value), place)?;
            }
            '`' => {
                let body = self.rest.strip_prefix('`').unwrap_or_default();
                let end = body.find('`').ok_or_else(|| {
                    Fault::new(place, "raw string without an end", "close it with a backtick")
                })?;
                let value = body.get(..end).unwrap_or_default().to_owned();
                self.take(end.saturating_add(2), Kind::Text(value), place)?;
            }
            '0'..='9' => {
                let number = number(self.rest);
                if serde_json::from_str::<serde_json::Number>(number).is_err() {
                    return Err(Fault::new(place, format!("malformed number {}", brief(number)), ""));
                }
                self.take(number.len(), Kind::Number(number.to_owned()), place)?;
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = self
                    .rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(self.rest.len());
                let name = self.rest.get(..end).unwrap_or_default().to_owned();
                self.take(end, Kind::Name(name), place)?;
            }
            _ => self.sign(first, place)?,
        }
        Ok(true)
    }

    fn sign(&mut self, first: char, place: Place) -> Result<(), Fault> {
        let Some(sign) = SIGNS.into_iter().find(|sign| self.rest.starts_with(sign)) else {
            return Err(Fault::new(place, format!("unexpected character {first:?}"), ""));
        };
        match sign {
            "$" => return self.template(place),
            "}" if self.resumed(place)? => return Ok(()),
            "{" | "[" | "(" => {
                self.depth = self.depth.saturating_add(1);
                if self.depth > limits::DEPTH {
                    return Err(too_deep(place));
                }
            }
            "}" | "]" | ")" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.take(sign.len(), Kind::Sign(sign), place)
    }

    fn take(&mut self, bytes: usize, kind: Kind, place: Place) -> Result<(), Fault> {
        if bytes > limits::TOKEN_BYTES {
            return Err(Fault::new(place, format!("word of {bytes} bytes"), "move it to a data file"));
        }
        self.push(kind, place)?;
        self.bump(bytes);
        Ok(())
    }
}

fn too_deep(place: Place) -> Fault {
    let what = format!("brackets nested more than {} deep", limits::DEPTH);
    Fault::new(place, what, "move the literal to a data file")
}

/// The first characters of a text that may be long.
pub(crate) fn brief(text: &str) -> String {
    let mut start: String = text.chars().take(40).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// The characters that may belong to a number.
fn number(text: &str) -> &str {
    let mut before = ' ';
    let end = text.find(|c: char| {
        let goes_on = c.is_ascii_digit()
            || c == '.'
            || c == 'e'
            || c == 'E'
            || (matches!(c, '+' | '-') && matches!(before, 'e' | 'E'));
        before = c;
        !goes_on
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// A quoted string: its length in bytes, and its value.
fn quoted(text: &str) -> Result<(usize, String), &'static str> {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let bytes = at.saturating_add(1);
                let literal = text.get(..bytes).unwrap_or_default();
                return match serde_json::from_str(&paired(literal)) {
                    Ok(value) => Ok((bytes, value)),
                    Err(_) => Err("string with a malformed escape"),
                };
            }
            '\n' => break,
            _ => {}
        }
    }
    Err("string without an end on its line")
}

/// A quoted string in which unpaired surrogates are replaced by U+FFFD, as in OPA.
fn paired(literal: &str) -> std::borrow::Cow<'_, str> {
    if !literal.contains("\\ud") && !literal.contains("\\uD") {
        return literal.into();
    }
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u").and_then(|it| it.get(..4));
        digits.and_then(|it| u16::from_str_radix(it, 16).ok())
    };
    let (mut out, mut rest) = (String::new(), literal);
    while let Some(character) = rest.chars().next() {
        let second = rest.get(6..).and_then(unit);
        let taken: usize = match unit(rest) {
            Some(0xD800..=0xDBFF) if second.is_some_and(|it| (0xDC00..=0xDFFF).contains(&it)) => 12,
            Some(0xD800..=0xDFFF) => {
                out.push_str("\\ufffd");
                rest = rest.get(6..).unwrap_or_default();
                continue;
            }
            _ if character == '\\' => rest.chars().take(2).map(char::len_utf8).sum(),
            _ => character.len_utf8(),
        };
        let (part, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        out.push_str(part);
        rest = after;
    }
    out.into()
}
