//! Resources and data sources: their instances, and the attributes that others refer to.

use std::cell::RefCell;
use std::rc::Rc;

use palisade_sdk::Level;
use palisade_terraform_values::{Data, Entries, NO_ORIGIN, Type, Unknown, Value, type_of};

use super::repeat::Repeat;
use super::{Each, Evaluator, Instance, Key, Memo, Scope, TAGS_ALL, recall, remember};
use crate::files::FileId;
use crate::origins::Place;
use crate::policy_document;
use crate::syntax::{Body, Span};

/// The attributes of a `terraform_data`.
pub(super) const TERRAFORM_DATA: [&str; 4] = ["id", "input", "output", "triggers_replace"];
/// The maximum number of resources in a unit.
const MAX_RESOURCES: u32 = 500_000;

/// One instance of a resource or data source.
pub(crate) struct ResourceInstance {
    /// A number in the order of creation.
    pub(crate) id: u32,
    pub(crate) address: Rc<str>,
    pub(crate) instance: Rc<Instance>,
    /// Row in the module's resources.
    pub(crate) row: usize,
    pub(crate) each: Each,
    attributes: Memo<Rc<str>, Value>,
}

/// All instances of one resource.
pub(crate) struct Resources {
    pub(crate) repeat: Repeat,
    pub(crate) items: Vec<Rc<ResourceInstance>>,
}

impl Resources {
    /// The instance of a key.
    pub(super) fn find(&self, key: &Value) -> Option<Rc<ResourceInstance>> {
        let text = palisade_terraform_values::to_text(key).ok()?;
        let text = text.as_str();
        if self.repeat == Repeat::Count {
            return self.items.get(text.parse::<usize>().ok()?).cloned();
        }
        let own = |it: &Rc<ResourceInstance>| match &it.each.key {
            Key::Name(name) => (**name).cmp(text),
            _ => std::cmp::Ordering::Less,
        };
        // Map keys are sorted.
        let at = self.items.binary_search_by(own).ok()?;
        self.items.get(at).cloned()
    }
}

impl ResourceInstance {
    /// The scope of an attribute, or of the nested blocks of a kind.
    pub(crate) fn scope_of<'s>(self: &'s Rc<Self>, name: &str) -> Scope<'s> {
        let declared = self.instance.module.resources.get(self.row);
        Scope {
            instance: &self.instance,
            file: declared.map_or(FileId::MAX, |it| it.file_of(name)),
            each: &self.each,
            frame: None,
            own: Some(self),
        }
    }

    /// The file that declares it.
    pub(crate) fn file(&self) -> FileId {
        self.instance.module.resources.get(self.row).map_or(FileId::MAX, |it| it.file)
    }

    /// Its block.
    pub(crate) fn body(&self) -> Option<&Body> {
        self.instance.module.resources.get(self.row).map(|it| &it.what.block.body)
    }
}

