//! The tolerant reader: what kubectl's YAML library accepts and the strict scanner refuses.
//!
//! kubectl ignores indentation inside quotes and brackets, treats a tab between tokens as a space, and allows a comment
//! directly after a quote. Such a document is rewritten byte by byte, so that all places stay the same: line breaks in
//! brackets become spaces, and a quoted text with several lines becomes a filler of the same length, whose real content
//! [`crate::quoted`] reads. A document that the strict reader accepts is not rewritten.

use palisade_text::to_offset;

/// A document rewritten for the strict scanner.
pub(crate) struct Softened {
    /// The rewritten text, as long as the original one.
    pub(crate) text: String,
    /// Bytes of the file at which quoted texts with a filler begin.
    masked: Vec<u32>,
}

impl Softened {
    /// Whether the quoted text at this byte of the file is a filler.
    pub(crate) fn masks(&self, start: u32) -> bool {
        self.masked.binary_search(&start).is_ok()
    }
}

/// Rewrites one document that begins at byte `base` of the file; none if there is nothing to rewrite.
pub(crate) fn soften(text: &str, base: usize) -> Option<Softened> {
    let mut work = Softener::new(text, base);
    work.run()?;
    if work.out == work.source || work.tab.is_some() {
        return None;
    }
    Some(Softened { text: String::from_utf8(work.out).ok()?, masked: work.masked })
}

/// The first tab of a document that libyaml refuses: in the indentation, or after a `-` or `?`.
pub(crate) fn bad_tab(text: &str) -> Option<usize> {
    if !text.contains('\t') {
        return None;
    }
    let mut work = Softener::new(text, 0);
    // An unclosed bracket is reported as another error.
    let _ = work.run();
    work.tab
}

/// The first line break outside quotes that only libyaml, which reads YAML 1.1, recognizes: a comment ends there, and
/// the text after it counts.
pub(crate) fn odd_break(text: &str) -> Option<usize> {
    const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];
    if !text.contains(BREAKS) {
        return None;
    }
    let mut work = Softener::new(text, 0);
    let _ = work.run();
    let quoted = |at: usize| {
        let next = work.quotes.partition_point(|(start, _)| *start <= at);
        next.checked_sub(1).and_then(|last| work.quotes.get(last)).is_some_and(|(_, end)| at < *end)
    };
    text.match_indices(BREAKS).map(|(at, _)| at).find(|at| !quoted(*at))
}

struct Softener<'a> {
    text: &'a str,
    source: &'a [u8],
    out: Vec<u8>,
    at: usize,
    /// The beginning of the line.
    line: usize,
    /// Column of the key or dash that contains the next tokens.
    indent: isize,
    masked: Vec<u32>,
    base: usize,
    /// The first tab that libyaml refuses.
    tab: Option<usize>,
    /// The ranges of quoted texts.
    quotes: Vec<(usize, usize)>,
}

impl<'a> Softener<'a> {
    fn new(text: &'a str, base: usize) -> Self {
        let source = text.as_bytes();
        let out = source.to_vec();
        let (masked, quotes) = (Vec::new(), Vec::new());
        Softener { text, source, out, at: 0, line: 0, indent: -1, masked, base, tab: None, quotes }
    }

    /// The position of a tab that is the first character in a line after spaces.
    fn leading_tab(&self, line: usize) -> Option<usize> {
        let rest = self.source.get(line..).unwrap_or_default();
        let at = line + rest.iter().take_while(|byte| **byte == b' ').count();
        (self.byte(at) == Some(b'\t')).then_some(at)
    }

    fn refuse(&mut self, tab: usize) {
        self.tab.get_or_insert(tab);
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.get(at).copied()
    }

    fn is_blank(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    }

    fn column(&self, at: usize) -> isize {
        isize::try_from(at - self.line).unwrap_or(isize::MAX)
    }

