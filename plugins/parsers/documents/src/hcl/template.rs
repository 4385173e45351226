//! Templates: escapes are resolved, interpolations are kept, and directives are written as `hcl2json` writes them:
//! `%{if …}…%{else}…%{endif}` and `%{for … in …}…%{endfor}`. The same applies to a condition in an interpolation.

use palisade_terraform_syntax::{Expr, ExprKind, Part};

use super::{Converter, place};

impl Converter<'_> {
    pub(super) fn template(&self, parts: &[Part]) -> String {
        let mut out = String::new();
        self.parts(parts, &mut out);
        out
    }

    fn parts(&self, parts: &[Part], out: &mut String) {
        for part in parts {
            match part {
                Part::Literal(text, _) => out.push_str(text),
                Part::Interpolation(expression) => self.interpolation(expression, out),
                Part::If { condition, then, otherwise } => {
                    let mut other = String::new();
                    self.parts(otherwise, &mut other);
                    self.conditional(condition, |out| self.parts(then, out), &other, out);
                }
                Part::For { key_name, value_name, collection, body } => {
                    out.push_str("%{for ");
                    if let Some(key) = key_name {
                        out.push_str(key);
                        out.push_str(", ");
                    }
                    out.push_str(value_name);
                    out.push_str(" in ");
                    out.push_str(self.source(self.widened(place(collection.span))));
                    out.push('}');
                    self.parts(body, out);
                    out.push_str("%{endfor}");
                }
            }
        }
    }

    fn interpolation(&self, expression: &Expr, out: &mut String) {
        let at = self.widened(place(expression.span));
        match &expression.kind {
            _ if at != place(expression.span) => out.push_str(&self.wrapped(at)),
            ExprKind::String(text) => out.push_str(text),
            ExprKind::Number(number) => out.push_str(number),
            ExprKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            ExprKind::Template(parts) => self.parts(parts, out),
            ExprKind::Conditional(three) => {
                let [condition, then, otherwise] = &**three;
                let mut other = String::new();
                self.interpolation(otherwise, &mut other);
                self.conditional(condition, |out| self.interpolation(then, out), &other, out);
            }
            _ => out.push_str(&self.wrapped(at)),
        }
    }

    fn conditional(
        &self,
        condition: &Expr,
        then: impl FnOnce(&mut String),
        otherwise: &str,
        out: &mut String,
    ) {
        out.push_str("%{if ");
        out.push_str(self.source(self.widened(place(condition.span))));
        out.push('}');
        then(out);
        if !otherwise.is_empty() {
            out.push_str("%{else}");
            out.push_str(otherwise);
        }
        out.push_str("%{endif}");
    }
}
