//! Comments that suppress findings. The YAML scanner drops comments, so this module searches for the markers that they
//! must contain, and keeps those outside of scalars.

use palisade_sdk::parser::may_suppress;
use palisade_sdk::tape::Builder;

use palisade_text::{Lines, to_offset};

/// Whether a file may have such comments.
pub fn any(text: &str) -> bool {
    text.contains('#') && may_suppress(text)
}

/// Adds the comments of a text. `scalars` are the ranges of all scalars, in order.
pub fn add(out: &mut Builder, text: &str, lines: &Lines, document: u32, scalars: &[(u32, u32)]) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if content.contains('#')
            && may_suppress(content)
            && let Some(at) = comment(content, start, scalars)
        {
            let text = content.get(at + 1..).unwrap_or("");
            if may_suppress(text) {
                let origin = lines.origin(document, to_offset(start + at), to_offset(start + content.len()));
                let origin = out.origin(origin);
                out.comment(document, origin, text.trim_start_matches('#').trim());
            }
        }
        start += line.len();
    }
}

/// The position of the comment in a line that begins at byte `start` of the file.
fn comment(line: &str, start: usize, scalars: &[(u32, u32)]) -> Option<usize> {
    line.match_indices('#').map(|(at, _)| at).find(|at| {
        let before = line.as_bytes().get(at.wrapping_sub(1));
        let apart =
            before.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b']' | b'}' | b','));
        let place = to_offset(start + at);
        let index = scalars.partition_point(|(start, _)| *start <= place);
        let inside =
            index.checked_sub(1).and_then(|index| scalars.get(index)).is_some_and(|(_, end)| place < *end);
        apart && !inside
    })
}
