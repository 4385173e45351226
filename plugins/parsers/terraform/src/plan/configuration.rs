//! The part of a plan that lists the references of expressions.

use std::collections::BTreeSet;

use palisade_sdk::{Kind, Node};

use crate::syntax::json::{Value, ValueKind};

/// The maximum number of names to follow.
const MAX_STEPS: u32 = 40;

/// The `configuration` of a plan.
pub(super) struct Configuration<'a> {
    root: Option<&'a Value>,
}

/// The names of the calls in a module's address, without keys.
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

/// Splits an address at its dots, except for dots in keys.
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

/// Values and the expressions that may set them; each attribute of a nested block has its own. If blocks are repeated
/// (`dynamic`), each has the expressions of all.
pub(super) fn places<'a>(node: Node<'_>, expressions: &[&'a Value], found: &mut Vec<(u32, &'a Value)>) {
    let is_block = |it: &&Value| {
        matches!(it.kind, ValueKind::Object(_))
            && it.get("references").is_none()
            && it.get("constant_value").is_none()
    };
    let is_blocks = |it: &&Value| matches!(it.kind, ValueKind::Array(_)) || is_block(it);
    match node.kind() {
        Kind::Sequence if expressions.iter().all(is_blocks) => {
            let of_block =
                |it: &&'a Value| if is_block(it) { vec![*it] } else { it.items().iter().collect() };
            let blocks: Vec<&Value> = expressions.iter().flat_map(of_block).collect();
            let is_paired = node.items().count() == blocks.len();
            for (item, block) in node.items().zip(0..) {
                let one = blocks.get(block).filter(|_| is_paired).map(|it| vec![*it]);
                places(item, one.as_deref().unwrap_or(&blocks), found);
            }
        }
        Kind::Mapping if expressions.iter().all(is_block) => {
            for child in node.children() {
                let own: Vec<&Value> = expressions.iter().filter_map(|it| it.get(child.key())).collect();
                if !own.is_empty() {
                    places(child, &own, found);
                }
            }
        }
        _ => {
            // An unknown part of a value has the expressions of the value.
            let mut parts = vec![node];
            while let Some(part) = parts.pop() {
                if part.index() == node.index() || part.kind() == Kind::Unknown {
                    found.extend(expressions.iter().map(|it| (part.index(), *it)));
                }
                parts.extend(part.children());
            }
        }
    }
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

    /// The expression of an attribute, or those of its nested blocks.
    pub(super) fn expression(&self, module: &str, address: &str, attribute: &str) -> Option<&'a Value> {
        let own = own(module, address);
        let mut resources = self.module(&calls(module))?.get("resources")?.items().iter();
        let resource = resources.find(|it| it.get("address").and_then(Value::as_str) == Some(&own))?;
        resource.get("expressions")?.get(attribute)
    }

    /// The addresses, without the last key, and attributes to which an expression of a module refers.
    pub(super) fn references(&self, module: &str, expression: &'a Value) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        self.collect(expression, module, &calls(module), &mut found, 0);
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
        let references = expression.get("references").map_or(&[][..], Value::items);
        for reference in references.iter().filter_map(Value::as_str) {
            // A reference is listed with its attribute and again without: the longer one is more precise.
            let is_longer =
                |it: &str| it.strip_prefix(reference).is_some_and(|it| it.starts_with(['.', '[']));
            if !references.iter().filter_map(Value::as_str).any(is_longer) {
                self.follow(reference, module, names, found, steps + 1);
            }
        }
        // Nested blocks contain expressions.
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
                // Without an attribute, it is a whole resource, or an instance whose key is an expression.
                let dot = if module.is_empty() { "" } else { "." };
                found.insert((format!("{module}{dot}{target}"), attribute));
            }
        }
    }
}
