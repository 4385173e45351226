//! Reads YAML: receives events from the scanner and corrects their places.

use std::borrow::Cow;

use palisade_sdk::Kind;
use palisade_text::to_offset;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use crate::build::{Fault, Tree};
use crate::characters::Characters;
use crate::messages::explain;
use crate::quoted;
use crate::scalar::{self, Value};
use crate::tags::{self, Properties};
use crate::tolerant::Softened;

/// A reader of a range of a file.
pub struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    characters: Characters<'a>,
    /// The byte of the file at which the range begins.
    base: usize,
    softened: Option<&'a Softened>,
    /// Number of anchors so far, and of those before this document.
    anchors: usize,
    before: usize,
    /// The start of each open collection, and whether it has brackets.
    open: Vec<(u32, bool)>,
    /// The start of the current or last document.
    pub started: u32,
}

impl<'a> Reader<'a> {
    /// A reader of `text`, which begins at byte `base` of the file.
    pub fn new(text: &'a str, base: usize, ascii: bool) -> Self {
        Self::with(text, base, ascii, None)
    }

    /// A reader of a rewritten range.
    pub(crate) fn softened(softened: &'a Softened, base: usize, ascii: bool) -> Self {
        Self::with(&softened.text, base, ascii, Some(softened))
    }

    fn with(text: &'a str, base: usize, ascii: bool, softened: Option<&'a Softened>) -> Self {
        Reader {
            parser: Parser::new_from_str(text),
            characters: Characters::new(text, ascii),
            base,
            softened,
            anchors: 0,
            before: 0,
            open: Vec::new(),
            started: to_offset(base),
        }
    }

    /// Reads one document. Returns whether there was one.
    pub fn document(&mut self, tree: &mut Tree<'_, '_>) -> Result<bool, Fault> {
        while let Some(event) = self.parser.next_event() {
            let (event, span) = event.map_err(|error| self.fault(&error))?;
            match event {
                Event::Nothing | Event::StreamStart => {}
                Event::StreamEnd => return Ok(false),
                Event::DocumentStart(_) => {
                    self.started = self.byte(span.start.index());
                    self.before = self.anchors;
                    self.open.clear();
                    tree.begin(self.started);
                }
                Event::DocumentEnd => return Ok(true),
                Event::Alias(id) => {
                    let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
                    check_anchors(tree.text, start, end)?;
                    tree.alias(id.checked_sub(1 + self.before), start, end)?;
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let tag = tag.as_deref().map(tags::resolved);
                    let properties = Properties { anchored: anchor > 0, tag: tag.as_deref() };
                    self.scalar(tree, text, style, properties, span)?;
                }
                Event::SequenceStart(anchor, tag) => {
                    let tag = tag.as_deref().map(tags::resolved);
                    let properties = Properties { anchored: anchor > 0, tag: tag.as_deref() };
                    self.open(tree, Kind::Sequence, properties, span)?;
                }
                Event::MappingStart(anchor, tag) => {
                    let tag = tag.as_deref().map(tags::resolved);
                    let properties = Properties { anchored: anchor > 0, tag: tag.as_deref() };
                    self.open(tree, Kind::Mapping, properties, span)?;
                }
                Event::SequenceEnd => self.close(tree, b']', span)?,
                Event::MappingEnd => self.close(tree, b'}', span)?,
            }
        }
        Ok(false)
    }

    fn byte(&mut self, index: usize) -> u32 {
        to_offset(self.base + self.characters.byte(index))
    }

    fn fault(&mut self, error: &ScanError) -> Fault {
        let at = self.byte(error.marker().index());
        let (message, syntax) = explain(error.info());
        Fault { start: at, end: at, message, syntax, fatal: false }
    }

    fn open(
        &mut self,
        tree: &mut Tree<'_, '_>,
        kind: Kind,
        properties: Properties<'_>,
        span: Span,
    ) -> Result<(), Fault> {
        self.anchors += usize::from(properties.anchored);
        let mut start = self.byte(span.start.index());
        if properties.any() {
            let from = start;
            start = properties_end(tree.text, start);
            check_anchors(tree.text, from, start)?;
        }
        let bracket = if kind == Kind::Sequence { b'[' } else { b'{' };
        let bracketed = tree.text.as_bytes().get(start as usize) == Some(&bracket);
        // The scanner reports that a list without indentation begins at its first item.
        if let Some(around) = self.open.last_mut().filter(|(around, _)| bracketed && *around == start) {
            around.1 = false;
        }
        self.open.push((start, bracketed));
        tree.open(kind, start, properties)
    }

