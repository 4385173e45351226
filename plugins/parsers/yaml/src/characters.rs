//! Converts the character indices of the YAML scanner to bytes.

use palisade_text::to_offset;

/// Converts the character indices of the YAML scanner to bytes.
pub(crate) struct Characters<'a> {
    text: &'a str,
    ascii: bool,
    /// The byte of every 128th character.
    steps: Vec<u32>,
    /// Character and byte of the last lookup.
    hint: (usize, usize),
}

const STEP: usize = 128;

impl<'a> Characters<'a> {
    /// Prepares lookups in a text.
    pub(crate) fn new(text: &'a str, ascii: bool) -> Self {
        let steps = if ascii {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(at, _)| to_offset(at)).collect()
        };
        Characters { text, ascii, steps, hint: (0, 0) }
    }

    /// The byte of a character; the end of the text for indices after it.
    pub(crate) fn byte(&mut self, index: usize) -> usize {
        if self.ascii {
            return index.min(self.text.len());
        }
        let (mut character, mut byte) = self.hint;
        if index < character || index - character > STEP {
            let step = (index / STEP).min(self.steps.len().saturating_sub(1));
            character = step * STEP;
            byte = self.steps.get(step).copied().unwrap_or(0) as usize;
        }
        let rest = self.text.get(byte..).unwrap_or("");
        let ahead = index - character;
        let moved = rest.char_indices().nth(ahead).map_or(rest.len(), |(at, _)| at);
        let found = byte + moved;
        if moved < rest.len() {
            self.hint = (index, found);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Characters;

    #[test]
    fn characters_become_bytes_in_any_order() {
        let text = "é✓x".repeat(300);
        let expected: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut characters = Characters::new(&text, false);
        for index in (0..900).chain((0..900).rev()).chain([5, 700, 3, 899]) {
            assert_eq!(characters.byte(index), expected[index]);
        }
        assert_eq!(characters.byte(900), text.len());
        assert_eq!(characters.byte(5000), text.len());
    }
}
