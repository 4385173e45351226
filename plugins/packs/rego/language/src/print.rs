//! Prints a tree as text that the engine reads as it is meant: the newest syntax, and everything on its original line,
//! so that lines in errors of the engine are lines of the author's file.

use crate::ast::{Body, Expr, ExprKind, Head, Literal, LiteralKind, Module, Rule, Shape};
use crate::place::Place;

/// Operators, loosest first.
const LEVELS: [&[&str]; 5] =
    [&["==", "!=", "<", "<=", ">", ">="], &["|"], &["&"], &["+", "-"], &["*", "/", "%"]];

/// Words that are not valid everywhere after a dot.
const WORDS: [&str; 15] = [
    "as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "package",
    "some", "true", "with",
];

#[derive(Default)]
pub(crate) struct Printer {
    out: String,
    line: u32,
    /// The number of lines before the first line of the module.
    before: u32,
}

/// Prints a module. Where lines do not matter, rules simply follow each other.
pub(crate) fn module(module: &Module) -> String {
    let mut printer = Printer { line: 1, ..Printer::default() };
    printer.header(module, true);
    printer.rules(module);
    printer.put("\n");
    printer.out
}

/// Prints modules with the same package and imports as one. Returns the number of lines before the first line of each.
pub(crate) fn modules(modules: &[&Module]) -> (String, Vec<u32>) {
    let mut printer = Printer { line: 1, ..Printer::default() };
    if let Some(first) = modules.first() {
        printer.header(first, false);
    }
    let mut before = Vec::new();
    for module in modules {
        printer.before = printer.line;
        before.push(printer.before);
        printer.at(Place { line: 1, column: 1 });
        printer.rules(module);
    }
    printer.put("\n");
    (printer.out, before)
}

/// Whether `some … in` over a collection can be printed as an index.
fn is_index(key: Option<&Expr>, collection: &Expr) -> bool {
    key.is_none_or(|key| key.as_var().is_some() || crate::parse::is_scalar(key))
        && matches!(collection.kind, ExprKind::Var(_) | ExprKind::Ref(..) | ExprKind::Call(..))
}