    /// A closing bracket has its own place; a block collection ends with its last child.
    fn close(&mut self, tree: &mut Tree<'_, '_>, bracket: u8, span: Span) -> Result<(), Fault> {
        let mut end = None;
        if !span.is_empty() {
            let at = self.byte(span.start.index());
            if tree.text.as_bytes().get(at as usize) == Some(&bracket) {
                end = Some(at + 1);
            }
        }
        self.open.pop();
        tree.close(end)
    }

    fn scalar(
        &mut self,
        tree: &mut Tree<'_, '_>,
        mut text: Cow<'a, str>,
        style: ScalarStyle,
        properties: Properties<'_>,
        span: Span,
    ) -> Result<(), Fault> {
        self.anchors += usize::from(properties.anchored);
        let file = tree.text;
        let mut start = self.byte(span.start.index());
        let mut end = self.byte(span.end.index());
        if properties.anchored {
            check_anchors(file, start, properties_end(file, start))?;
        }
        if properties.any() && style == ScalarStyle::Plain && text.is_empty() {
            start = end;
        } else if properties.any() && !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            start = properties_end(file, start);
        }
        let mut covers = start;
        match style {
            ScalarStyle::Plain if text.is_empty() => {
                start = if properties.any() { end } else { nothing_at(file, tree.last, start) };
                covers = start;
                end = start;
            }
            ScalarStyle::Plain => {
                if let Some(message) =
                    odd_plain(file, &text, end, self.open.iter().any(|(_, bracketed)| *bracketed))
                {
                    return Err(Fault::meaning(start, end, message));
                }
                if self.softened.is_some() {
                    let written = file.get(start as usize..end as usize).unwrap_or("");
                    if written.contains('\n') {
                        text = Cow::Owned(quoted::fold(written));
                    }
                }
            }
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                end = to_offset(quoted::end(file, start as usize)).min(to_offset(file.len()));
                if let Some(softened) = self.softened
                    && softened.masks(start)
                {
                    let inner = file.get(start as usize + 1..end as usize - 1).unwrap_or("");
                    text = Cow::Owned(if style == ScalarStyle::SingleQuoted {
                        quoted::single(inner)
                    } else {
                        double(inner, start)?
                    });
                } else if style == ScalarStyle::DoubleQuoted {
                    // The scanner accepts escapes that libyaml refuses.
                    let inner = file.get(start as usize + 1..(end as usize).saturating_sub(1)).unwrap_or("");
                    if inner.contains('\\') {
                        double(inner, start)?;
                    }
                }
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                (start, covers, end) = block(file, tree.last, start, end, properties.any());
            }
        }
        if tree.expects_key() && !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            check_key(file, self.byte(span.start.index()), end)?;
        }
        let merges = properties.tag.is_none_or(|tag| tags::core(tag) == Some("merge"));
        let merge = style == ScalarStyle::Plain && text == "<<" && merges;
        let value = match properties.tag {
            Some(tag) => scalar::tagged(tag, text).map_err(|message| Fault::meaning(start, end, message))?,
            None if style == ScalarStyle::Plain => scalar::plain(text),
            None => Value::text(text),
        };
        tree.scalar((start, end), covers, &value, merge, properties)
    }
}

/// Reads a double-quoted text on one line whose opening quote is at `start`.
fn double(inner: &str, start: u32) -> Result<String, Fault> {
    quoted::double(inner).map_err(|at| {
        let message = "no such escape in a quoted text; write a backslash as `\\\\`";
        let at = start + 1 + to_offset(at);
        Fault::meaning(at, at, message)
    })
}

/// Why kubectl's library reads a plain text differently from the scanner.
fn odd_plain(file: &str, text: &str, end: u32, in_brackets: bool) -> Option<&'static str> {
    if text.starts_with(['|', '>']) || (in_brackets && (text.contains('?') || text.starts_with(':'))) {
        return Some("kubectl takes a `|`, `>`, `?` or `:` here for more than a text; quote it");
    }
    let after = file.get(end as usize..).unwrap_or("");
    if in_brackets && after.strip_prefix(':').is_some_and(|rest| rest.starts_with([',', '[', ']', '{', '}']))
    {
        return Some(
            "kubectl takes the colon behind this text for a part of it; put a space behind it, or quote it",
        );
    }
    None
}

