//! Templates: strings with interpolations and directives, and heredocs.
//!
//! The rules for `~` and for the indentation of `<<-` apply to single tokens of a flat sequence, in which every line of
//! a heredoc is a separate token. So a template is first flattened, then trimmed, then built.

use std::borrow::Cow;
use std::rc::Rc;
use std::vec::IntoIter;

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};
use palisade_text::to_offset;

use super::Lowering;
use crate::{Expr, ExprKind, Part, Span, SyntaxError};

enum Token {
    Literal { text: String, span: Span },
    Interpolation(Expr),
    If(Expr),
    Else,
    EndIf,
    For { key_name: Option<Rc<str>>, value_name: Rc<str>, collection: Expr },
    EndFor,
}

/// A token, and whether it strips the whitespace before and after it.
struct Item {
    token: Token,
    strip: Strip,
}

/// The notation of a template's literals.
#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    /// In quotes, with escapes, as one token per literal.
    Quoted,
    /// As written, with one token per line.
    Lines,
}

impl Lowering<'_> {
    pub(super) fn quoted_template(&self, template: &Template) -> Result<ExprKind, SyntaxError> {
        let mut parts = self.parts(template, Spelling::Quoted, false)?;
        // `"${x}"` is `x`, with its type.
        if template.len() == 1
            && let Some(Part::Interpolation(_)) = parts.first()
            && let Some(Part::Interpolation(inner)) = parts.pop()
        {
            return Ok(inner.kind);
        }
        Ok(whole(parts))
    }

    pub(super) fn heredoc(&self, heredoc: &HeredocTemplate) -> Result<ExprKind, SyntaxError> {
        let indented = self.slice(heredoc.span()).starts_with("<<-");
        Ok(whole(self.parts(&heredoc.template, Spelling::Lines, indented)?))
    }

    pub(super) fn bare_template(&self, template: &Template) -> Result<Vec<Part>, SyntaxError> {
        self.parts(template, Spelling::Lines, false)
    }

    fn parts(
        &self,
        template: &Template,
        spelling: Spelling,
        indented: bool,
    ) -> Result<Vec<Part>, SyntaxError> {
        let mut items = Vec::with_capacity(template.len());
        self.lay(template, spelling, &mut items)?;
        trim(&mut items);
        if indented {
            dedent(&mut items);
        }
        Ok(build(&mut items.into_iter()).0)
    }

    fn lay(&self, template: &Template, spelling: Spelling, items: &mut Vec<Item>) -> Result<(), SyntaxError> {
        for element in template {
            match element {
                Element::Literal(literal) => {
                    let range = literal.span().unwrap_or_default();
                    if spelling == Spelling::Quoted {
                        let token =
                            Token::Literal { text: literal.value().clone(), span: self.place.span(&range) };
                        items.push(Item { token, strip: Strip::None });
                        continue;
                    }
                    // hcl-edit has already changed the text of a heredoc, with different rules.
                    let mut start = range.start;
                    for line in self.source.get(range).unwrap_or_default().split_inclusive('\n') {
                        let span = self.place.span(&(start..start + line.len()));
                        start += line.len();
                        let token = Token::Literal { text: unescaped(line).into_owned(), span };
                        items.push(Item { token, strip: Strip::None });
                    }
                }
                Element::Interpolation(it) => {
                    let token = Token::Interpolation(self.expression(&it.expr)?);
                    items.push(Item { token, strip: it.strip });
                }
                Element::Directive(directive) => match directive.as_ref() {
                    Directive::If(it) => {
                        let token = Token::If(self.expression(&it.if_expr.cond_expr)?);
                        items.push(Item { token, strip: it.if_expr.strip });
                        self.lay(&it.if_expr.template, spelling, items)?;
                        if let Some(otherwise) = &it.else_expr {
                            items.push(Item { token: Token::Else, strip: otherwise.strip });
                            self.lay(&otherwise.template, spelling, items)?;
                        }
                        items.push(Item { token: Token::EndIf, strip: it.endif_expr.strip });
                    }
                    Directive::For(it) => {
                        let token = Token::For {
                            key_name: it.for_expr.key_var.as_ref().map(|name| Rc::from(name.as_str())),
                            value_name: Rc::from(it.for_expr.value_var.as_str()),
                            collection: self.expression(&it.for_expr.collection_expr)?,
                        };
                        items.push(Item { token, strip: it.for_expr.strip });
                        self.lay(&it.for_expr.template, spelling, items)?;
                        items.push(Item { token: Token::EndFor, strip: it.endfor_expr.strip });
                    }
                },
            }
        }
        Ok(())
    }
}

