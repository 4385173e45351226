//! `default_tags` of AWS provider blocks, and the `tags_all` of resources that contain them.

use std::rc::Rc;

use palisade_terraform_values::{Data, Type, Unknown, Value, convert};

use super::{Evaluator, Instance, ResourceInstance, recall, remember};
use crate::module::{Declared, argument, attribute};
use crate::syntax::{Block, Body, Expr, ExprKind};

/// The attribute with all tags of a resource.
pub(crate) const TAGS_ALL: &str = "tags_all";
/// The nested block of a provider block.
const DEFAULT_TAGS: &str = "default_tags";
/// The provider that has such blocks.
const AWS: &str = "aws";
/// Resources to which the provider adds no tags (documentation of `default_tags`).
const EXCEPT: [&str; 1] = ["aws_autoscaling_group"];

impl Evaluator<'_> {
    /// The `default_tags` of the provider block of a resource, if they apply to it. This function does not know which
    /// kinds have tags.
    pub(crate) fn default_tags(&self, resource: &Rc<ResourceInstance>) -> Option<Value> {
        let declared = resource.instance.module.resources.get(resource.row)?;
        let (kind, body) = (&*declared.what.kind, &declared.what.block.body);
        if declared.what.data
            || !kind.starts_with("aws_")
            || EXCEPT.contains(&kind)
            || argument(body, TAGS_ALL).is_some()
        {
            return None;
        }
        let name = argument(body, "provider").map_or_else(|| Some(AWS.into()), reference)?;
        let (instance, name) = configured(&resource.instance, name)?;
        match recall(&instance.default_tags, &name) {
            Ok(known) => return known,
            Err(true) => {
                let reason = "the default tags depend on a resource that has them";
                return Some(Unknown::new(DEFAULT_TAGS, reason, Type::Any).into());
            }
            Err(false) => {}
        }
        let block = instance.module.providers.get(&name);
        let value = block.and_then(|it| self.tags_of(&instance, it));
        remember(&instance.default_tags, name, value)
    }

    /// The tags in the `default_tags` of a provider block.
    fn tags_of(&self, instance: &Rc<Instance>, declared: &Declared<Block>) -> Option<Value> {
        let (scope, body) = (instance.scope(declared.file_of(DEFAULT_TAGS)), &declared.what.body);
        // In JSON syntax it is an attribute.
        let written = attribute(body, DEFAULT_TAGS);
        // OpenTofu may repeat a provider block, whose values are then those of one instance.
        if argument(body, "for_each").is_some() {
            let block = || body.blocks.iter().find(|it| &**it.made() == DEFAULT_TAGS);
            let span = written.map(|it| it.name_span).or_else(|| Some(block()?.header))?;
            let unknown = Unknown::new(DEFAULT_TAGS, "the provider block has `for_each`", Type::Any);
            return Some(Value::from(unknown).at(self.origins.plain(scope.file, span)));
        }
        let block = match written {
            Some(it) => self.bound(&it.value, &scope),
            None => self.blocks_value(body, DEFAULT_TAGS, &scope)?,
        };
        let block = match block.items() {
            Some(items) => items.first()?.clone(),
            None => block,
        };
        let tags = match &block.data {
            Data::Unknown(_) => block,
            _ => block.entries()?.get("tags")?.clone(),
        };
        (tags.entries().is_some() || tags.as_unknown().is_some()).then_some(tags)
    }

    /// The `tags` argument of a resource.
    pub(crate) fn own_tags(&self, resource: &Rc<ResourceInstance>) -> Option<Value> {
        argument(resource.body()?, "tags")?;
        Some(self.attribute_value(resource, &"tags".into()))
    }

    /// The default tags and those of the resource, which take precedence.
    pub(super) fn all_tags(&self, resource: &Rc<ResourceInstance>, default: &Value) -> Value {
        let own = self.own_tags(resource);
        let ty = Type::Map(Box::new(Type::String));
        for value in own.iter().chain([default]) {
            if let Some(unknown) = value.as_unknown() {
                return Value::from(unknown.derive(ty, [])).at(value.origin);
            }
        }
        let mut entries = default.entries().map(|it| (***it).clone()).unwrap_or_default();
        if let Some(own) = own.as_ref().and_then(Value::entries) {
            entries.extend(own.iter().map(|(name, value)| (Rc::clone(name), value.clone())));
        }
        let all = Value::object(entries).at(default.origin);
        convert(all.clone(), &ty).unwrap_or(all)
    }
}

/// The module instance whose provider block a name refers to, and the name there. A block without an alias is inherited
/// from the caller, unless the caller passes another one.
fn configured(from: &Rc<Instance>, mut name: Rc<str>) -> Option<(Rc<Instance>, Rc<str>)> {
    let mut at = from;
    loop {
        let passed = at.call().and_then(|(_, block)| passed(&block.what.body, &name));
        if passed.is_none() && at.module.providers.contains_key(&name) {
            return Some((Rc::clone(at), name));
        }
        if passed.is_none() && name.contains('.') {
            return None;
        }
        name = passed.unwrap_or(name);
        at = at.call()?.0;
    }
}

/// The provider that a module call passes under this name.
fn passed(call: &Body, name: &str) -> Option<Rc<str>> {
    let ExprKind::Object(entries) = &argument(call, "providers")?.kind else { return None };
    let (_, value) = entries.iter().find(|(key, _)| reference(key).as_deref() == Some(name))?;
    reference(value)
}

/// The name of the provider block in an expression such as `aws` or `aws.east`.
fn reference(expr: &Expr) -> Option<Rc<str>> {
    match &expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(Rc::clone(name)),
        ExprKind::Attribute(of, alias) => Some(format!("{}.{alias}", reference(of)?).into()),
        ExprKind::Index(of, _) => reference(of),
        _ => None,
    }
}
