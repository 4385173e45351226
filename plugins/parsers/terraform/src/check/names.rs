//! Names in expressions that are not declared. Unlike for a value that cannot be computed, `try` does not catch this.

use crate::check::refuse;
use crate::files::{FileId, Files};
use crate::module::{Declared, Module};
use crate::syntax::{Body, Expr, ExprKind, Part, Span, Step};

/// Roots that are not resources.
const ROOTS: [&str; 10] =
    ["count", "each", "ephemeral", "path", "self", "terraform", "tofu", "action", "provider", "run"];
/// Attributes that refer to the configuration with a syntax of their own.
const OTHERWISE: [&str; 5] = ["provider", "providers", "type", "ignore_changes", "source"];

/// Where to look up names.
struct Place<'a> {
    files: &'a Files<'a>,
    module: &'a Module,
    file: FileId,
}

/// Checks all expressions in the body of a declaration.
pub(super) fn check<T>(files: &Files<'_>, module: &Module, declared: &Declared<T>, body: &Body) {
    walk(files, module, &|name| declared.file_of(name), body, &mut Vec::new());
}

/// Checks one expression.
pub(super) fn check_expression(files: &Files<'_>, module: &Module, file: FileId, expr: &Expr) {
    Place { files, module, file }.expression(expr, &mut Vec::new());
}

fn walk<'b>(
    files: &Files<'_>,
    module: &Module,
    file_of: &dyn Fn(&str) -> FileId,
    body: &'b Body,
    own: &mut Vec<&'b str>,
) {
    for it in body.attributes.iter().filter(|it| !OTHERWISE.contains(&&*it.name)) {
        Place { files, module, file: file_of(&it.name) }.expression(&it.value, own);
    }
    for block in &body.blocks {
        let before = own.len();
        if &*block.kind == "dynamic" {
            // The variable has the name of the block, unless `iterator` sets another one.
            let iterator = block.body.attributes.iter().find(|it| &*it.name == "iterator");
            match iterator.map(|it| &it.value.kind) {
                Some(ExprKind::Variable(name)) => own.push(name),
                _ => own.extend(block.labels.first().map(|it| &*it.text)),
            }
        }
        let file = file_of(block.made());
        walk(files, module, &|_| file, &block.body, own);
        own.truncate(before);
    }
}

impl Place<'_> {
    fn refuse(&self, span: Span, what: &str) {
        refuse(self.files, self.file, span, &format!("{what} is not declared in this module"));
    }

    /// Checks an expression. `own` are the names of the loops around it.
    fn expression<'b>(&self, expr: &'b Expr, own: &mut Vec<&'b str>) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Variable(_) => {}
            ExprKind::Template(parts) => self.parts(parts, own),
            ExprKind::Tuple(items) => items.iter().for_each(|it| self.expression(it, own)),
            ExprKind::Object(entries) => {
                for (key, value) in entries {
                    self.expression(key, own);
                    self.expression(value, own);
                }
            }
            ExprKind::Attribute(of, _) => {
                self.reference(expr, own);
                self.expression(of, own);
            }
            ExprKind::Index(of, index) => {
                self.expression(of, own);
                self.expression(index, own);
            }
            ExprKind::AttributeSplat(of, steps) | ExprKind::FullSplat(of, steps) => {
                self.expression(of, own);
                self.steps(steps, own);
            }
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(|it| self.expression(it, own)),
            ExprKind::Conditional(parts) => parts.iter().for_each(|it| self.expression(it, own)),
            ExprKind::Unary(_, operand) => self.expression(operand, own),
            ExprKind::Binary(_, operands) => operands.iter().for_each(|it| self.expression(it, own)),
            ExprKind::For(it) => {
                self.expression(&it.collection, own);
                let before = own.len();
                own.extend(it.key_name.as_deref());
                own.push(&it.value_name);
                let inner = [it.key.as_ref(), Some(&it.value), it.condition.as_ref()];
                inner.into_iter().flatten().for_each(|it| self.expression(it, own));
                own.truncate(before);
            }
        }
    }

    fn steps<'b>(&self, steps: &'b [Step], own: &mut Vec<&'b str>) {
        for step in steps {
            match step {
                Step::Attribute(_) => {}
                Step::Index(index) => self.expression(index, own),
                Step::AttributeSplat(inner) | Step::FullSplat(inner) => self.steps(inner, own),
            }
        }
    }

    fn parts<'b>(&self, parts: &'b [Part], own: &mut Vec<&'b str>) {
        for part in parts {
            match part {
                Part::Literal(..) => {}
                Part::Interpolation(expr) => self.expression(expr, own),
                Part::If { condition, then, otherwise } => {
                    self.expression(condition, own);
                    self.parts(then, own);
                    self.parts(otherwise, own);
                }
                Part::For { key_name, value_name, collection, body } => {
                    self.expression(collection, own);
                    let before = own.len();
                    own.extend(key_name.as_deref());
                    own.push(value_name);
                    self.parts(body, own);
                    own.truncate(before);
                }
            }
        }
    }

    /// Checks the first steps of a traversal: `var.x`, `data.x.y`, `x.y`.
    fn reference(&self, expr: &Expr, own: &[&str]) {
        let ExprKind::Attribute(of, name) = &expr.kind else { return };
        match &of.kind {
            ExprKind::Variable(root) if own.contains(&&**root) || ROOTS.contains(&&**root) => {}
            ExprKind::Variable(root) => {
                let module = self.module;
                let known = match &**root {
                    "var" => module.variables.contains_key(name),
                    "local" => module.locals.contains_key(name),
                    "module" => module.calls.contains_key(name),
                    "data" => true,
                    kind => module.resource(&format!("{kind}.{name}")).is_some(),
                };
                if !known {
                    self.refuse(expr.span, &format!("`{root}.{name}`"));
                }
            }
            ExprKind::Attribute(root, kind) => {
                if let ExprKind::Variable(root) = &root.kind
                    && &**root == "data"
                    && !own.contains(&"data")
                    && self.module.resource(&format!("data.{kind}.{name}")).is_none()
                {
                    self.refuse(expr.span, &format!("`data.{kind}.{name}`"));
                }
            }
            _ => {}
        }
    }
}