impl Printer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Prints the package and its imports, each on its original line if `placed` is set.
    fn header(&mut self, module: &Module, placed: bool) {
        let at = |place: Place| if placed { place } else { Place::default() };
        self.at(at(module.package_place));
        self.put("package ");
        self.path(&module.package);
        self.put(" import rego.v1");
        for import in module.imports.iter().filter(|import| !import.is_syntax()) {
            self.at(at(import.place));
            self.put(" import ");
            self.path(&import.path);
            if let Some(alias) = &import.alias {
                self.put(" as ");
                self.put(alias);
            }
        }
    }

    fn rules(&mut self, module: &Module) {
        for rule in &module.rules {
            self.at(rule.place);
            self.rule(rule);
        }
    }

    /// Moves to a line of the module, unless it was passed already.
    fn at(&mut self, place: Place) {
        while self.line < self.before.saturating_add(place.line) {
            self.out.push('\n');
            self.line = self.line.saturating_add(1);
        }
    }

    fn path(&mut self, path: &[String]) {
        for (index, step) in path.iter().enumerate() {
            if index == 0 { self.put(step) } else { self.field(step) }
        }
    }

    fn field(&mut self, step: &str) {
        if is_name(step) {
            self.put(".");
            self.put(step);
        } else {
            self.put("[");
            self.quoted(step);
            self.put("]");
        }
    }

    fn quoted(&mut self, text: &str) {
        let quoted = serde_json::Value::String(text.to_owned()).to_string();
        // JSON does not escape it, and the engine refuses it in a string.
        self.put(&quoted.replace('\u{7f}', "\\u007f"));
    }

    fn rule(&mut self, rule: &Rule) {
        self.put(" ");
        if rule.default {
            self.put("default ");
        }
        self.put(&rule.name);
        for step in &rule.steps {
            self.step(step);
        }
        match &rule.head {
            Head::Value { op, value } => self.value(op, value.as_ref()),
            Head::Member(member) => {
                self.put(" contains ");
                self.expr(member);
            }
            Head::Function { parameters, op, value } => {
                self.put("(");
                self.list(parameters);
                self.put(")");
                self.value(op, value.as_ref());
            }
        }
        self.rule_body(rule.body.as_ref());
        for otherwise in &rule.otherwise {
            self.at(otherwise.place);
            self.put(" else");
            self.value(otherwise.op, otherwise.value.as_ref());
            self.rule_body(otherwise.body.as_ref());
        }
    }

    fn value(&mut self, op: &str, value: Option<&Expr>) {
        if let Some(value) = value {
            self.put(" ");
            self.put(op);
            self.put(" ");
            self.operand(value, 0);
        }
    }

    fn rule_body(&mut self, body: Option<&Body>) {
        if let Some(body) = body {
            self.put(" if {");
            self.body(body);
            self.put("}");
        }
    }

    fn body(&mut self, body: &Body) {
        for (index, literal) in body.iter().enumerate() {
            if index > 0 && self.line >= literal.place.line {
                self.put(";");
            }
            self.at(literal.place);
            self.put(" ");
            self.literal(literal);
        }
        self.put(" ");
    }

    fn literal(&mut self, literal: &Literal) {
        match &literal.kind {
            LiteralKind::Some(names) => {
                self.put("some ");
                let names: Vec<_> = names.iter().map(|(name, _)| name.as_str()).collect();
                self.put(&names.join(", "));
            }
            LiteralKind::SomeIn { key, value, collection } if is_index(key.as_ref(), collection) => {
                // The same, except that iterating over a value that is not a collection is not an error.
                self.operand(value, 1);
                self.put(" = ");
                self.expr(collection);
                self.put("[");
                match key {
                    Some(key) => self.expr(key),
                    None => self.put("_"),
                }
                self.put("]");
            }
            LiteralKind::SomeIn { key, value, collection } => {
                self.put("some ");
                if let Some(key) = key {
                    self.expr(key);
                    self.put(", ");
                }
                self.expr(value);
                self.put(" in ");
                self.operand(collection, 1);
            }
            LiteralKind::Every { key, value, domain, body } => {
                self.put("every ");
                if let Some(key) = key {
                    self.put(key);
                    self.put(", ");
                }
                self.put(value);
                self.put(" in ");
                self.operand(domain, 1);
                self.put(" {");
                self.body(body);
                self.put("}");
            }
            LiteralKind::Not(expr) => {
                self.put("not ");
                self.expr(expr);
            }
            LiteralKind::Expr(expr) => self.expr(expr),
        }
        for (target, value) in &literal.with {
            self.put(" with ");
            self.expr(target);
            self.put(" as ");
            self.operand(value, 1);
        }
    }

    fn list(&mut self, items: &[Expr]) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.operand(item, 0);
        }
    }

    fn items(&mut self, items: &[Expr]) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.item(item);
        }
    }

    /// An item of a literal: `[a | b]` would be a comprehension, `[(a | b)]` is not.
    fn item(&mut self, item: &Expr) {
        if first_operator(item) == Some("|") { self.bracketed(item) } else { self.operand(item, 0) }
    }

    fn step(&mut self, step: &Expr) {
        if let Some(text) = step.as_text() {
            self.field(text);
        } else {
            self.put("[");
            self.operand(step, 0);
            self.put("]");
        }
    }

    /// Prints an operand: operators below this level get brackets; level 0 has `in` too.
    fn operand(&mut self, expr: &Expr, level: usize) {
        let own = match &expr.kind {
            ExprKind::Binary(op, ..) => level_of(op),
            ExprKind::In(None, ..) => 0,
            ExprKind::In(Some(_), ..) | ExprKind::Assign(..) => return self.bracketed(expr),
            _ => usize::MAX,
        };
        if own < level { self.bracketed(expr) } else { self.expr(expr) }
    }

    fn bracketed(&mut self, expr: &Expr) {
        self.put("(");
        self.expr(expr);
        self.put(")");
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Binary(..) | ExprKind::In(..) | ExprKind::Assign(..) => {}
            _ => self.at(expr.place),
        }
        match &expr.kind {
            ExprKind::Null => self.put("null"),
            ExprKind::Bool(true) => self.put("true"),
            ExprKind::Bool(false) => self.put("false"),
            ExprKind::Number(text) | ExprKind::Var(text) => self.put(text),
            ExprKind::Text(text) => self.quoted(text),
            ExprKind::Ref(base, steps) => {
                self.expr(base);
                for step in steps {
                    self.step(step);
                }
            }
            ExprKind::Call(name, arguments) => {
                self.path(name);
                self.put("(");
                self.list(arguments);
                self.put(")");
            }
            ExprKind::Array(items) => {
                self.put("[");
                self.items(items);
                self.put("]");
            }
            ExprKind::Set(items) if items.is_empty() => self.put("set()"),
            ExprKind::Set(items) => {
                self.put("{");
                self.items(items);
                self.put("}");
            }
            ExprKind::Object(items) => {
                self.put("{");
                for (index, (key, value)) in items.iter().enumerate() {
                    if index > 0 {
                        self.put(", ");
                    }
                    self.item(key);
                    self.put(": ");
                    self.item(value);
                }
                self.put("}");
            }
            ExprKind::Collect(shape, item, body) => {
                let (open, close) = if *shape == Shape::Array { ("[", "]") } else { ("{", "}") };
                self.put(open);
                self.operand(item, usize::MAX);
                self.collected(body, close);
            }
            ExprKind::CollectObject(key, value, body) => {
                self.put("{");
                self.operand(key, usize::MAX);
                self.put(": ");
                self.operand(value, usize::MAX);
                self.collected(body, "}");
            }
            ExprKind::Binary(op, left, right) => {
                let level = level_of(op);
                self.operand(left, level);
                self.put(" ");
                self.put(op);
                self.put(" ");
                self.operand(right, level.saturating_add(1));
            }
            ExprKind::In(key, value, collection) => {
                if let Some(key) = key {
                    self.operand(key, 1);
                    self.put(", ");
                }
                self.operand(value, usize::from(key.is_some()));
                self.put(" in ");
                self.operand(collection, 1);
            }
            ExprKind::Assign(op, left, right) => {
                self.operand(left, 0);
                self.put(" ");
                self.put(op);
                self.put(" ");
                self.operand(right, 0);
            }
        }
    }

    fn collected(&mut self, body: &Body, close: &str) {
        self.put(" |");
        self.body(body);
        self.put(close);
    }
}

/// The first operator in the text of an expression.
fn first_operator(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Binary(op, left, _) => first_operator(left).or(Some(op)),
        ExprKind::In(None, left, _) => first_operator(left),
        _ => None,
    }
}

fn level_of(op: &str) -> usize {
    LEVELS.iter().position(|level| level.contains(&op)).map_or(0, |level| level.saturating_add(1))
}

/// Whether a text can be written as a name.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !WORDS.contains(&text)
}
