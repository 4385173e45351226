//! What Terraform accepts and hcl-edit refuses. A text that hcl-edit refuses is tried again with blanks in
//! place of what it stumbled over: of the same length, so that every span stays true.

use std::borrow::Cow;

use hcl_edit::parser::{Error, parse_template};
use hcl_edit::template::Template;

use super::SyntaxError;
use super::native::worded;
use super::scan::{Event, Start, walk};

/// Bytes that may be parsed again and again for keys that come twice.
const MOST_AGAIN: usize = 32 << 20;

/// Reads a body.
pub(super) fn read_body(text: &str) -> Result<hcl_edit::structure::Body, SyntaxError> {
    read(text, Start::Body, hcl_edit::parser::parse_body)
}

/// Reads an expression, in which no end of a line means anything.
pub(super) fn read_expression(text: &str) -> Result<hcl_edit::expr::Expression, SyntaxError> {
    read(text, Start::Expression, hcl_edit::parser::parse_expr)
}

/// Reads a text with interpolations.
pub(super) fn read_template(text: &str) -> Result<Template, SyntaxError> {
    read(text, Start::Template, parse_template)
}

fn read<T>(text: &str, start: Start, parse: fn(&str) -> Result<T, Error>) -> Result<T, SyntaxError> {
    let without = with_plain_heredocs(text, start);
    let text = &*without;
    if let Ok(parsed) = parse(text) {
        return Ok(parsed);
    }
    let mut again = Blanked::of(text, start);
    let mut bytes = 0;
    loop {
        let blanked = again.text();
        // Where a comment was the last thing; nothing but an expression minds blanks there.
        let rest = if start == Start::Expression { blanked.trim_end() } else { &blanked };
        let error = match parse(rest) {
            Ok(parsed) => return Ok(parsed),
            Err(error) => error,
        };
        drop(blanked);
        bytes += text.len();
        let twice = error.message().contains("redefined object key");
        if !twice || bytes > MOST_AGAIN || !again.forget(error.location().offset(), start) {
            return Err(worded(&error, text, start));
        }
    }
}

/// hcl-edit reads on where the first line of a heredoc is its end, so such a one becomes an empty text in quotes. It
/// reads on, too, where the end has white space around it other than blanks before it, so those go before it.
fn with_plain_heredocs(text: &str, start: Start) -> Cow<'_, str> {
    if !text.contains("<<") {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::new();
    walk(text, start, &mut |event| {
        let (Event::Empty { start, end } | Event::End { start, end, .. }) = event else { return };
        if bytes.is_empty() {
            bytes = text.as_bytes().to_vec();
        }
        blank(&mut bytes, start, end);
        if let Event::End { word, .. } = event {
            let word = text.as_bytes().get(word.0..word.1).unwrap_or_default();
            let last = end.saturating_sub(word.len());
            for (to, from) in bytes.get_mut(last..end).unwrap_or_default().iter_mut().zip(word) {
                *to = *from;
            }
        } else {
            bytes.get_mut(start..start + 2).unwrap_or_default().fill(b'"');
        }
    });
    if bytes.is_empty() {
        return Cow::Borrowed(text);
    }
    // Whole characters became blanks, so nothing is lost here.
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text with blanks in it.
struct Blanked {
    bytes: Vec<u8>,
}

impl Blanked {
    /// Without comments, and with the ends of lines only where they mean something.
    fn of(text: &str, start: Start) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        walk(text, start, &mut |event| match event {
            Event::Comment { start, end } | Event::Newline { start, end, free: true } => {
                blank(&mut bytes, start, end);
            }
            Event::Newline { start, end, free: false } if text.get(start..end) == Some("\r") => {
                // Several before a newline are one line's end; one alone is an end too.
                let ends = text.get(end..).unwrap_or_default().trim_start_matches('\r').starts_with('\n');
                if let Some(byte) = bytes.get_mut(start) {
                    *byte = if ends { b' ' } else { b'\n' };
                }
            }
            // The text itself is taken from the original.
            Event::Marker(at) => {
                if let Some(byte) = bytes.get_mut(at).filter(|byte| byte.is_ascii()) {
                    *byte = b'.';
                }
            }
            _ => {}
        });
        Blanked { bytes }
    }

    fn text(&self) -> Cow<'_, str> {
        // Only whole characters were replaced, each byte by a blank: nothing is lost here.
        String::from_utf8_lossy(&self.bytes)
    }

    /// Of two items of an object with the same key the last one counts, so the one before goes. The second one's
    /// key is given. Says whether there was one.
    fn forget(&mut self, key: usize, start: Start) -> bool {
        let Some((from, to)) = earlier(&self.text(), key, start) else { return false };
        blank(&mut self.bytes, from, to);
        true
    }
}

fn blank(bytes: &mut [u8], from: usize, to: usize) {
    bytes.get_mut(from..to).unwrap_or_default().fill(b' ');
}

/// Finds the item before this one, in the same object, with the same key.
fn earlier(text: &str, key: usize, start: Start) -> Option<(usize, usize)> {
    // For each bracket that is open, where its items end.
    let mut open: Vec<Vec<usize>> = vec![Vec::new()];
    walk(text, start, &mut |event| match event {
        Event::Open(at) if at < key => open.push(vec![at]),
        Event::Close(at) if at < key => drop(open.pop()),
        Event::Comma(at) | Event::Newline { start: at, .. } if at < key => {
            if let Some(ends) = open.last_mut() {
                ends.push(at);
            }
        }
        _ => {}
    });
    let ends = open.last()?;
    let own = key_of(text.get(key..)?)?;
    ends.windows(2).find_map(|pair| {
        let [before, end] = pair else { return None };
        let returned = text.as_bytes().get(*before) == Some(&b'\r');
        let from = before + 1 + usize::from(returned);
        let item = text.get(from..*end)?;
        let comma = text.as_bytes().get(*end) == Some(&b',');
        (key_of(item.trim_start()) == Some(own)).then_some((from, end + usize::from(comma)))
    })
}

/// The key an item begins with, as it is written.
fn key_of(item: &str) -> Option<&str> {
    let end = if item.starts_with('"') {
        let mut escaped = false;
        let closing = |it: char| {
            let closes = it == '"' && !escaped;
            escaped = it == '\\' && !escaped;
            closes
        };
        item.get(1..)?.find(closing)? + 2
    } else {
        item.find(['=', ':', '\n'])?
    };
    let (key, after) = item.split_at_checked(end)?;
    after.trim_start().starts_with(['=', ':']).then_some(key.trim_end())
}
