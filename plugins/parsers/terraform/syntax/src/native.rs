//! The native syntax, parsed by hcl-edit.

mod expression;
mod template;

use std::ops::Range;
use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::structure::{self, BlockLabel};
use palisade_text::to_offset;

use super::{Attribute, Block, Body, Comment, Expr, File, Label, Part, Span, SyntaxError};
use super::{comments, tolerant};

/// Reads a `.tf` or `.tfvars` file.
pub fn parse(text: &str) -> Result<File, SyntaxError> {
    // Old editors write a byte order mark, which is not part of the language.
    let source = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = to_offset(text.len() - source.len());
    let parsed =
        tolerant::read_body(source).map_err(|error| SyntaxError { at: error.at + skipped, ..error })?;
    let lowering = Lowering { source, place: Place::Offset(skipped) };
    let body = lowering.body(&parsed)?;
    let shift = |span: Span| Span { start: span.start + skipped, end: span.end + skipped };
    let comments = comments::of(source)
        .into_iter()
        .map(|comment| Comment { span: shift(comment.span), text: comment.text })
        .collect();
    Ok(File { body, comments })
}

/// Reads one expression, which may have several lines.
pub fn parse_expression(text: &str) -> Result<Expr, SyntaxError> {
    expression_at(text, Place::Offset(0))
}

/// Reads a text with interpolations and directives, without quotes: a template file, or a string of the JSON syntax.
pub fn parse_template(text: &str) -> Result<Vec<Part>, SyntaxError> {
    template_at(text, Place::Offset(0))
}

/// Like [`parse_expression`], for a text that is part of a file.
pub(super) fn expression_at(text: &str, place: Place) -> Result<Expr, SyntaxError> {
    let trimmed = text.trim_start();
    let place = place.further(text.len() - trimmed.len());
    let trimmed = trimmed.trim_end();
    let parsed = tolerant::read_expression(trimmed).map_err(|error| place.error(error))?;
    Lowering { source: trimmed, place }.expression(&parsed)
}

/// Like [`parse_template`], for a text that is part of a file.
pub(super) fn template_at(text: &str, place: Place) -> Result<Vec<Part>, SyntaxError> {
    if !text.contains("${") && !text.contains("%{") {
        // Most JSON strings have no template.
        let span = place.span(&(0..text.len()));
        return Ok(if text.is_empty() { Vec::new() } else { vec![Part::Literal(Rc::from(text), span)] });
    }
    let parsed = tolerant::read_template(text).map_err(|error| place.error(error))?;
    Lowering { source: text, place }.bare_template(&parsed)
}

/// The place of a text in its file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// The text as written, at this byte of the file.
    Offset(u32),
    /// A text that is written with escapes, so only its whole place is known.
    Whole(Span),
}

impl Place {
    /// The span in the file for a range of the text.
    fn span(self, range: &Range<usize>) -> Span {
        match self {
            Place::Offset(by) => Span {
                start: to_offset(range.start).saturating_add(by),
                end: to_offset(range.end).saturating_add(by),
            },
            Place::Whole(span) => span,
        }
    }

    fn error(self, error: SyntaxError) -> SyntaxError {
        match self {
            Place::Offset(by) => SyntaxError { at: error.at.saturating_add(by), ..error },
            Place::Whole(span) => SyntaxError { at: span.start, ..error },
        }
    }

    fn further(self, bytes: usize) -> Self {
        match self {
            Place::Offset(by) => Place::Offset(by.saturating_add(to_offset(bytes))),
            whole @ Place::Whole(_) => whole,
        }
    }
}

/// Converts the tree of hcl-edit to ours. hcl-edit limits the depth (64 levels, 128 operators), and so the recursion
/// here.
struct Lowering<'a> {
    source: &'a str,
    place: Place,
}

impl<'a> Lowering<'a> {
    fn span(&self, range: Option<Range<usize>>) -> Span {
        // The parser sets all spans; only values that code has built have none.
        self.place.span(&range.unwrap_or(0..self.source.len()))
    }

    fn slice(&self, range: Option<Range<usize>>) -> &'a str {
        range.and_then(|range| self.source.get(range)).unwrap_or_default()
    }

    fn body(&self, body: &structure::Body) -> Result<Body, SyntaxError> {
        let mut lowered = Body::default();
        for structure in body {
            match structure {
                structure::Structure::Attribute(attribute) => lowered.attributes.push(Attribute {
                    name: Rc::from(attribute.key.as_str()),
                    name_span: self.span(attribute.key.span()),
                    value: match attribute.key.as_str() {
                        "providers" => self.providers(&attribute.value)?,
                        _ => self.expression(&attribute.value)?,
                    },
                }),
                structure::Structure::Block(block) => lowered.blocks.push(self.block(block)?),
            }
        }
        Ok(lowered)
    }

    fn block(&self, block: &structure::Block) -> Result<Block, SyntaxError> {
        let labels: Vec<Label> = block
            .labels
            .iter()
            .map(|label| {
                let span = match label {
                    BlockLabel::Ident(name) => name.span(),
                    BlockLabel::String(text) => text.span(),
                };
                Label { text: Rc::from(label.as_str()), span: self.span(span) }
            })
            .collect();
        let kind = self.span(block.ident.span());
        let header = Span { start: kind.start, end: labels.last().map_or(kind.end, |label| label.span.end) };
        Ok(Block {
            kind: Rc::from(block.ident.as_str()),
            labels,
            body: self.body(&block.body)?,
            header,
            span: self.span(block.span()),
        })
    }
}
