//! The part of a plan that says which expressions refer to what.

use std::collections::BTreeSet;

use crate::syntax::json::Value;

/// How many names are followed from one to the next.
const MAX_STEPS: u32 = 40;

/// `configuration` of a plan.
pub(super) struct Configuration<'a> {
    root: Option<&'a Value>,
}

/// The names of the calls in a module's address, without their keys.
pub(super) fn calls(module: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in split(module) {
        let bare = part.split('[').next().unwrap_or(&part);
        if bare != "module" && !bare.is_empty() {
            names.push(bare.to_owned());
        }
    }
    names
}

/// Splits an address at its dots, those inside keys left alone.
fn split(address: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for char in address.chars() {
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(char);
        }
    }
    parts
}

/// An address without the module before it and the key after it.
fn own(module: &str, address: &str) -> String {
    let own = address.strip_prefix(module).unwrap_or(address).trim_start_matches('.');
    own.split('[').next().unwrap_or(own).to_owned()
}

impl<'a> Configuration<'a> {
    pub(super) fn of(document: &'a Value) -> Configuration<'a> {
        Configuration { root: document.get("configuration").and_then(|it| it.get("root_module")) }
    }

    fn module(&self, names: &[String]) -> Option<&'a Value> {
        let inner = |module: &'a Value, name: &String| module.get("module_calls")?.get(name)?.get("module");
        names.iter().try_fold(self.root?, inner)
    }

    /// Addresses, without the last key, and attributes that an attribute of a resource refers to.
    pub(super) fn references(
        &self,
        module: &str,
        address: &str,
        attribute: &str,
    ) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let names = calls(module);
        let expression = self.module(&names).and_then(|it| {
            let own = own(module, address);
            let mut resources = it.get("resources")?.items().iter();
            let resource = resources.find(|it| it.get("address").and_then(Value::as_str) == Some(&own))?;
            resource.get("expressions")?.get(attribute)
        });
        if let Some(expression) = expression {
            self.collect(expression, module, &names, &mut found, 0);
        }
        found
    }

    fn collect(
        &self,
        expression: &'a Value,
        module: &str,
        names: &[String],
        found: &mut BTreeSet<(String, String)>,
        steps: u32,
    ) {
        if steps > MAX_STEPS {
            return;
        }
        for reference in expression.get("references").map_or(&[][..], Value::items) {
            if let Some(reference) = reference.as_str() {
                self.follow(reference, module, names, found, steps + 1);
            }
        }
        // Nested blocks hold expressions of their own.
        if expression.get("references").is_none() {
            for member in expression.members() {
                self.collect(&member.value, module, names, found, steps + 1);
            }
            for item in expression.items() {
                self.collect(item, module, names, found, steps + 1);
            }
        }
    }

    fn follow(
        &self,
        reference: &str,
        module: &str,
        names: &[String],
        found: &mut BTreeSet<(String, String)>,
        steps: u32,
    ) {
        let parts = split(reference);
        let bare = |at: usize| parts.get(at).map(|it| it.split('[').next().unwrap_or(it).to_owned());
        let Some(first) = bare(0) else { return };
        match first.as_str() {
            "var" => {
                let (Some((last, outer)), Some(name)) = (names.split_last(), bare(1)) else { return };
                let call = self
                    .module(outer)
                    .and_then(|it| it.get("module_calls")?.get(last)?.get("expressions")?.get(&name));
                let caller = module
                    .rfind("module.")
                    .map_or("", |at| module.get(..at).unwrap_or("").trim_end_matches('.'));
                if let Some(expression) = call {
                    self.collect(expression, caller, outer, found, steps);
                }
            }
            "module" => {
                let (Some(name), Some(output)) = (parts.get(1), bare(2)) else { return };
                let mut inner = names.to_vec();
                inner.push(name.split('[').next().unwrap_or(name).to_owned());
                let dot = if module.is_empty() { "" } else { "." };
                let address = format!("{module}{dot}module.{name}");
                let expression =
                    self.module(&inner).and_then(|it| it.get("outputs")?.get(&output)?.get("expression"));
                if let Some(expression) = expression {
                    self.collect(expression, &address, &inner, found, steps);
                }
            }
            "local" | "each" | "count" | "path" | "terraform" | "self" => {}
            _ => {
                let length = if first == "data" { 3 } else { 2 };
                if parts.len() < length {
                    return;
                }
                let target = parts.iter().take(length).map(String::as_str).collect::<Vec<_>>().join(".");
                let attribute = bare(length).unwrap_or_default();
                // A reference comes once with its attribute and once without: the first says more.
                if attribute.is_empty() {
                    return;
                }
                let dot = if module.is_empty() { "" } else { "." };
                found.insert((format!("{module}{dot}{target}"), attribute));
            }
        }
    }
}