    fn put(&mut self, from: usize, to: usize, byte: u8) {
        self.out.get_mut(from..to).unwrap_or_default().fill(byte);
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.source.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    fn marker(&self, at: usize) -> bool {
        matches!(self.source.get(at..at + 3), Some(b"---" | b"...")) && self.is_blank(at + 3)
    }

    /// The column of the first character in the line that is not a space; none for a blank line.
    fn indentation(&self, line: usize) -> Option<isize> {
        let end = self.line_end(line);
        let content = self.source.get(line..end)?;
        let spaces = content.iter().take_while(|byte| **byte == b' ').count();
        let blank = content.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        (!blank).then(|| isize::try_from(spaces).unwrap_or(isize::MAX))
    }

    fn next_line(&mut self) {
        self.line = self.line_end(self.at) + 1;
        self.at = self.line;
    }

    fn run(&mut self) -> Option<()> {
        let mut plain_open = false;
        while self.line < self.source.len() {
            self.at = self.line;
            // A plain text that continues on this line may be indented by tabs.
            if let Some(tab) = self.leading_tab(self.line)
                && !(plain_open && self.column(tab) > self.indent)
            {
                self.refuse(tab);
            }
            match self.indentation(self.line) {
                None => {}
                Some(column) if plain_open && column > self.indent => {}
                Some(column) => {
                    self.at += usize::try_from(column).unwrap_or(0);
                    if column == 0 && self.marker(self.at) {
                        self.at += 3;
                        self.indent = -1;
                    }
                    plain_open = self.line_of_tokens()?;
                }
            }
            self.next_line();
        }
        Some(())
    }

    /// Reads to the end of the line, including further lines of a token that began on it. Returns whether the next line
    /// may continue a plain text.
    fn line_of_tokens(&mut self) -> Option<bool> {
        // Whether a quote or bracket has just closed.
        let mut closed = false;
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'\n' => return Some(false),
                b'\t' => {
                    self.put(self.at, self.at + 1, b' ');
                    self.at += 1;
                }
                b' ' | b'\r' => self.at += 1,
                b'#' => {
                    let end = self.line_end(self.at);
                    if closed && !self.is_blank(self.at - 1) {
                        self.put(self.at, end, b' ');
                    }
                    self.at = end;
                    return Some(false);
                }
                b':' if closed && self.is_blank(self.at + 1) => {
                    self.at += 1;
                    closed = false;
                }
                b'-' | b'?' if self.is_blank(self.at + 1) => {
                    self.indent = self.column(self.at);
                    self.at += 1;
                    if let Some(tab) = self.leading_tab(self.at) {
                        self.refuse(tab);
                    }
                }
                b'&' | b'!' | b'*' => {
                    while !self.is_blank(self.at) {
                        self.at += 1;
                    }
                    closed = true;
                }
                b'"' | b'\'' => {
                    let column = self.column(self.at);
                    self.quoted();
                    if self.byte(self.at) == Some(b':') {
                        self.indent = column;
                    }
                    closed = true;
                }
                b'[' | b'{' => {
                    self.flow()?;
                    closed = true;
                }
                b'|' | b'>' => {
                    self.block();
                    return Some(false);
                }
                _ => {
                    if !self.plain() {
                        return Some(true);
                    }
                    closed = false;
                }
            }
        }
        Some(false)
    }

    /// Reads a plain text on a line: whether it is a key.
    fn plain(&mut self) -> bool {
        let start = self.at;
        let end = self.line_end(start);
        while self.at < end {
            let byte = self.byte(self.at);
            if byte == Some(b':') && self.is_blank(self.at + 1) {
                self.indent = self.column(start);
                self.at += 1;
                return true;
            }
            if byte == Some(b'#') && self.at > start && self.is_blank(self.at - 1) {
                break;
            }
            self.at += 1;
        }
        self.at = end;
        false
    }

    /// Skips the lines of a block scalar. A comment may directly follow its header.
    fn block(&mut self) {
        let end = self.line_end(self.at);
        let header = self.source.get(self.at..end).unwrap_or_default();
        let digit = header.iter().take(3).find(|byte| byte.is_ascii_digit());
        if let Some(comment) = header.iter().position(|byte| *byte == b'#') {
            self.put(self.at + comment, end, b' ');
        }
        // The column from which on a tab is part of the text. It is known after the first line that is not blank.
        let mut from =
            digit.map(|digit| self.indent.max(0) + isize::from(digit.cast_signed() - b'0'.cast_signed()));
        self.next_line();
        while self.line < self.source.len()
            && self.indentation(self.line).is_none_or(|column| column > self.indent)
        {
            if let Some(tab) = self.leading_tab(self.line)
                && from.is_none_or(|from| self.column(tab) < from)
            {
                self.refuse(tab);
            }
            from = from.or_else(|| self.indentation(self.line));
            self.next_line();
        }
        // The caller continues with the line after the current one.
        self.at = self.line.saturating_sub(1);
    }

    /// Reads a quoted text. A filler replaces it if it has several lines, or an escape that only libyaml accepts.
    fn quoted(&mut self) {
        let start = self.at;
        let end = crate::quoted::end(self.text, start);
        self.at = end;
        self.quotes.push((start, end));
        let inner = self.source.get(start + 1..end).unwrap_or_default();
        let last = inner.iter().rposition(|byte| *byte == b'\n');
        let escaped = self.byte(start) == Some(b'"') && inner.windows(2).any(|pair| pair == b"\\'");
        if last.is_some() || escaped {
            self.put(start + 1, end.saturating_sub(1), b'x');
            self.masked.push(to_offset(self.base + start));
        }
        if let Some(last) = last {
            self.line = start + 1 + last + 1;
        }
    }

    /// Reads a collection in brackets.
    fn flow(&mut self) -> Option<()> {
        let mut depth = 0usize;
        // Whether a value may begin here, and whether a quote or bracket has just closed.
        let (mut fresh, mut closed) = (true, false);
        loop {
            let byte = self.byte(self.at)?;
            match byte {
                b'\n' => {
                    self.put(self.at, self.at + 1, b' ');
                    self.line = self.at + 1;
                    if self.marker(self.line) {
                        return None;
                    }
                }
                b'\t' | b'\r' => {
                    // A plain text that continues on the next line must be indented by spaces.
                    let plain = !fresh && !closed;
                    if plain
                        && self.leading_tab(self.line) == Some(self.at)
                        && self.column(self.at) <= self.indent
                    {
                        self.refuse(self.at);
                    }
                    self.put(self.at, self.at + 1, b' ');
                }
                b' ' => {}
                b'#' if fresh || closed || self.is_blank(self.at - 1) => {
                    let end = self.line_end(self.at);
                    self.put(self.at, end, b' ');
                    self.at = end;
                    continue;
                }
                b'"' | b'\'' if fresh => {
                    self.quoted();
                    (fresh, closed) = (false, true);
                    continue;
                }
                b'[' | b'{' => {
                    depth += 1;
                    (fresh, closed) = (true, false);
                }
                b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.at += 1;
                        return Some(());
                    }
                    (fresh, closed) = (false, true);
                }
                b',' => (fresh, closed) = (true, false),
                b':' if closed || self.is_blank(self.at + 1) => (fresh, closed) = (true, false),
                _ => (fresh, closed) = (false, false),
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{bad_tab, odd_break, soften};

    #[test]
    fn tabs() {
        for (text, at) in [
            ("a:\tb\n", None),
            ("a: b\t# c\n", None),
            ("a: \"b\n\tc\"\n", None),
            ("a: {\n\t\"b\": 1,\n\tc: d\n}\n", None),
            ("a: |\n  b\n  \tc\n", None),
            ("a: |2\n  \tc\n", None),
            ("a: b\n \tc\n", None),
            ("a:\n\tb: c\n", Some(3)),
            ("a: b\n\tc\n", Some(5)),
            ("a: b\n\t# c\n", Some(5)),
            ("a: 'b'\n\t\nc: d\n", Some(7)),
            ("-\ta\n", Some(1)),
            ("- \ta\n", Some(2)),
            ("a: |\n  \tb\n", Some(7)),
            ("a: {b: c\n\t}\n", Some(9)),
        ] {
            assert_eq!(bad_tab(text), at, "{text:?}");
        }
    }

    #[test]
    fn breaks() {
        assert_eq!(odd_break("a: \"b\u{2028}c\" # d\n"), None);
        assert_eq!(odd_break("a: 'b\u{85}c' # d\u{85}e: f\n"), Some(13));
        assert_eq!(odd_break("a: b\u{2029}c: d\n"), Some(4));
    }

    fn check(written: &str, expected: &str) {
        let softened = soften(written, 0).map(|softened| softened.text);
        assert_eq!(softened.as_deref(), Some(expected));
    }

    #[test]
    fn rewrites_in_place() {
        check("a: [\n\"b\", # c\n]\n", "a: [ \"b\",     ]\n");
        check("a: \"b\n c\"\nd: 'e'\n", "a: \"xxxx\"\nd: 'e'\n");
        check("a:\tb\n", "a: b\n");
        check("a: 'b'#c\n", "a: 'b'  \n");
        check("- {a: b,\n\tc: d}\n- e\n", "- {a: b,  c: d}\n- e\n");
    }

    #[test]
    fn leaves_texts_alone() {
        for text in [
            "a: |\n  [\n  \"x\n  \ty\nb: 1\n",
            "a: b\n  [c\n  \"d\nb: 1\n",
            "- >-\n  it's\n- c\n",
            "a: b # it's [\nc: d\n",
            "a: it's\nb: x[1\n",
        ] {
            assert!(soften(text, 0).is_none(), "{text}");
        }
    }
}
