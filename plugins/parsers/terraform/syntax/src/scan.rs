//! Finds the beginnings and ends of strings, heredocs, comments and brackets without a parser. It accepts any text, in
//! one pass and without recursion.

/// A token of the scan. Positions are bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Event {
    /// A comment with its markers, without the line end.
    Comment { start: usize, end: usize },
    /// The end of a line outside of strings and comments: one or two bytes, or a single carriage return. `free` if it
    /// has no meaning, as in parentheses.
    Newline { start: usize, end: usize, free: bool },
    /// A comma directly in the innermost bracket.
    Comma(usize),
    /// An opening bracket.
    Open(usize),
    /// A closing bracket.
    Close(usize),
    /// A line of a heredoc that begins like its end marker but is not one.
    Marker(usize),
    /// A heredoc without lines, from its marker to its end.
    Empty { start: usize, end: usize },
    /// The last line of a heredoc, if its marker is surrounded by white space that hcl-edit does not accept.
    End { start: usize, end: usize, word: (usize, usize) },
}

/// An open construct.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    /// Where it was opened.
    pub(super) at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FrameKind {
    /// In brackets, interpolations and directives: the closing character, and whether newlines have no meaning.
    Code { close: u8, free: bool },
    /// In quotes.
    Quoted,
    /// In a heredoc: the range of its marker.
    Heredoc { word: (usize, usize) },
    /// In `/*` and `*/`.
    Comment,
    /// A template that is the whole text.
    Bare,
}

/// The result of a scan.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// Unclosed constructs, outermost first.
    pub(super) unclosed: Vec<Frame>,
    /// The first closing bracket without a matching open one.
    pub(super) stray: Option<(usize, Option<Frame>)>,
    /// The first quoted string that continues after the end of its line.
    pub(super) broken: Option<usize>,
}

/// The kind of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    Body,
    Expression,
    Template,
}

/// Scans a text.
pub(super) fn walk(text: &str, start: Start, visit: &mut impl FnMut(Event)) -> Outcome {
    let mut walk =
        Walk { text: text.as_bytes(), at: 0, stack: Vec::new(), outcome: Outcome::default(), visit };
    let base = match start {
        Start::Template => FrameKind::Bare,
        Start::Body => FrameKind::Code { close: 0, free: false },
        Start::Expression => FrameKind::Code { close: 0, free: true },
    };
    walk.stack.push(Frame { kind: base, at: 0 });
    while walk.at < walk.text.len() {
        match walk.stack.last().map_or(base, |frame| frame.kind) {
            FrameKind::Code { close, free } => walk.code(close, free),
            FrameKind::Heredoc { word } => walk.heredoc(word),
            FrameKind::Quoted | FrameKind::Bare | FrameKind::Comment => walk.template(),
        }
    }
    walk.outcome.unclosed.extend(walk.stack.into_iter().skip(1));
    walk.outcome
}

struct Walk<'a, V> {
    text: &'a [u8],
    at: usize,
    stack: Vec<Frame>,
    outcome: Outcome,
    visit: &'a mut V,
}

