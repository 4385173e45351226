//! Comments.

use std::rc::Rc;

use palisade_text::to_offset;

use super::scan::{Event, Start, walk};
use super::{Comment, Span};

/// The comments of a file, in order.
pub(super) fn of(text: &str) -> Vec<Comment> {
    let mut comments = Vec::new();
    walk(text, Start::Body, &mut |event| {
        if let Event::Comment { start, end } = event {
            let whole = text.get(start..end).unwrap_or_default();
            let inner = match whole.strip_prefix("/*") {
                Some(inner) => inner.strip_suffix("*/").unwrap_or(inner),
                None => whole.strip_prefix("//").or_else(|| whole.strip_prefix('#')).unwrap_or(whole),
            };
            let span = Span { start: to_offset(start), end: to_offset(end) };
            comments.push(Comment { span, text: Rc::from(inner.trim()) });
        }
    });
    comments
}
