//! Checks that Terraform makes even if no resource depends on them: local values, outputs, variables and their
//! validation, preconditions.

use std::rc::Rc;

use palisade_sdk::Level;

use super::{Evaluator, Instance, Scope};
use crate::emit;
use crate::module::argument;
use crate::syntax::Body;

impl Evaluator<'_> {
    /// Evaluates the rest of a module and of all modules that it calls.
    pub(crate) fn validate(&self, root: &Rc<Instance>) {
        let mut open = vec![Rc::clone(root)];
        while let Some(instance) = open.pop() {
            self.validate_instance(&instance);
            for name in instance.module.calls.keys() {
                open.extend(self.calls(&instance, name).items.iter().map(|(_, it)| Rc::clone(it)));
            }
        }
        for resource in emit::resources(self, root) {
            if let Some(body) = resource.body() {
                let scope = resource.scope_of("lifecycle");
                for block in body.blocks.iter().filter(|it| &*it.kind == "lifecycle") {
                    self.conditions(&block.body, "precondition", &resource.address, &scope);
                    self.conditions(&block.body, "postcondition", &resource.address, &scope);
                }
            }
        }
    }

    /// Errors are reported by the evaluation, so the results are dropped.
    fn validate_instance(&self, instance: &Rc<Instance>) {
        let module = &instance.module;
        for (name, declared) in &module.locals {
            let scope = instance.scope(declared.file);
            drop(self.local(instance, name, (&scope, declared.what.name_span)));
        }
        for (name, declared) in &module.outputs {
            let scope = instance.scope(declared.file);
            drop(self.output(instance, name, (&scope, declared.what.header)));
            let scope = instance.scope(declared.file_of("precondition"));
            self.conditions(&declared.what.body, "precondition", &format!("output.{name}"), &scope);
        }
        for (name, declared) in &module.variables {
            let scope = instance.scope(declared.file);
            drop(self.variable(instance, name, (&scope, declared.what.header)));
            let scope = instance.scope(declared.file_of("validation"));
            self.conditions(&declared.what.body, "validation", &format!("var.{name}"), &scope);
        }
    }

    /// Reports false conditions in the blocks of a kind. An unknown condition may hold.
    fn conditions(&self, body: &Body, kind: &str, of: &str, scope: &Scope<'_>) {
        for block in body.blocks.iter().filter(|it| &*it.kind == kind) {
            let Some(expr) = argument(&block.body, "condition") else { continue };
            let (span, message) = match self.condition(expr, scope) {
                Ok(Ok(true) | Err(_)) => continue,
                Ok(Ok(false)) => (expr.span, format!("`{of}` does not satisfy this {kind}")),
                Err(failure) => (failure.span, failure.message),
            };
            self.report(Level::Warning, "terraform-condition", scope.file, span, &message);
        }
    }
}
