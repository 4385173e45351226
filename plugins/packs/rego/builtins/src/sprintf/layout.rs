//! Flags, width and precision of a verb.

use crate::limits;

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the five flags of the format")]
pub(super) struct Layout {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Layout {
    /// Reads the flags, and returns the rest of the text.
    pub(super) fn flags<'t>(&mut self, text: &'t str) -> &'t str {
        let mut rest = text.chars();
        loop {
            let before = rest.as_str();
            match rest.next() {
                Some('+') => self.plus = true,
                Some('-') => self.minus = true,
                Some('#') => self.sharp = true,
                Some(' ') => self.space = true,
                Some('0') => self.zero = true,
                _ => return before,
            }
        }
    }

    /// Sets the width from an argument: a negative one is a flag too.
    pub(super) fn set_width(&mut self, width: i64) {
        self.minus |= width < 0;
        self.width = usize::try_from(width.unsigned_abs()).ok();
    }

    /// Whether numbers are padded with zeros.
    pub(super) fn zeros(&self) -> bool {
        self.zero && !self.minus
    }

    /// Pads a text to the width.
    pub(super) fn padded(&self, text: String) -> String {
        self.padded_with(text, self.zeros())
    }

    pub(super) fn padded_with(&self, text: String, zeros: bool) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.minus {
            return text + &" ".repeat(missing);
        }
        let fill = if zeros { "0" } else { " " };
        fill.repeat(missing) + &text
    }

    /// The sign of a number.
    pub(super) fn sign(&self, negative: bool) -> &'static str {
        match () {
            () if negative => "-",
            () if self.plus => "+",
            () if self.space => " ",
            () => "",
        }
    }
}

/// Reads a number; one above Go's limit is an error.
pub(super) fn number(rest: &mut &str) -> Result<Option<usize>, ()> {
    let long = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at_checked(long).ok_or(())?;
    *rest = after;
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse::<usize>() {
        Ok(number) if number <= limits::WIDTH => Ok(Some(number)),
        _ => Err(()),
    }
}
