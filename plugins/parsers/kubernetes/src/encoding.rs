//! Text of files that are not UTF-8.

use palisade_sdk::parser::{ReadError, Tree};

/// Reads a file as kubectl does: UTF-16 with a byte order mark, otherwise UTF-8, with replacement characters for
/// invalid bytes.
pub(crate) fn read(tree: &dyn Tree, path: &str) -> Result<String, ReadError> {
    match tree.read_text(path) {
        Err(ReadError::NotText(_)) => tree.read_bytes(path).map(|bytes| decode(&bytes)),
        read => read,
    }
}

fn decode(bytes: &[u8]) -> String {
    let wide = |from: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes.get(2..).unwrap_or_default().as_chunks::<2>();
        let mut text = String::from_utf16_lossy(&units.iter().map(|unit| from(*unit)).collect::<Vec<u16>>());
        text.extend((!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER));
        text
    };
    match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        _ => {
            let text = String::from_utf8_lossy(bytes);
            text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes() {
        assert_eq!(decode(b"\xff\xfea\0\x3d\xd8\0\xde"), "a😀");
        assert_eq!(decode(b"\xfe\xff\0a"), "a");
        assert_eq!(decode(b"\xff\xfea\0b"), "a\u{fffd}");
        assert_eq!(decode(b"\xff\xfe\x3d\xd8"), "\u{fffd}");
        assert_eq!(decode(b"\xef\xbb\xbfa\xe9b"), "a\u{fffd}b");
    }
}
