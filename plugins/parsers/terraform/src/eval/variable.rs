//! Input variables, local values and outputs.

use std::rc::Rc;

use palisade_sdk::Level;
use palisade_terraform_values::{Type, Unknown, Value, convert};

use super::{Evaluated, Evaluator, Instance, Scope, recall, remember};
use crate::module::{Declared, argument, attribute};
use crate::syntax::{Block, ExprKind, Span};

impl Evaluator<'_> {
    /// `var.name`.
    pub(super) fn variable(
        &self,
        instance: &Rc<Instance>,
        name: &Rc<str>,
        at: (&Scope<'_>, Span),
    ) -> Evaluated {
        match recall(&instance.variables, name) {
            Ok(value) => return Ok(value),
            Err(true) => return circle(at, &format!("var.{name}")),
            Err(false) => {}
        }
        let Some(declared) = instance.module.variables.get(name) else {
            instance.variables.borrow_mut().remove(name);
            return at.0.fail(at.1, format!("this module declares no variable `{name}`"));
        };
        let value = self.variable_value(instance, name, declared);
        Ok(remember(&instance.variables, Rc::clone(name), value))
    }

    fn variable_value(&self, instance: &Rc<Instance>, name: &Rc<str>, declared: &Declared<Block>) -> Value {
        let (file, body) = (declared.file, &declared.what.body);
        let scope = instance.scope(declared.file_of("type"));
        let ty = argument(body, "type").map_or(Type::Any, |expr| self.type_of(expr, &scope));
        let default = attribute(body, "default");
        let nullable =
            !matches!(argument(body, "nullable"), Some(expr) if expr.kind == ExprKind::Bool(false));
        let given = self.given(instance, name);
        let given = given.filter(|value| nullable || !value.is_null());
        let value =
            given.or_else(|| Some(self.named(default?, &instance.scope(declared.file_of("default")))));
        let Some(value) = value else {
            if let Some(caller) = &instance.caller
                && let Some(call) = caller.instance.module.calls.get(&caller.name)
            {
                let message = format!("module `{}` needs a value for its variable `{name}`", caller.name);
                self.report(Level::Warning, "terraform-argument", call.file, call.what.header, &message);
            }
            let reason = "the variable has neither a value nor a default";
            let unknown: Value = Unknown::new(&format!("var.{name}"), reason, ty).into();
            return unknown.at(self.origins.plain(file, declared.what.header));
        };
        let origin = value.origin;
        match convert(value, &ty) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("the value of variable `{name}` does not fit its type: {error}");
                let place = self.origins.get(origin);
                let (at, span) = place.map_or((file, declared.what.header), |it| (it.file, it.span));
                self.report(Level::Warning, "terraform-variable", at, span, &message);
                let unknown: Value = Unknown::new(&format!("var.{name}"), &message, ty).into();
                unknown.at(origin)
            }
        }
    }

    /// The value of a variable from the caller or the environment.
    fn given(&self, instance: &Rc<Instance>, name: &Rc<str>) -> Option<Value> {
        let Some(caller) = &instance.caller else {
            return if instance.given { self.inputs.get(name).cloned() } else { None };
        };
        let call = caller.instance.module.calls.get(&caller.name)?;
        let it = attribute(&call.what.body, name)?;
        let scope = Scope { each: &caller.each, ..caller.instance.scope(call.file_of(name)) };
        Some(self.named(it, &scope))
    }

    /// `local.name`.
    pub(super) fn local(&self, instance: &Rc<Instance>, name: &Rc<str>, at: (&Scope<'_>, Span)) -> Evaluated {
        match recall(&instance.locals, name) {
            Ok(value) => return Ok(value),
            Err(true) => return circle(at, &format!("local.{name}")),
            Err(false) => {}
        }
        let Some(declared) = instance.module.locals.get(name) else {
            instance.locals.borrow_mut().remove(name);
            return at.0.fail(at.1, format!("this module has no local value `{name}`"));
        };
        let value = self.named(&declared.what, &instance.scope(declared.file));
        Ok(remember(&instance.locals, Rc::clone(name), value))
    }

    /// The value of `module.x.name`, evaluated in the module.
    pub(super) fn output(
        &self,
        instance: &Rc<Instance>,
        name: &Rc<str>,
        at: (&Scope<'_>, Span),
    ) -> Evaluated {
        match recall(&instance.outputs, name) {
            Ok(value) => return Ok(value),
            Err(true) => return circle(at, &format!("{}.{name}", instance.address)),
            Err(false) => {}
        }
        let found = instance.module.outputs.get(name);
        let Some((declared, it)) = found.and_then(|it| Some((it, attribute(&it.what.body, "value")?))) else {
            instance.outputs.borrow_mut().remove(name);
            return at.0.fail(at.1, format!("`{}` has no output `{name}`", instance.address));
        };
        let value = self.named(it, &instance.scope(declared.file_of("value")));
        Ok(remember(&instance.outputs, Rc::clone(name), value))
    }

    /// The literal values of a tfvars file.
    pub(crate) fn values_of(&self, path: &str) -> Vec<(Rc<str>, Value)> {
        let Some(file) = self.files.open(path) else { return Vec::new() };
        let Some(source) = self.files.get(file) else { return Vec::new() };
        let nothing = Rc::new(Instance::new(Rc::default(), "".into(), String::new(), 0, None));
        let scope = nothing.scope(file);
        let attributes = source.parsed.body.attributes.iter();
        attributes.map(|it| (Rc::clone(&it.name), self.named(it, &scope))).collect()
    }
}

/// The failure of a value that depends on itself.
pub(super) fn circle<T>((scope, span): (&Scope<'_>, Span), what: &str) -> Result<T, super::Failure> {
    scope.fail(span, format!("`{what}` depends on itself; break the circle"))
}
