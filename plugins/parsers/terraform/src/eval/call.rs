//! Module calls: their modules, instances and outputs.

use std::rc::Rc;

use palisade_sdk::Level;
use palisade_sdk::parser::{Need, Status};
use palisade_terraform_values::{Entries, Type, Unknown, Value};

use super::reference::Hop;
use super::repeat::Repeat;
use super::{Caller, Evaluator, Failure, Instance, Key, Scope, recall, remember};
use crate::module::{Declared, argument};
use crate::path;
use crate::syntax::{Block, ExprKind, Span};

/// The maximum depth of module calls; it also stops a module that calls itself.
const MAX_MODULES: u32 = 40;
/// The kind of the needs.
const NEED: &str = "terraform-module";

/// All instances of a module call.
pub(crate) struct Calls {
    pub(crate) repeat: Repeat,
    pub(crate) items: Vec<(Key, Rc<Instance>)>,
    /// Why the call has no instances although it should.
    pub(crate) missing: Option<String>,
}

impl Evaluator<'_> {
    /// The instances of a module call.
    pub(crate) fn calls(&self, instance: &Rc<Instance>, name: &Rc<str>) -> Rc<Calls> {
        match recall(&instance.calls, name) {
            Ok(known) => return known,
            // Its own `count` depends on it.
            Err(true) => {
                let missing = Some("it depends on itself".to_owned());
                return Rc::new(Calls { repeat: Repeat::Unknown, items: Vec::new(), missing });
            }
            Err(false) => {}
        }
        let made = if let Some(declared) = instance.module.calls.get(name) {
            self.expand_call(instance, name, declared)
        } else {
            let missing = Some(format!("this module calls no module `{name}`"));
            Calls { repeat: Repeat::Single, items: Vec::new(), missing }
        };
        remember(&instance.calls, Rc::clone(name), Rc::new(made))
    }

    fn expand_call(&self, instance: &Rc<Instance>, name: &Rc<str>, declared: &Declared<Block>) -> Calls {
        let block = &declared.what;
        let inner =
            if instance.path.is_empty() { name.to_string() } else { format!("{}.{name}", instance.path) };
        let (repeat, all) = self.repeat(&block.body, &instance.scope(declared.file));
        let folder = if instance.depth >= MAX_MODULES {
            Err(format!("modules call each other more than {MAX_MODULES} levels deep"))
        } else {
            self.module_folder(instance, &inner, declared)
        };
        let module = match folder {
            Ok(folder) => self.module(&folder),
            Err(reason) => {
                let span = self.files.span(declared.file, block.header);
                if let Some(source) = self.files.get(declared.file) {
                    let reason = format!("module `{name}`: {reason}; its resources are missing");
                    self.files.cover(&source.path, Status::Partial, &reason, span);
                }
                return Calls { repeat, items: Vec::new(), missing: Some(reason) };
            }
        };
        if !all.is_empty() {
            self.instantiated.borrow_mut().insert(module.folder.clone());
        }
        let dot = if instance.address.is_empty() { "" } else { "." };
        let make = |each: super::Each| {
            let address = format!("{}{dot}module.{name}{}", instance.address, each.key.suffix());
            let key = each.key.clone();
            let caller = Caller { instance: Rc::clone(instance), name: Rc::clone(name), each };
            let depth = instance.depth + 1;
            let made = Instance::new(Rc::clone(&module), address.into(), inner.clone(), depth, Some(caller));
            (key, Rc::new(made))
        };
        self.unexpected_arguments(block, &module, declared, name);
        Calls { repeat, items: all.into_iter().map(make).collect(), missing: None }
    }

    fn unexpected_arguments(
        &self,
        block: &Block,
        module: &crate::module::Module,
        declared: &Declared<Block>,
        name: &str,
    ) {
        const META: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];
        for it in &block.body.attributes {
            if !META.contains(&&*it.name) && !module.variables.contains_key(&it.name) {
                let message = format!("module `{name}` has no variable `{}`", it.name);
                self.report(Level::Warning, "terraform-argument", declared.file, it.name_span, &message);
            }
        }
    }

    /// The folder of a called module in the tree, or why there is none.
    fn module_folder(
        &self,
        instance: &Rc<Instance>,
        inner: &str,
        declared: &Declared<Block>,
    ) -> Result<String, String> {
        let body = &declared.what.body;
        let text = |name: &str| match argument(body, name).map(|expr| &expr.kind) {
            Some(ExprKind::String(text)) => Some(Rc::clone(text)),
            _ => None,
        };
        let Some(source) = text("source") else {
            return Err("it has no `source` that is a plain text".to_owned());
        };
        if path::is_local(&source) {
            let folder = path::join(&instance.module.folder, &source)
                .ok_or_else(|| format!("`{source}` leads out of the tree"))?;
            return if self.files.tree().stat(&folder).is_some() || folder.is_empty() {
                Ok(folder)
            } else {
                Err(format!("folder `{folder}` not found"))
            };
        }
        let version = text("version").map_or(String::new(), |it| it.to_string());
        if let Some(folder) = self.installed.find(inner, &source) {
            return Ok(folder.to_owned());
        }
        let mount =
            self.mounts.iter().find(|it| it.kind == NEED && it.source == *source && it.version == version);
        if let Some(mount) = mount {
            return Ok(mount.path.clone());
        }
        let at = self.files.get(declared.file);
        let need = Need {
            kind: NEED.to_owned(),
            source: source.to_string(),
            version,
            path: at.map_or(String::new(), |it| it.path.to_string()),
            span: self.files.span(declared.file, declared.what.header),
        };
        let mut needs = self.needs.borrow_mut();
        if !needs.contains(&need) {
            needs.push(need);
        }
        Err(format!("`{source}` is not here"))
    }

    /// The value of `module.name`, with the key and the output that follow.
    pub(super) fn module_value(
        &self,
        name: &Rc<str>,
        hops: &[Hop<'_>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<(Value, usize), Failure> {
        let calls = self.calls(scope.instance, name);
        let unknown = |reason: &str, used: usize| {
            let whole: Value = self.unknown_at(span, scope, reason).into();
            Ok((whole.at(self.origins.plain(scope.file, span)), used))
        };
        if let Some(missing) = &calls.missing {
            if !scope.instance.module.calls.contains_key(name) {
                return scope.fail(span, missing.clone());
            }
            return unknown(&format!("module `{name}`: {missing}"), hops.len());
        }
        let (found, used) = match (calls.repeat, hops.get(1)) {
            (Repeat::Single, _) => (calls.items.first(), 1),
            (Repeat::Unknown, _) => return unknown("it cannot be known how many there are", hops.len()),
            (Repeat::Count | Repeat::Each, Some(Hop::Index(index, at))) => {
                let key = self.evaluate(index, scope)?;
                if let Some(why) = key.as_unknown() {
                    let whole: Value = why.derive(Type::Any, []).into();
                    return Ok((whole.at(self.derive(scope, span, &[&key])), 2));
                }
                let text = palisade_terraform_values::to_text(&key).ok();
                let text = text.as_ref().map_or("", |it| it.as_str());
                let own = |key: &Key| match key {
                    Key::Index(index) => index.to_string() == text,
                    Key::Name(name) => **name == *text,
                    Key::None => false,
                };
                let found = calls.items.iter().find(|(key, _)| own(key));
                if found.is_none() {
                    return scope.fail(*at, format!("`module.{name}` has no instance `{text}`"));
                }
                (found, 2)
            }
            (Repeat::Count, _) => {
                let all = calls.items.iter().map(|(_, it)| self.all_outputs(it, span, scope));
                return Ok((Value::tuple(all.collect()).at(self.origins.plain(scope.file, span)), 1));
            }
            (Repeat::Each, _) => {
                let entry = |(key, it): &(Key, Rc<Instance>)| match key {
                    Key::Name(name) => Some((Rc::clone(name), self.all_outputs(it, span, scope))),
                    _ => None,
                };
                let all = calls.items.iter().filter_map(entry).collect();
                return Ok((Value::object(all).at(self.origins.plain(scope.file, span)), 1));
            }
        };
        let Some((_, instance)) = found else {
            return scope.fail(span, format!("`module.{name}` has no instance"));
        };
        match hops.get(used) {
            Some(Hop::Attribute(output, _)) => {
                let value = self.deeper(scope, span, || self.output(instance, output, (scope, span)))?;
                Ok((value, used + 1))
            }
            _ => Ok((self.all_outputs(instance, span, scope), used)),
        }
    }

    fn all_outputs(&self, instance: &Rc<Instance>, span: Span, scope: &Scope<'_>) -> Value {
        let mut entries = Entries::new();
        for name in instance.module.outputs.keys() {
            let value = self.output(instance, name, (scope, span)).unwrap_or_else(|failure| {
                Unknown::new(&format!("{}.{name}", instance.address), &failure.message, Type::Any).into()
            });
            entries.insert(Rc::clone(name), value);
        }
        Value::object(entries).at(self.origins.plain(scope.file, span))
    }
}