fn whole(parts: Vec<Part>) -> ExprKind {
    match parts.as_slice() {
        [] => ExprKind::String(Rc::from("")),
        [Part::Literal(text, _)] => ExprKind::String(text.clone()),
        _ => ExprKind::Template(parts),
    }
}

/// `$${` and `%%{` are escapes of `${` and `%{`.
fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains("$${") || text.contains("%%{") {
        Cow::Owned(text.replace("$${", "${").replace("%%{", "%{"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Strips whitespace next to a `~`, only in the adjacent token, so at most one line.
fn trim(items: &mut [Item]) {
    for at in 0..items.len() {
        let Some(strip) = items.get(at).map(|item| item.strip) else { return };
        if strip.strip_start()
            && let Some(before) = at.checked_sub(1)
            && let Some(Item { token: Token::Literal { text, .. }, .. }) = items.get_mut(before)
        {
            text.truncate(text.trim_end().len());
        }
        if strip.strip_end()
            && let Some(Item { token: Token::Literal { text, .. }, .. }) = items.get_mut(at + 1)
        {
            text.drain(..text.len() - text.trim_start().len());
        }
    }
}

/// Removes the common indentation of all lines. Blank lines are ignored and unchanged, and a line that begins with an
/// interpolation or a directive has no indentation.
fn dedent(items: &mut [Item]) {
    let mut least = usize::MAX;
    let mut indented = Vec::new();
    let mut begins = true;
    for (at, item) in items.iter().enumerate() {
        let text = match &item.token {
            Token::Literal { text, .. } => Some(text),
            _ => None,
        };
        if std::mem::take(&mut begins) {
            let blanks = text.map_or(0, |text| text.chars().take_while(|it| it.is_whitespace()).count());
            let blank_line = text.is_some_and(|text| text.ends_with('\n') && text.trim_start().is_empty());
            if !blank_line {
                least = least.min(blanks);
                indented.push(at);
            }
        }
        begins = text.is_some_and(|text| text.ends_with('\n'));
    }
    for at in indented {
        if let Some(Item { token: Token::Literal { text, span }, .. }) = items.get_mut(at) {
            let bytes = text.char_indices().nth(least).map_or(text.len(), |(at, _)| at);
            text.drain(..bytes);
            if span.end - span.start > to_offset(bytes) {
                span.start += to_offset(bytes);
            }
        }
    }
}

/// The parts up to the end of the current block, and the token that ended it.
fn build(items: &mut IntoIter<Item>) -> (Vec<Part>, Option<Token>) {
    let mut parts = Vec::new();
    while let Some(Item { token, .. }) = items.next() {
        match token {
            Token::Literal { text, span } => literal(&mut parts, &text, span),
            Token::Interpolation(expression) => parts.push(Part::Interpolation(expression)),
            Token::If(condition) => {
                let (then, end) = build(items);
                let otherwise = if matches!(end, Some(Token::Else)) { build(items).0 } else { Vec::new() };
                parts.push(Part::If { condition, then, otherwise });
            }
            Token::For { key_name, value_name, collection } => {
                let (body, _) = build(items);
                parts.push(Part::For { key_name, value_name, collection, body });
            }
            end @ (Token::Else | Token::EndIf | Token::EndFor) => return (parts, Some(end)),
        }
    }
    (parts, None)
}

/// Joins adjacent lines to one literal.
fn literal(parts: &mut Vec<Part>, text: &str, span: Span) {
    if text.is_empty() {
        return;
    }
    if let Some(Part::Literal(before, of)) = parts.last_mut() {
        *before = Rc::from(format!("{before}{text}"));
        of.end = span.end;
        return;
    }
    parts.push(Part::Literal(Rc::from(text), span));
}
