//! Type constraints: `list(object({ name = optional(string, "x") }))`.

use std::collections::BTreeMap;
use std::rc::Rc;

use palisade_sdk::Level;
use palisade_terraform_values::{Attribute, Type};

use super::{Evaluator, Scope};
use crate::syntax::{Expr, ExprKind};

impl Evaluator<'_> {
    /// The type of an expression; for an invalid one [`Type::Any`] and a diagnostic.
    pub(super) fn type_of(&self, expr: &Expr, scope: &Scope<'_>) -> Type {
        self.constraint(expr, scope, 0).unwrap_or_else(|| {
            let message = "this is not a type; write one such as `string` or `list(string)`";
            self.report(Level::Warning, "terraform-type", scope.file, expr.span, message);
            Type::Any
        })
    }

    fn constraint(&self, expr: &Expr, scope: &Scope<'_>, depth: u32) -> Option<Type> {
        if depth > 64 {
            return None;
        }
        let named = |name: &str| match name {
            "any" => Some(Type::Any),
            "bool" => Some(Type::Bool),
            "number" => Some(Type::Number),
            "string" => Some(Type::String),
            // The forms of Terraform 0.11 are still valid.
            "list" => Some(Type::List(Box::new(Type::Any))),
            "set" => Some(Type::Set(Box::new(Type::Any))),
            "map" => Some(Type::Map(Box::new(Type::Any))),
            _ => None,
        };
        match &expr.kind {
            // Quoted types are also from Terraform 0.11.
            ExprKind::Variable(name) | ExprKind::String(name) => named(name),
            ExprKind::Call { name, arguments, .. } => {
                let [inner] = arguments.as_slice() else { return None };
                let of = || self.constraint(inner, scope, depth + 1).map(Box::new);
                match &**name {
                    "list" => Some(Type::List(of()?)),
                    "set" => Some(Type::Set(of()?)),
                    "map" => Some(Type::Map(of()?)),
                    "tuple" => {
                        let ExprKind::Tuple(items) = &inner.kind else { return None };
                        let types = items.iter().map(|it| self.constraint(it, scope, depth + 1));
                        Some(Type::Tuple(types.collect::<Option<_>>()?))
                    }
                    "object" => self.object_type(inner, scope, depth),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn object_type(&self, expr: &Expr, scope: &Scope<'_>, depth: u32) -> Option<Type> {
        let ExprKind::Object(entries) = &expr.kind else { return None };
        let mut attributes = BTreeMap::new();
        for (key, value) in entries {
            let (ExprKind::String(name) | ExprKind::Variable(name)) = &key.kind else { return None };
            let attribute = match &value.kind {
                ExprKind::Call { name, arguments, .. } if &**name == "optional" => {
                    let ty = self.constraint(arguments.first()?, scope, depth + 1)?;
                    let default =
                        arguments.get(1).map(|it| self.settle(self.evaluate(it, scope), scope.file, it));
                    Attribute { ty, optional: true, default }
                }
                _ => Attribute {
                    ty: self.constraint(value, scope, depth + 1)?,
                    optional: false,
                    default: None,
                },
            };
            attributes.insert(Rc::clone(name), attribute);
        }
        Some(Type::Object(attributes))
    }
}