/// Refuses a key on several lines, and one whose colon is on another line: they need a `?`.
fn check_key(text: &str, start: u32, end: u32) -> Result<(), Fault> {
    let key = text.get(start as usize..end as usize).unwrap_or("");
    let after = text.get(end as usize..).unwrap_or("");
    let rest = after.trim_start_matches([' ', '\t', '\r', '\n']);
    let gap = after.get(..after.len() - rest.len()).unwrap_or("");
    let before = text.get(..start as usize).unwrap_or("").trim_end_matches([' ', '\t', '\r', '\n']);
    if rest.starts_with(':') && (key.contains('\n') || gap.contains('\n')) && !before.ends_with('?') {
        let message = "a key and its colon must be on one line; or write `?` before the key";
        return Err(Fault::meaning(start, end, message));
    }
    Ok(())
}

/// Refuses anchor names that libyaml refuses: only ASCII letters, digits, `_` and `-` are valid.
fn check_anchors(text: &str, start: u32, end: u32) -> Result<(), Fault> {
    let properties = text.get(start as usize..end as usize).unwrap_or("");
    let words = properties.lines().flat_map(|line| {
        line.split([' ', '\t']).take_while(|word| !word.starts_with('#')).filter(|word| !word.is_empty())
    });
    for word in words {
        // Brackets, commas and colons directly after an alias are not part of its name.
        let name = word.strip_prefix(['&', '*']).unwrap_or("").trim_end_matches([',', ']', '}', ':']);
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            let message = "the name of an anchor may have letters of ASCII, digits, `_` and `-`; rename it";
            return Err(Fault::meaning(start, end, message));
        }
    }
    Ok(())
}

/// Skips the anchor and the tag before a value.
fn properties_end(text: &str, start: u32) -> u32 {
    let bytes = text.as_bytes();
    let mut at = start as usize;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
            Some(b'&' | b'!') => {
                while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace()) {
                    at += 1;
                }
            }
            Some(b'#') => {
                while bytes.get(at).is_some_and(|byte| *byte != b'\n') {
                    at += 1;
                }
            }
            _ => return to_offset(at),
        }
    }
}

/// The place of a missing value: after its colon or dash.
fn nothing_at(text: &str, last: u32, at: u32) -> u32 {
    let bytes = text.as_bytes();
    if bytes.get(at as usize) == Some(&b':') {
        return at + 1;
    }
    let mut at = (at as usize).min(bytes.len());
    while at > last as usize && bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) {
        at -= 1;
    }
    to_offset(at)
}

/// The place of a block scalar: its header, its content, and the end of its last line that is not blank. The scanner
/// reports the content and the beginning of the next token.
fn block(text: &str, last: u32, content: u32, end: u32, properties: bool) -> (u32, u32, u32) {
    let bytes = text.as_bytes();
    // With properties the scanner reports their place, and the header follows them.
    let from = if properties { properties_end(text, content) } else { last };
    let mut header = from as usize;
    let mut comment = false;
    while let Some(byte) = bytes.get(header) {
        match byte {
            b'\n' => comment = false,
            b'#' if bytes.get(header.wrapping_sub(1)).is_none_or(u8::is_ascii_whitespace) => comment = true,
            b'|' | b'>' if !comment => break,
            _ => {}
        }
        if header >= end as usize {
            break;
        }
        header += 1;
    }
    let header = to_offset(header).min(end);
    let mut covers = content;
    if content <= header {
        let line = bytes.get(header as usize..end as usize).unwrap_or_default();
        let length = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
        covers = header + to_offset(length);
    }
    let mut at = end.min(to_offset(bytes.len())) as usize;
    while at > header as usize && bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) {
        at -= 1;
    }
    // An empty one ends with its header, which a comment may follow.
    let end = if to_offset(at) <= covers || at <= header as usize + 1 { header + 1 } else { to_offset(at) };
    (header, covers.min(end), end)
}
