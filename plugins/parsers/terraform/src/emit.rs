//! Resources as nodes of a batch: all attributes are evaluated, and all values have their places and causes.

use std::collections::BTreeSet;
use std::rc::Rc;

use palisade_sdk::Kind;
use palisade_sdk::addresses::Addresses;
use palisade_sdk::parser::may_suppress;
use palisade_sdk::tape::{Batch, Builder, NONE, Origin, Relation, Resource, Unknown as Row};
use palisade_sdk::terraform::{DECODED, UNCERTAIN};
use palisade_terraform_values::{Data, NO_ORIGIN, Type, Unknown, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::decode;
use crate::eval::{Evaluator, Instance, ResourceInstance, Scope, TAGS_ALL, each_dynamic, is_meta};
use crate::files::FileId;
use crate::syntax::{Block, Body, Span};
use crate::{TERRAFORM_ID, provider};

/// The maximum number of values in a unit.
const MAX_NODES: u32 = 12_000_000;
/// The maximum depth of a value.
const MAX_DEPTH: u32 = 150;
/// The maximum number of causes of a place.
const MAX_CAUSES: u32 = 32;
/// The place of the expression for a value.
type At = (FileId, Span);

/// Builds the batch of a unit.
pub(crate) struct Emitter<'e, 't> {
    evaluator: &'e Evaluator<'t>,
    out: Builder,
    documents: FxHashMap<FileId, u32>,
    /// Rows of places that are causes.
    causes: FxHashMap<u32, u32>,
    /// Rows of resources by their ids.
    rows: FxHashMap<u32, u32>,
    /// Terraform refuses a second resource with the same address; all of them are judged.
    addresses: Addresses,
    /// Documents in the texts of the current resource.
    decoded: Vec<(String, Value, At)>,
    /// Files that exceed the limit of values.
    full: FxHashSet<FileId>,
}

/// All resources in an instance of a module and its calls, in a fixed order.
pub(crate) fn resources(evaluator: &Evaluator<'_>, root: &Rc<Instance>) -> Vec<Rc<ResourceInstance>> {
    let mut all = Vec::new();
    let mut open = vec![Rc::clone(root)];
    while let Some(instance) = open.pop() {
        for row in 0..instance.module.resources.len() {
            all.extend(evaluator.resources(&instance, row).items.iter().cloned());
        }
        let calls = instance.module.calls.keys().rev();
        let mut inner: Vec<Rc<Instance>> = Vec::new();
        for name in calls {
            let calls = evaluator.calls(&instance, name);
            inner.extend(calls.items.iter().rev().map(|(_, it)| Rc::clone(it)));
        }
        open.extend(inner);
    }
    all
}

impl<'e, 't> Emitter<'e, 't> {
    pub(crate) fn new(evaluator: &'e Evaluator<'t>) -> Emitter<'e, 't> {
        Emitter {
            evaluator,
            out: Builder::new(),
            documents: FxHashMap::default(),
            causes: FxHashMap::default(),
            rows: FxHashMap::default(),
            decoded: Vec::new(),
            full: FxHashSet::default(),
            addresses: Addresses::default(),
        }
    }

    /// Adds these resources. They can only refer to resources of this or an earlier call.
    pub(crate) fn add(&mut self, resources: &[Rc<ResourceInstance>]) {
        let before = u32::try_from(self.out.batch().resources.len()).unwrap_or(NONE);
        self.rows.extend(resources.iter().map(|it| it.id).zip(before..));
        for resource in resources {
            self.resource(resource);
        }
    }

    /// Adds the comments of all files that were read, and returns the batch.
    pub(crate) fn finish(mut self) -> Batch {
        if self.out.batch().resources.is_empty() {
            return Batch::default();
        }
        for (file, source) in (0u32..).zip(self.evaluator.files.all()) {
            for comment in source.parsed.comments.iter().filter(|it| may_suppress(&it.text)) {
                let Some(document) = self.document(file) else { continue };
                let Some(origin) = self.place(file, comment.span, 0, NONE) else { continue };
                self.out.comment(document, origin, &comment.text);
            }
        }
        self.out.finish()
    }

    fn document(&mut self, file: FileId) -> Option<u32> {
        if let Some(known) = self.documents.get(&file) {
            return Some(*known);
        }
        let source = self.evaluator.files.get(file)?;
        let row = self.out.document(&source.path, TERRAFORM_ID);
        self.documents.insert(file, row);
        Some(row)
    }

    /// A place as an origin of the batch; `None` if it is not in a file.
    fn place(&mut self, file: FileId, span: Span, note: u32, parent: u32) -> Option<u32> {
        let document = self.document(file)?;
        let source = self.evaluator.files.get(file)?;
        let at = source.lines.span(span.start, span.end);
        Some(self.out.origin(Origin { note, parent, ..at.origin(document) }))
    }

    /// The origin of a place that is a cause; its own causes are added first.
    fn cause(&mut self, id: u32) -> u32 {
        let mut chain = Vec::new();
        let mut at = id;
        let mut above = NONE;
        for _ in 0..MAX_CAUSES {
            if let Some(known) = self.causes.get(&at) {
                above = *known;
                break;
            }
            let Some(place) = self.evaluator.origins.get(at) else { break };
            chain.push((at, place));
            at = place.parent;
        }
        for (id, place) in chain.into_iter().rev() {
            let source = self.evaluator.files.get(place.file);
            let note = source.map_or(String::new(), |source| source.snippet(place.span));
            let note = self.out.text(&note);
            if let Some(row) = self.place(place.file, place.span, note, above) {
                above = row;
            }
            self.causes.insert(id, above);
        }
        above
    }

    /// The origin of a value whose expression is at this place.
    fn origin(&mut self, id: u32, (file, span): At) -> u32 {
        let (own, parent) = match self.evaluator.origins.get(id) {
            Some(place) if place.lies_in(file, span) => {
                (place.span, self.evaluator.origins.outside(id, file, span))
            }
            Some(_) => (span, id),
            None => (span, NO_ORIGIN),
        };
        let parent = if parent == NO_ORIGIN { NONE } else { self.cause(parent) };
        self.place(file, own, 0, parent).unwrap_or(parent)
    }

    /// The blocks that call a module instance, the nearest first: an origin whose causes are the others.
    fn calls(&mut self, instance: &Rc<Instance>) -> u32 {
        let mut blocks = Vec::new();
        let mut at = instance;
        while let Some((caller, block)) = at.call() {
            blocks.push((block.file, block.what.span));
            at = caller;
        }
        let mut above = NONE;
        for (file, span) in blocks.into_iter().rev() {
            above = self.place(file, span, 0, above).unwrap_or(above);
        }
        above
    }

    fn resource(&mut self, resource: &Rc<ResourceInstance>) {
        let Some(declared) = resource.instance.module.resources.get(resource.row) else { return };
        let (file, block) = (declared.file, &declared.what.block);
        let header = self.place(file, block.span, 0, NONE);
        let mark = self.out.open(Kind::Mapping, 0, NONE, header.unwrap_or(NONE));
        self.decoded.clear();
        self.body(&block.body, &resource.scope_of(""), "", 0);
        if declared.what.data && &*declared.what.kind == "aws_iam_policy_document" {
            let value = self.evaluator.attribute_value(resource, &"json".into());
            let key = self.out.text("json");
            self.value(key, NONE, &value, (file, block.span), "json", 0);
        }
        self.all_tags(resource);
        let root = self.out.close(mark, None);
        let calls = self.calls(&resource.instance);
        let origin = self.place(file, block.header, 0, calls).unwrap_or(NONE);
        let kind = if declared.what.data {
            format!("data.{}", declared.what.kind)
        } else {
            declared.what.kind.to_string()
        };
        let address = self.addresses.next(&resource.address);
        let row = Resource {
            address: self.out.text(&address),
            kind: self.out.text(&kind),
            provider: self.out.text(provider(&declared.what.kind)),
            name: self.out.text(&declared.what.name),
            format: self.out.text(TERRAFORM_ID),
            document: self.document(file).unwrap_or(0),
            root,
            origin,
            module: self.out.text(&resource.instance.address),
        };
        let row = self.out.resource(row);
        self.shape(row);
        // It is unknown whether the resource exists.
        if let Some(unknown) = resource.each.unknown.clone().or_else(|| resource.instance.uncertain()) {
            let root = self.unknown(0, NONE, &unknown, origin);
            self.out.shape(row, UNCERTAIN, root);
        }
    }

    /// Adds the tags of a resource and those of its provider block, each at its own place.
    fn all_tags(&mut self, resource: &Rc<ResourceInstance>) {
        let evaluator = self.evaluator;
        let Some(default) = evaluator.default_tags(resource) else { return };
        let value = evaluator.attribute_value(resource, &TAGS_ALL.into());
        let own = evaluator.own_tags(resource);
        let at = |of: &Value| evaluator.origins.get(of.origin).map(|it| (it.file, it.span));
        let Some(whole) = at(&value).or_else(|| at(&default)) else { return };
        let key = self.out.text(TAGS_ALL);
        let Some(entries) = value.entries() else {
            self.tree(key, NONE, &value, whole, 0);
            return;
        };
        let origin = self.origin(value.origin, whole);
        let mark = self.out.open(Kind::Mapping, key, NONE, origin);
        for (name, item) in entries.iter() {
            let sets = |it: &&Value| it.entries().is_some_and(|it| it.contains_key(name));
            let at = at(own.as_ref().filter(sets).unwrap_or(&default)).unwrap_or(whole);
            let name = self.out.text(name);
            self.tree(name, NONE, item, at, 1);
        }
        let node = self.out.close(mark, None);
        self.relations(node, &value);
    }

    /// Adds the documents in the texts of the last resource.
    fn shape(&mut self, row: u32) {
        let decoded = std::mem::take(&mut self.decoded);
        if decoded.is_empty() {
            return;
        }
        let mark = self.out.open(Kind::Mapping, 0, NONE, NONE);
        for (path, document, at) in decoded {
            let key = self.out.text(&path);
            // Texts in the document are not read as documents.
            self.tree(key, NONE, &document, at, 0);
        }
        let root = self.out.close(mark, None);
        self.out.shape(row, DECODED, root);
    }

    fn body(&mut self, body: &Body, scope: &Scope<'_>, path: &str, depth: u32) {
        let evaluator = self.evaluator;
        for it in body.attributes.iter().filter(|it| !is_meta(&it.name) && !is_word(path, &it.name)) {
            let (scope, value) = match scope.own {
                Some(resource) if depth == 0 => {
                    (resource.scope_of(&it.name), evaluator.attribute_value(resource, &it.name))
                }
                _ => (*scope, evaluator.bound(&it.value, scope)),
            };
            let key = self.out.text(&it.name);
            let key_origin = self.place(scope.file, it.name_span, 0, NONE).unwrap_or(NONE);
            let path = format!("{path}{}", it.name);
            self.value(key, key_origin, &value, (scope.file, it.value.span), &path, 0);
        }
        let mut done: BTreeSet<&str> = body.attributes.iter().map(|it| &*it.name).collect();
        for block in &body.blocks {
            let kind = block.made();
            if done.insert(kind) {
                let same = |it: &&Block| it.made() == kind;
                let blocks: Vec<&Block> = body.blocks.iter().filter(same).collect();
                let scope = match scope.own {
                    Some(resource) if depth == 0 => resource.scope_of(kind),
                    _ => *scope,
                };
                self.blocks(kind, &blocks, &scope, path, depth);
            }
        }
    }

    /// Nested blocks of one kind, always as a sequence.
    fn blocks(&mut self, kind: &str, blocks: &[&Block], scope: &Scope<'_>, path: &str, depth: u32) {
        if depth >= MAX_DEPTH {
            return;
        }
        let Some(first) = blocks.first() else { return };
        let evaluator = self.evaluator;
        let key = self.out.text(kind);
        let key_origin = self.place(scope.file, first.header, 0, NONE).unwrap_or(NONE);
        // A `dynamic` block that cannot be expanded makes the whole list unknown.
        let mut laid = Vec::with_capacity(blocks.len());
        for block in blocks {
            if block.dynamic().is_none() {
                laid.push(None);
                continue;
            }
            match evaluator.dynamic_or_unknown(block, scope) {
                Ok(entries) => laid.push(Some(entries)),
                Err(unknown) => {
                    let value = Value::from((*unknown).clone());
                    self.value(key, key_origin, &value, (scope.file, block.span), kind, 0);
                    return;
                }
            }
        }
        let origin = self.place(scope.file, first.span, 0, NONE).unwrap_or(NONE);
        let list = self.out.open(Kind::Sequence, key, key_origin, origin);
        let mut count = 0;
        for (block, entries) in blocks.iter().zip(laid) {
            let mut one = |body: &Body, scope: &Scope<'_>, this: &mut Self| {
                let origin = this.place(scope.file, block.span, 0, NONE).unwrap_or(NONE);
                let mark = this.out.open(Kind::Mapping, 0, NONE, origin);
                this.body(body, scope, &format!("{path}{kind}.{count}."), depth + 1);
                this.out.close(mark, None);
                count += 1;
            };
            match entries {
                None => one(&block.body, scope, self),
                Some(entries) => {
                    each_dynamic(block, &entries, scope, |body, inner| one(body, inner, self));
                }
            }
        }
        self.out.close(list, None);
    }

    /// Adds a value, and the document in it if it is a text with one.
    fn value(&mut self, key: u32, key_origin: u32, value: &Value, at: At, path: &str, depth: u32) {
        let is_json = self.evaluator.files.get(at.0).is_some_and(|source| source.path.ends_with(".json"));
        self.documents(value, at, path, is_json, depth);
        self.tree(key, key_origin, value, at, depth);
    }

    /// Adds the documents in a value. In JSON syntax nested blocks are objects, alone or in an array.
    fn documents(&mut self, value: &Value, at: At, path: &str, may_be_blocks: bool, depth: u32) {
        if let Some(document) = decode::document(self.evaluator, value) {
            self.decoded.push((path.to_owned(), document, at));
        }
        if !may_be_blocks || depth >= MAX_DEPTH {
            return;
        }
        let blocks = value.items().map_or(std::slice::from_ref(value), |items| items.as_slice());
        for (index, block) in blocks.iter().enumerate() {
            for (name, item) in block.entries().into_iter().flat_map(|it| it.iter()) {
                self.documents(item, at, &format!("{path}.{index}.{name}"), true, depth + 1);
            }
        }
    }

    fn tree(&mut self, key: u32, key_origin: u32, value: &Value, at: At, depth: u32) {
        if self.out.node_count() >= MAX_NODES || depth >= MAX_DEPTH {
            if self.full.insert(at.0) {
                let message =
                    "the configuration comes to more values than are judged; what is beyond is unknown";
                self.evaluator.cut_off(at.0, at.1, message);
            }
            let unknown = Unknown::new("", "too many values", Type::Any);
            self.unknown(key, key_origin, &unknown, NONE);
            return;
        }
        let origin = self.origin(value.origin, at);
        let node = match &value.data {
            Data::Null(_) => self.out.scalar(Kind::Null, key, key_origin, "", origin),
            Data::Bool(it) => {
                self.out.scalar(Kind::Boolean, key, key_origin, if *it { "true" } else { "false" }, origin)
            }
            Data::Number(it) => self.out.scalar(Kind::Number, key, key_origin, &it.to_string(), origin),
            Data::String(it) => self.out.scalar(Kind::Text, key, key_origin, it.as_str(), origin),
            Data::Unknown(unknown) => self.unknown(key, key_origin, unknown, origin),
            Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
                let mark = self.out.open(Kind::Sequence, key, key_origin, origin);
                for item in items.iter() {
                    self.tree(0, NONE, item, at, depth + 1);
                }
                self.out.close(mark, None)
            }
            Data::Map(entries) | Data::Object(entries) => {
                let mark = self.out.open(Kind::Mapping, key, key_origin, origin);
                for (name, item) in entries.iter() {
                    let name = self.out.text(name);
                    self.tree(name, NONE, item, at, depth + 1);
                }
                self.out.close(mark, None)
            }
        };
        self.relations(node, value);
    }

    fn unknown(&mut self, key: u32, key_origin: u32, unknown: &Unknown, origin: u32) -> u32 {
        let row = Row {
            expression: self.out.text(&unknown.expression),
            reason: self.out.text(&unknown.reason),
            known_prefix: self.out.text(&unknown.prefix),
            expected_type: self.out.text(type_name(&unknown.ty)),
            origin,
        };
        self.out.unknown(key, key_origin, row, origin)
    }

    /// Adds the references of a value: its own, and those of its origins.
    fn relations(&mut self, node: u32, value: &Value) {
        let mut rows: BTreeSet<u32> = BTreeSet::new();
        if let Some(unknown) = value.as_unknown() {
            rows.extend(&unknown.references);
        }
        let mut at = value.origin;
        for _ in 0..MAX_CAUSES {
            let Some(place) = self.evaluator.origins.get(at) else { break };
            if place.reference != NO_ORIGIN {
                rows.insert(place.reference);
            }
            at = place.parent;
        }
        for row in rows {
            let Some(reference) = self.evaluator.reference(row) else { continue };
            let to_resource = self.rows.get(&reference.resource.id).copied().unwrap_or(NONE);
            let dot = if reference.attribute.is_empty() { "" } else { "." };
            let text = format!("{}{dot}{}", reference.resource.address, reference.attribute);
            let relation = Relation {
                from_node: node,
                to_resource,
                target_text: self.out.text(&text),
                attribute: self.out.text(&reference.attribute),
            };
            self.out.relation(relation);
        }
    }
}

/// Whether an argument of a meta-argument block consists of names and keywords instead of values.
fn is_word(path: &str, name: &str) -> bool {
    match path.split('.').next() {
        Some("lifecycle") => {
            matches!(name, "ignore_changes" | "replace_triggered_by" | "events" | "actions")
        }
        Some("provisioner") => matches!(name, "when" | "on_failure"),
        _ => false,
    }
}

/// The name of a type in the contract.
fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Any => "",
        Type::Bool => "bool",
        Type::Number => "number",
        Type::String => "string",
        Type::List(_) | Type::Tuple(_) => "list",
        Type::Set(_) => "set",
        Type::Map(_) => "map",
        Type::Object(_) => "object",
    }
}
