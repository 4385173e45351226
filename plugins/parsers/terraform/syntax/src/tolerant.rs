//! Texts that Terraform accepts and hcl-edit refuses. Such a text is parsed again with spaces in place of what hcl-edit
//! refuses. The length is the same, so all spans remain valid.

use std::borrow::Cow;

use hcl_edit::parser::{Error, parse_template};
use hcl_edit::template::Template;

use super::SyntaxError;
use super::error::worded;
use super::scan::{Event, Start, walk};

/// The maximum number of bytes that are parsed again because of duplicate keys.
const MOST_AGAIN: usize = 32 << 20;

/// Reads a body.
pub(super) fn read_body(text: &str) -> Result<hcl_edit::structure::Body, SyntaxError> {
    read(text, Start::Body, hcl_edit::parser::parse_body)
}

/// Reads an expression, in which line ends have no meaning.
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
        // Removes the spaces of a comment at the end, which only an expression does not allow.
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

/// hcl-edit does not recognize the end of a heredoc without lines, which becomes an empty quoted text, or an end with
/// white space other than spaces and tabs before it, whose white space becomes spaces before the marker.
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
    // Only whole characters were replaced by spaces, so nothing is lost.
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text in which parts are replaced by spaces.
struct Blanked {
    bytes: Vec<u8>,
}

impl Blanked {
    /// Replaces comments, and line ends without a meaning.
    fn of(text: &str, start: Start) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        walk(text, start, &mut |event| match event {
            Event::Comment { start, end } | Event::Newline { start, end, free: true } => {
                blank(&mut bytes, start, end);
            }
            Event::Newline { start, end, free: false } if text.get(start..end) == Some("\r") => {
                // Several before a newline are one line end; a single one is a line end too.
                let ends = text.get(end..).unwrap_or_default().trim_start_matches('\r').starts_with('\n');
                if let Some(byte) = bytes.get_mut(start) {
                    *byte = if ends { b' ' } else { b'\n' };
                }
            }
            // The content of the heredoc is read from the original text.
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
        // Only whole characters were replaced, each byte by a space, so nothing is lost.
        String::from_utf8_lossy(&self.bytes)
    }

    /// Removes the earlier one of two items of an object with the same key, since the last one counts. `key` is the
    /// later key. Returns whether there was an earlier one.
    fn forget(&mut self, key: usize, start: Start) -> bool {
        let Some((from, to)) = earlier(&self.text(), key, start) else { return false };
        blank(&mut self.bytes, from, to);
        true
    }
}

fn blank(bytes: &mut [u8], from: usize, to: usize) {
    bytes.get_mut(from..to).unwrap_or_default().fill(b' ');
}

/// Finds an earlier item in the same object with the same key.
fn earlier(text: &str, key: usize, start: Start) -> Option<(usize, usize)> {
    // For each open bracket, the ends of its items.
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

/// The key of an item, as written.
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
