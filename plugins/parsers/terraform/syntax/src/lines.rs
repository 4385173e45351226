//! Lines and columns of bytes.

use super::native::small;

/// The lines of a text, which need not be kept for it.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The first byte of each line.
    starts: Vec<u32>,
    /// The bytes that begin no code point: none in most files.
    inner: Vec<u32>,
    end: u32,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 24 + 1);
        starts.push(0);
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        starts.extend(ends.map(|(at, _)| small(at + 1)));
        let inner = if text.is_ascii() {
            Vec::new()
        } else {
            let inner = text.bytes().enumerate().filter(|(_, byte)| byte & 0xC0 == 0x80);
            inner.map(|(at, _)| small(at)).collect()
        };
        Lines { starts, inner, end: small(text.len()) }
    }

    /// Line and column of a byte, both from 1, the column in code points. What lies behind the text is at its
    /// end.
    pub fn position(&self, at: u32) -> (u32, u32) {
        let at = at.min(self.end);
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied().unwrap_or(0);
        (small(line), self.width(start, at) + 1)
    }

    /// A stretch of the text as the SDK describes it.
    pub fn span(&self, start: u32, end: u32) -> palisade_sdk::Span {
        let end = end.max(start);
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(end);
        palisade_sdk::Span { start, end, line, column, end_line, end_column }
    }

    /// Code points between two bytes.
    fn width(&self, from: u32, to: u32) -> u32 {
        let bytes = to.saturating_sub(from);
        if self.inner.is_empty() {
            return bytes;
        }
        let before = |at: u32| self.inner.partition_point(|inner| *inner < at);
        bytes.saturating_sub(small(before(to).saturating_sub(before(from))))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn positions_count_code_points() {
        let lines = Lines::new("a: é✓x\n\nb: 1");
        let table =
            [(0, (1, 1)), (3, (1, 4)), (8, (1, 6)), (9, (1, 7)), (10, (2, 1)), (13, (3, 3)), (99, (3, 5))];
        for (at, position) in table {
            assert_eq!(lines.position(at), position, "{at}");
        }
        let span = lines.span(3, 9);
        assert_eq!((span.line, span.column, span.end_line, span.end_column), (1, 4, 1, 7));
        assert_eq!(Lines::new("").position(0), (1, 1));
    }
}
