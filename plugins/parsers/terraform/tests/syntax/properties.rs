//! What holds for any text.

use palisade_parser_terraform::syntax::{Body, Expr, ExprKind, File, Part, Span, Step, json, native};
use proptest::prelude::*;

/// Spans lie in the text, between characters, and inside of what they are part of.
struct Checker<'a> {
    text: &'a str,
    /// Whether parts lie inside of the whole: in JSON labels stand before their block.
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

/// Whatever the text is.
fn check(text: &str) {
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
    let _ = json::parse_values(text);
}

/// Pieces of the language, so that more than noise comes together.
const PIECES: &[&str] = &[
    "a",
    "b",
    " ",
    "\n",
    "\r\n",
    "\r",
    "=",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "%{",
    "~",
    "for x in ",
    ":",
    " if ",
    "=>",
    "...",
    ".",
    ".*",
    "[*]",
    ",",
    "<<E\n",
    "<<-E\n",
    "\nE\n",
    "E",
    "#",
    "//",
    "/*",
    "*/",
    "é",
    "\\",
    "\\n",
    "1",
    "-",
    "!",
    "+",
    "?",
    "endif",
    "else",
    "endfor",
    "null",
    "true",
    "::",
    "$${",
    "\u{feff}",
    "\u{0}",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// A JSON text that may be a configuration.
fn strings_in_json() -> impl Strategy<Value = String> {
    (pieces(), prop::sample::select(&["locals", "moved", "variable"][..])).prop_map(|(text, kind)| {
        let text: String = text.chars().filter(|it| !it.is_control()).collect();
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("{{\"{kind}\": {{\"é\": {{\"to\": \"{text}\", \"{text}\": [1]}}}}}}")
    })
}

fn small_files() -> Vec<String> {
    let mut files: Vec<String> =
        crate::corpora::files().into_iter().map(|(_, text)| text).filter(|text| text.len() < 3000).collect();
    files.truncate(150);
    files.extend(["blocks", "expressions", "templates"].map(|name| crate::fixture(&format!("{name}.tf"))));
    files.push(crate::fixture("main.tf.json"));
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_pieces(text in pieces()) {
        check(&text);
    }

    #[test]
    fn any_string_in_json(text in strings_in_json()) {
        check(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn real_files_with_damage(
        text in prop::sample::select(small_files()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(PIECES)), 1..4),
    ) {
        let mut text = text;
        for (at, length, piece) in damage {
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let start = floor(at.index(text.len() + 1));
            let end = floor(start + length);
            text.replace_range(start..end, piece);
        }
        check(&text);
    }
}
