//! The tokens of code that is not for tests only.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Calls `on` for each token, with the one after it, also inside of groups. Items under `#[cfg(test)]` are skipped, and
/// so are attributes unless `reads` accepts their text without spaces.
pub(crate) fn walk(
    tokens: TokenStream,
    reads: &dyn Fn(&str) -> bool,
    on: &mut dyn FnMut(&TokenTree, Option<&TokenTree>),
) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_mark =
            |it: Option<&TokenTree>, mark| matches!(it, Some(TokenTree::Punct(it)) if it.as_char() == mark);
        // `#[…]`, or `#![…]` of the whole file.
        let is_of_file = is_mark(tokens.get(at + 1), '!');
        let body = if is_of_file { at + 2 } else { at + 1 };
        match (token, tokens.get(body)) {
            (TokenTree::Punct(_), Some(TokenTree::Group(attribute))) if is_mark(Some(token), '#') => {
                let text = attribute.stream().to_string().replace(' ', "");
                at = body;
                if text == "cfg(test)" && !is_of_file {
                    at += after_item(tokens.get(at + 1..).unwrap_or_default());
                } else if reads(&text) {
                    walk(attribute.stream(), reads, on);
                }
            }
            (TokenTree::Group(group), _) => walk(group.stream(), reads, on),
            _ => on(token, tokens.get(at + 1)),
        }
        at += 1;
    }
}

/// The number of tokens of the item at the beginning.
fn after_item(tokens: &[TokenTree]) -> usize {
    let ends = |it: &TokenTree| match it {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    tokens.iter().position(ends).map_or(0, |end| end + 1)
}