impl<V: FnMut(Event)> Walk<'_, V> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: FrameKind, length: usize) {
        self.stack.push(Frame { kind, at: self.at });
        self.at += length;
    }

    /// Scans up to the next bracket, quote, comment or line end of code.
    fn code(&mut self, close: u8, free: bool) {
        let plain = |byte: &u8| {
            !matches!(
                byte,
                b'"' | b'#' | b'/' | b'\n' | b'\r' | b',' | b'<' | b'(' | b'[' | b'{' | b')' | b']' | b'}'
            )
        };
        self.at += self.rest().iter().take_while(|byte| plain(byte)).count();
        match (self.byte(0), self.byte(1)) {
            (b'"', _) => self.push(FrameKind::Quoted, 1),
            (b'#', _) | (b'/', b'/') => self.line_comment(),
            (b'/', b'*') => self.block_comment(),
            (b'\r', b'\n') => self.newline(2, free),
            (b'\n' | b'\r', _) => self.newline(1, free),
            (b',', _) => {
                (self.visit)(Event::Comma(self.at));
                self.at += 1;
            }
            (b'<', b'<') => self.heredoc_start(),
            (b'(', _) => self.open(b')', true),
            (b'[', _) => self.open(b']', true),
            (b'{', _) => {
                let free = self.begins_for();
                self.open(b'}', free);
            }
            (byte @ (b')' | b']' | b'}'), _) => self.close(byte, close),
            _ => self.at += 1,
        }
    }

    fn newline(&mut self, length: usize, free: bool) {
        (self.visit)(Event::Newline { start: self.at, end: self.at + length, free });
        self.at += length;
    }

    fn open(&mut self, close: u8, free: bool) {
        (self.visit)(Event::Open(self.at));
        self.push(FrameKind::Code { close, free }, 1);
    }

    fn close(&mut self, byte: u8, expected: u8) {
        if byte == expected {
            (self.visit)(Event::Close(self.at));
            self.stack.pop();
        } else if self.outcome.stray.is_none() {
            let open = if self.stack.len() > 1 { self.stack.last().copied() } else { None };
            self.outcome.stray = Some((self.at, open));
        }
        self.at += 1;
    }

    fn line_comment(&mut self) {
        let rest = self.rest();
        let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let returned = rest.get(..line).is_some_and(|line| line.ends_with(b"\r"));
        let end = self.at + line - usize::from(returned);
        (self.visit)(Event::Comment { start: self.at, end });
        self.at = end;
    }

    fn block_comment(&mut self) {
        let inside = self.rest().get(2..).unwrap_or_default();
        if let Some(length) = inside.windows(2).position(|pair| pair == b"*/") {
            let end = self.at + length + 4;
            (self.visit)(Event::Comment { start: self.at, end });
            self.at = end;
        } else {
            let rest = self.rest().len();
            self.push(FrameKind::Comment, rest);
        }
    }

    /// Whether this brace begins a `for`, in which newlines have no meaning.
    fn begins_for(&self) -> bool {
        let mut rest = self.rest().get(1..).unwrap_or_default();
        loop {
            rest = rest.trim_ascii_start();
            if rest.starts_with(b"#") || rest.starts_with(b"//") {
                let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                rest = rest.get(line..).unwrap_or_default();
            } else if rest.starts_with(b"/*") {
                let Some(length) = rest.windows(2).skip(2).position(|pair| pair == b"*/") else {
                    return false;
                };
                rest = rest.get(length + 4..).unwrap_or_default();
            } else {
                break;
            }
        }
        rest.strip_prefix(b"for").and_then(<[u8]>::first).is_some_and(|next| b" \t\r\n#/".contains(next))
    }

    fn heredoc_start(&mut self) {
        let begin = 2 + usize::from(self.byte(2) == b'-');
        let rest = self.rest().get(begin..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| word(**byte)).count();
        let line = rest.get(length..).unwrap_or_default();
        let end = if line.starts_with(b"\n") { 1 } else { 2 };
        if length == 0 || !(line.starts_with(b"\n") || line.starts_with(b"\r\n")) {
            self.at += 2;
            return;
        }
        let first = self.at + begin;
        self.push(FrameKind::Heredoc { word: (first, first + length) }, begin + length + end);
    }

    /// Scans one line of a heredoc, its end, or up to the next interpolation in it.
    fn heredoc(&mut self, word_at: (usize, usize)) {
        let begins = self.at.checked_sub(1).and_then(|at| self.text.get(at)) == Some(&b'\n');
        let rest = self.rest();
        if begins {
            let marker = self.text.get(word_at.0..word_at.1).unwrap_or_default();
            let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let line = rest.get(..line).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // Lines are whole characters. All Unicode white space counts, as in Go's `bytes.TrimSpace`.
            let text = std::str::from_utf8(line).unwrap_or_default();
            let begin = text.trim_start();
            let blanks = text.len() - begin.len();
            if begin.trim_end().as_bytes() == marker {
                let between = self.text.get(word_at.1..self.at).unwrap_or_default();
                let (start, end) = (self.at, self.at + line.len());
                let plain = begin.len() == marker.len()
                    && text.bytes().take(blanks).all(|it| matches!(it, b' ' | b'\t'));
                self.at = end;
                let opened = self.stack.pop();
                if let Some(frame) = opened.filter(|_| matches!(between, b"\n" | b"\r\n")) {
                    (self.visit)(Event::Empty { start: frame.at, end });
                } else if !plain {
                    (self.visit)(Event::End { start, end, word: word_at });
                }
                return;
            }
            let begins_like = begin.as_bytes().strip_prefix(marker);
            if begins_like.is_some_and(|after| !after.first().is_some_and(|byte| word(*byte))) {
                (self.visit)(Event::Marker(self.at + blanks));
            }
        }
        self.template();
    }

    /// Scans up to the end of a line or the next marker in a text with interpolations.
    fn template(&mut self) {
        let kind = self.stack.last().map(|frame| frame.kind);
        let quoted = matches!(kind, Some(FrameKind::Quoted));
        let plain = |byte: &u8| match byte {
            b'$' | b'%' | b'\n' => false,
            b'"' | b'\\' => !quoted,
            _ => true,
        };
        self.at += self.rest().iter().take_while(|byte| plain(byte)).count();
        match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'"', ..) => {
                self.stack.pop();
                self.at += 1;
            }
            (b'\\', ..) => self.at += 2,
            (b'$', b'$', b'{') | (b'%', b'%', b'{') => self.at += 3,
            (b'$' | b'%', b'{', _) => {
                (self.visit)(Event::Open(self.at));
                self.push(FrameKind::Code { close: b'}', free: true }, 2);
            }
            (b'\n', ..) if quoted => {
                if let Some(frame) = self.stack.last() {
                    self.outcome.broken.get_or_insert(frame.at);
                }
                self.at += 1;
            }
            _ => self.at += 1,
        }
    }
}

/// Whether a byte may continue a name. Non-ASCII bytes do.
fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}
