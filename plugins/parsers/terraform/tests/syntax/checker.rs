//! Properties of the tree of any text. The fuzz target `terraform_syntax` includes this file too.

use palisade_parser_terraform::syntax::{Body, Expr, ExprKind, File, Part, Span, Step, json, native};

/// Checks that spans are in the text, between characters, and inside the span of their parent.
struct Checker<'a> {
    text: &'a str,
    /// Whether parts are inside their parent: in JSON labels precede their block.
    nested: bool,
}

impl Checker<'_> {
    fn span(&self, span: Span, within: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end, "{span:?}");
        assert!(self.text.is_char_boundary(start) && self.text.is_char_boundary(end), "{span:?}");
        if self.nested {
            assert!(within.start <= span.start && span.end <= within.end, "{span:?} in {within:?}");
        }
    }

    fn file(&self, file: &File) {
        let whole = Span { start: 0, end: u32::try_from(self.text.len()).unwrap() };
        self.body(&file.body, whole);
        for comment in &file.comments {
            self.span(comment.span, whole);
        }
    }

    fn body(&self, body: &Body, within: Span) {
        for it in &body.attributes {
            self.span(it.name_span, within);
            self.expr(&it.value, within);
        }
        for block in &body.blocks {
            self.span(block.span, within);
            self.span(block.header, block.span);
            for label in &block.labels {
                self.span(label.span, block.header);
            }
            self.body(&block.body, block.span);
        }
    }

    fn expr(&self, it: &Expr, within: Span) {
        self.span(it.span, within);
        let all = |items: &[Expr]| items.iter().for_each(|item| self.expr(item, it.span));
        match &it.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Variable(_) => {}
            ExprKind::Template(parts) => self.parts(parts, it.span),
            ExprKind::Tuple(items) | ExprKind::Call { arguments: items, .. } => all(items),
            ExprKind::Object(items) => items.iter().for_each(|(key, value)| {
                self.expr(key, it.span);
                self.expr(value, it.span);
            }),
            ExprKind::Attribute(of, _) | ExprKind::Unary(_, of) => self.expr(of, it.span),
            ExprKind::Index(of, index) => {
                self.expr(of, it.span);
                self.expr(index, it.span);
            }
            ExprKind::AttributeSplat(of, steps) | ExprKind::FullSplat(of, steps) => {
                self.expr(of, it.span);
                self.steps(steps, it.span);
            }
            ExprKind::Conditional(three) => all(three.as_slice()),
            ExprKind::Binary(_, sides) => all(sides.as_slice()),
            ExprKind::For(of) => {
                self.expr(&of.collection, it.span);
                self.expr(&of.value, it.span);
                for part in [&of.key, &of.condition].into_iter().flatten() {
                    self.expr(part, it.span);
                }
            }
        }
    }

    fn steps(&self, steps: &[Step], within: Span) {
        for step in steps {
            match step {
                Step::Attribute(_) => {}
                Step::Index(index) => self.expr(index, within),
                Step::AttributeSplat(rest) | Step::FullSplat(rest) => self.steps(rest, within),
            }
        }
    }

    fn parts(&self, parts: &[Part], within: Span) {
        for part in parts {
            match part {
                Part::Literal(text, span) => {
                    assert!(!text.is_empty());
                    self.span(*span, within);
                }
                Part::Interpolation(it) => self.expr(it, within),
                Part::If { condition, then, otherwise } => {
                    self.expr(condition, within);
                    self.parts(then, within);
                    self.parts(otherwise, within);
                }
                Part::For { collection, body, .. } => {
                    self.expr(collection, within);
                    self.parts(body, within);
                }
            }
        }
    }
}

/// Reads a text with every parser: none panics, and all places are valid.
pub(crate) fn check(text: &str) {
    match native::parse(text) {
        Ok(file) => Checker { text, nested: true }.file(&file),
        Err(error) => assert!(text.is_char_boundary(error.at as usize), "{error:?}"),
    }
    let whole = Span { start: 0, end: u32::try_from(text.len()).unwrap() };
    match native::parse_expression(text) {
        Ok(it) => Checker { text, nested: true }.expr(&it, whole),
        Err(error) => assert!(text.is_char_boundary(error.at as usize), "{error:?}"),
    }
    match native::parse_template(text) {
        Ok(it) => Checker { text, nested: true }.parts(&it, whole),
        Err(error) => assert!(text.is_char_boundary(error.at as usize), "{error:?}"),
    }
    match json::parse(text) {
        Ok(file) => Checker { text, nested: false }.file(&file),
        Err(error) => assert!(text.is_char_boundary(error.at as usize), "{error:?}"),
    }
    if let Err(error) = json::parse_values(text) {
        assert!(text.is_char_boundary(error.at as usize), "{error:?}");
    }
}