impl Evaluator<'_> {
    /// The instances of a resource of a module.
    pub(crate) fn resources(&self, instance: &Rc<Instance>, row: usize) -> Rc<Resources> {
        match recall(&instance.resources, &row) {
            Ok(known) => return known,
            // Its own `count` depends on it.
            Err(true) => return Rc::new(Resources { repeat: Repeat::Count, items: Vec::new() }),
            Err(false) => {}
        }
        let made = self.expand(instance, row);
        remember(&instance.resources, row, Rc::new(made))
    }

    fn expand(&self, instance: &Rc<Instance>, row: usize) -> Resources {
        let Some(declared) = instance.module.resources.get(row) else {
            return Resources { repeat: Repeat::Single, items: Vec::new() };
        };
        let block = &declared.what.block;
        let (repeat, all) = self.repeat(&block.body, &instance.scope(declared.file));
        let base = declared.what.address();
        let dot = if instance.address.is_empty() { "" } else { "." };
        let mut items = Vec::with_capacity(all.len());
        for each in all {
            let id = self.resource_count.get();
            if id >= MAX_RESOURCES {
                let message =
                    format!("more than {MAX_RESOURCES} resources in one configuration; the rest is left out");
                self.cut_off(declared.file, block.header, &message);
                break;
            }
            self.resource_count.set(id + 1);
            let address = format!("{}{dot}{base}{}", instance.address, each.key.suffix());
            items.push(Rc::new(ResourceInstance {
                id,
                address: address.into(),
                instance: Rc::clone(instance),
                row,
                each,
                attributes: RefCell::default(),
            }));
        }
        Resources { repeat, items }
    }

    /// An attribute of a resource, evaluated in its own scope.
    pub(crate) fn attribute_value(&self, resource: &Rc<ResourceInstance>, name: &Rc<str>) -> Value {
        match recall(&resource.attributes, name) {
            Ok(value) => return value,
            Err(true) => {
                let what = format!("{}.{name}", resource.address);
                let message = format!("`{what}` depends on itself; break the circle");
                let span =
                    resource.instance.module.resources.get(resource.row).map(|it| it.what.block.header);
                let (file, span) = (resource.file(), span.unwrap_or_default());
                self.report(Level::Warning, "terraform-cycle", file, span, &message);
                return Unknown::new(&what, &message, Type::Any).into();
            }
            Err(false) => {}
        }
        let value = self.compute(resource, name);
        remember(&resource.attributes, Rc::clone(name), value)
    }

    fn compute(&self, resource: &Rc<ResourceInstance>, name: &Rc<str>) -> Value {
        let computed = || {
            let reason = if Self::is_data(resource) {
                "a data source is read when Terraform runs"
            } else {
                "known after apply"
            };
            Value::from(Unknown::new(&format!("{}.{name}", resource.address), reason, Type::Any))
        };
        let Some(body) = resource.body() else { return computed() };
        let scope = resource.scope_of(name);
        if let Some(it) = body.attributes.iter().find(|it| it.name == *name && !is_meta(name)) {
            return self.bound(&it.value, &scope);
        }
        if Self::is_terraform_data(resource) {
            return self.terraform_data(resource, name).unwrap_or_else(computed);
        }
        if &**name == TAGS_ALL
            && let Some(default) = self.default_tags(resource)
        {
            return self.all_tags(resource, &default);
        }
        if Self::is_data(resource)
            && &**name == "json"
            && let Some(declared) = resource.instance.module.resources.get(resource.row)
            && &*declared.what.kind == "aws_iam_policy_document"
        {
            let block = self.body_value(body, &scope);
            let document = policy_document::text(&block);
            return document.at(self.origins.plain(scope.file, declared.what.block.header));
        }
        self.blocks_value(body, name, &scope).unwrap_or_else(computed)
    }

    /// Attributes of a `terraform_data` that are not configured. After apply, `output` is `input`.
    fn terraform_data(&self, resource: &Rc<ResourceInstance>, name: &Rc<str>) -> Option<Value> {
        let later = |ty: Type| Unknown::new(&format!("{}.{name}", resource.address), "known after apply", ty);
        match &**name {
            "id" => Some(later(Type::String).never_null().into()),
            "input" | "triggers_replace" => Some(Value::null()),
            "output" => {
                let input = self.attribute_value(resource, &"input".into());
                let ty = match &input.data {
                    Data::Null(_) => return Some(input),
                    Data::Unknown(unknown) => unknown.ty.clone(),
                    _ => type_of(&input),
                };
                Some(later(ty).into())
            }
            _ => None,
        }
    }

    /// Whether it is a `terraform_data`, whose attributes are all known by name.
    pub(super) fn is_terraform_data(resource: &ResourceInstance) -> bool {
        let declared = resource.instance.module.resources.get(resource.row);
        declared.is_some_and(|it| !it.what.data && &*it.what.kind == "terraform_data")
    }

    /// Whether it is a data source.
    pub(crate) fn is_data(resource: &ResourceInstance) -> bool {
        resource.instance.module.resources.get(resource.row).is_some_and(|it| it.what.data)
    }

    /// An attribute of a resource, as another expression refers to it.
    pub(super) fn attribute_at(
        &self,
        resource: &Rc<ResourceInstance>,
        name: &Rc<str>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Value {
        let value = self.attribute_value(resource, name);
        let reference = self.reference_row(resource, name);
        let origin = self.origins.add(Place { file: scope.file, span, parent: value.origin, reference });
        if let Data::Unknown(unknown) = &value.data {
            let mut whole = (**unknown).clone();
            whole.references.push(reference);
            whole.references.sort_unstable();
            whole.references.dedup();
            return Value::from(whole).at(origin);
        }
        value.at(origin)
    }

    /// A resource as an object of its configured attributes, and of some that are computed.
    pub(super) fn whole_object(
        &self,
        resource: &Rc<ResourceInstance>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Value {
        let reference = self.reference_row(resource, &"".into());
        let mut entries = Entries::new();
        if let Some(body) = resource.body() {
            let names = body.attributes.iter().map(|it| &it.name);
            for name in names.filter(|name| !is_meta(name)) {
                entries.insert(Rc::clone(name), self.attribute_at(resource, name, span, scope));
            }
        }
        let terraform_data = Self::is_terraform_data(resource);
        let others = if terraform_data { &TERRAFORM_DATA[..] } else { &["arn", "id"] };
        for name in others {
            let name = *name;
            let name: Rc<str> = name.into();
            entries.entry(name).or_insert_with_key(|name| self.attribute_at(resource, name, span, scope));
        }
        let origin = self.origins.add(Place { file: scope.file, span, parent: NO_ORIGIN, reference });
        Value::object(entries).at(origin)
    }

    /// All instances as a list or a map.
    pub(super) fn whole_collection(&self, resources: &Resources, span: Span, scope: &Scope<'_>) -> Value {
        let whole = |it: &Rc<ResourceInstance>| self.whole_object(it, span, scope);
        let origin = self.origins.plain(scope.file, span);
        if resources.repeat == Repeat::Count {
            return Value::tuple(resources.items.iter().map(whole).collect()).at(origin);
        }
        let entry = |it: &Rc<ResourceInstance>| match &it.each.key {
            Key::Name(name) => Some((Rc::clone(name), whole(it))),
            _ => None,
        };
        Value::object(resources.items.iter().filter_map(entry).collect()).at(origin)
    }
}

/// Whether a name is a meta-argument of Terraform, not an attribute of the resource.
pub(crate) fn is_meta(name: &str) -> bool {
    matches!(name, "count" | "for_each" | "provider" | "depends_on")
}
