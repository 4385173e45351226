//! Traversals: the values of the language's names, and the steps after them.

use std::rc::Rc;

use palisade_terraform_values::{Data, NO_ORIGIN, Type, Unknown, Value};

use super::repeat::Repeat;
use super::resource::TERRAFORM_DATA;
use super::{Evaluated, Evaluator, Key, ResourceInstance, Scope};
use crate::origins::Place;
use crate::path;
use crate::syntax::{Expr, ExprKind, Span};

/// The maximum number of places of a value that are searched for a reference.
const MAX_PLACES: usize = 32;

/// A step of a traversal, with the expression up to and including it.
pub(super) enum Hop<'e> {
    /// `.name`.
    Attribute(&'e Rc<str>, Span),
    /// `[index]`.
    Index(&'e Expr, Span),
}

/// Splits `a.b[c].d` into its root and the hops after it.
fn flatten(expr: &Expr) -> (&Expr, Vec<Hop<'_>>) {
    let mut hops = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Attribute(of, name) => {
                hops.push(Hop::Attribute(name, at.span));
                at = of;
            }
            ExprKind::Index(of, index) => {
                hops.push(Hop::Index(index, at.span));
                at = of;
            }
            _ => break,
        }
    }
    hops.reverse();
    (at, hops)
}

impl Evaluator<'_> {
    /// The value of a root and its steps.
    pub(super) fn traverse(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        let (root, hops) = flatten(expr);
        let (mut value, used) = match &root.kind {
            ExprKind::Variable(name) => self.root_of(name, &hops, root.span, expr.span, scope)?,
            _ => (self.evaluate(root, scope)?, 0),
        };
        for hop in hops.iter().skip(used) {
            value = match hop {
                Hop::Attribute(name, span) => self.attribute_of(&value, name, *span, scope)?,
                Hop::Index(index, span) => {
                    let index = self.evaluate(index, scope)?;
                    self.index_of(&value, &index, *span, scope)?
                }
            };
        }
        Ok(value)
    }

    /// The value of a root with its first hops, and the number of these hops.
    fn root_of(
        &self,
        root: &Rc<str>,
        hops: &[Hop<'_>],
        root_span: Span,
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<(Value, usize), super::Failure> {
        if let Some(value) = scope.frame.and_then(|frame| frame.get(root)) {
            return Ok((value.clone(), 0));
        }
        if scope.frame.is_some_and(super::Frame::is_template) {
            return scope.fail(root_span, format!("the template was not given `{root}`"));
        }
        let name = |at: usize| match hops.get(at) {
            Some(Hop::Attribute(name, _)) => Some(*name),
            _ => None,
        };
        let at = (scope, span);
        match (&**root, name(0)) {
            ("var", Some(name)) => Ok((self.variable(scope.instance, name, at)?, 1)),
            ("local", Some(name)) => Ok((self.local(scope.instance, name, at)?, 1)),
            ("path", Some(name)) => Ok((self.path_value(name, span, scope)?, 1)),
            // False in a plan.
            ("terraform" | "tofu", Some(name)) if &**name == "applying" => Ok((Value::from(false), 1)),
            ("terraform" | "tofu", Some(name)) if &**name == "workspace" && !self.workspace.is_empty() => {
                let workspace = Value::from(self.workspace.as_str());
                Ok((workspace.at(self.origins.plain(scope.file, span)), 1))
            }
            ("terraform" | "tofu", Some(name)) if &**name == "workspace" => {
                let reason = "in which workspace Terraform will be run cannot be known";
                let unknown: Value = Unknown::new("terraform.workspace", reason, Type::String).into();
                Ok((unknown.at(self.origins.plain(scope.file, span)), 1))
            }
            ("terraform" | "tofu", Some(name)) => {
                scope.fail(span, format!("`terraform` has no `{name}`: workspace or applying"))
            }
            ("count" | "each", Some(name)) => Ok((self.each_value(root, name, span, scope)?, 1)),
            ("self", _) => match scope.own {
                Some(resource) => Ok((self.whole_object(resource, span, scope), 0)),
                None => scope.fail(span, "`self` means something only inside a resource"),
            },
            ("module", Some(name)) => self.module_value(name, hops, span, scope),
            ("data", Some(kind)) => match name(1) {
                Some(own) => self.resource_value(&format!("data.{kind}.{own}"), hops, 2, span, scope),
                None => scope.fail(span, "a data source is named by its kind and its name"),
            },
            ("ephemeral", Some(_)) => {
                let unknown: Value = self.unknown_at(span, scope, "an ephemeral value").into();
                Ok((unknown.at(self.origins.plain(scope.file, span)), hops.len()))
            }
            (kind, Some(own)) => self.resource_value(&format!("{kind}.{own}"), hops, 1, span, scope),
            (other, None) => scope.fail(root_span, format!("nothing is called `{other}` here")),
        }
    }

    /// An unknown value for an expression of a file.
    pub(super) fn unknown_at(&self, span: Span, scope: &Scope<'_>, reason: &str) -> Unknown {
        let expression = self.files.get(scope.file).map_or(String::new(), |source| source.snippet(span));
        Unknown::new(&expression, reason, Type::Any)
    }

    fn path_value(&self, name: &str, span: Span, scope: &Scope<'_>) -> Evaluated {
        let root = Self::root_folder(scope.instance);
        let text = match name {
            "module" => path::relative(&root, &scope.instance.module.folder),
            "root" => ".".to_owned(),
            "cwd" => {
                let reason = "where Terraform will be run cannot be known";
                let unknown: Value = Unknown::new("path.cwd", reason, Type::String).into();
                return Ok(unknown.at(self.origins.plain(scope.file, span)));
            }
            other => return scope.fail(span, format!("`path` has no `{other}`: module, root or cwd")),
        };
        Ok(Value::from(text).at(self.origins.plain(scope.file, span)))
    }

    /// The folder of the root module.
    pub(super) fn root_folder(instance: &Rc<super::Instance>) -> String {
        let mut at = instance;
        while let Some(caller) = &at.caller {
            at = &caller.instance;
        }
        at.module.folder.clone()
    }

    fn each_value(&self, root: &str, name: &str, span: Span, scope: &Scope<'_>) -> Evaluated {
        let each = scope.each;
        if let Some(unknown) = &each.unknown {
            let whole: Value = unknown.derive(Type::Any, []).into();
            return Ok(whole.at(self.origins.plain(scope.file, span)));
        }
        let plain = || self.origins.plain(scope.file, span);
        match (root, name, &each.key) {
            ("count", "index", Key::Index(index)) => {
                Ok(Value::from(i64::try_from(*index).unwrap_or(i64::MAX)).at(plain()))
            }
            ("each", "key", Key::Name(key)) => {
                let origin = each.value.as_ref().map_or_else(plain, |value| value.origin);
                Ok(Value::from(Rc::clone(key)).at(origin))
            }
            ("each", "value", Key::Name(_)) => match &each.value {
                Some(value) => Ok(value.clone()),
                None => scope.fail(span, "`each.value` has no value here"),
            },
            _ => scope
                .fail(span, format!("`{root}.{name}` means something only where `{root}` repeats a block")),
        }
    }

    /// The value of `kind.name`, with the key and the first attribute that follow.
    fn resource_value(
        &self,
        address: &str,
        hops: &[Hop<'_>],
        used: usize,
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<(Value, usize), super::Failure> {
        let Some(row) = scope.instance.module.resource(address) else {
            return scope.fail(span, format!("`{address}` is not declared in this module"));
        };
        let resources = self.resources(scope.instance, row);
        let (resource, used) = match (resources.repeat, hops.get(used)) {
            (Repeat::Single, _) => (resources.items.first().cloned(), used),
            (Repeat::Unknown, Some(Hop::Index(..))) => (resources.items.first().cloned(), used + 1),
            (Repeat::Unknown, _) => {
                // A list or map without known instances.
                let Some(one) = resources.items.first() else {
                    return scope.fail(span, format!("`{address}` has no instance"));
                };
                let reference = self.reference_row(one, &"".into());
                let mut unknown = self.unknown_at(span, scope, "it cannot be known how many there are");
                unknown.references = vec![reference];
                return Ok((Value::from(unknown).at(self.origins.plain(scope.file, span)), used));
            }
            (_, Some(Hop::Index(index, index_span))) => {
                let key = self.evaluate(index, scope)?;
                if let Some(unknown) = key.as_unknown() {
                    let whole: Value = unknown.derive(Type::Any, []).into();
                    return Ok((whole.at(self.derive(scope, span, &[&key])), used + 1));
                }
                let found = resources.find(&key);
                if found.is_none() {
                    let text = palisade_terraform_values::to_text(&key);
                    let text = text.map_or(String::new(), |text| text.as_str().to_owned());
                    return scope.fail(*index_span, format!("`{address}` has no instance `{text}`"));
                }
                (found, used + 1)
            }
            (Repeat::Count | Repeat::Each, _) => {
                return Ok((self.whole_collection(&resources, span, scope), used));
            }
        };
        let Some(resource) = resource else {
            return scope.fail(span, format!("`{address}` has no instance"));
        };
        match hops.get(used) {
            Some(Hop::Attribute(name, at)) => {
                Self::known_attribute(&resource, name, *at, scope)?;
                Ok((self.attribute_at(&resource, name, span, scope), used + 1))
            }
            _ => Ok((self.whole_object(&resource, span, scope), used)),
        }
    }

    /// Fails if the resource certainly does not have the attribute.
    fn known_attribute(
        resource: &ResourceInstance,
        name: &str,
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<(), super::Failure> {
        if Self::is_terraform_data(resource) && !TERRAFORM_DATA.contains(&name) {
            return scope.fail(span, format!("`{}` has no attribute `{name}`", resource.address));
        }
        Ok(())
    }

    /// The resource, if the value is a whole resource.
    pub(super) fn whole_resource(&self, value: &Value) -> Option<Rc<ResourceInstance>> {
        let place = self.origins.get(value.origin)?;
        let reference = self.reference(place.reference)?;
        reference.attribute.is_empty().then_some(reference.resource)
    }

    /// Whether a value is a nested block of a resource.
    fn is_nested_block(&self, value: &Value) -> bool {
        if !matches!(value.data, Data::Object(_)) {
            return false;
        }
        let mut id = value.origin;
        for _ in 0..MAX_PLACES {
            let Some(place) = self.origins.get(id) else { return false };
            if self.nested.borrow().contains(&(place.file, place.span)) {
                return true;
            }
            if place.reference == NO_ORIGIN {
                return false;
            }
            id = place.parent;
        }
        false
    }

    /// `value.name`.
    pub(super) fn attribute_of(
        &self,
        value: &Value,
        name: &Rc<str>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        if matches!(value.data, Data::Object(_))
            && let Some(resource) = self.whole_resource(value)
        {
            Self::known_attribute(&resource, name, span, scope)?;
            return Ok(self.attribute_at(&resource, name, span, scope));
        }
        let found = palisade_terraform_values::attribute(value, name);
        if found.is_err() && self.is_nested_block(value) {
            let unknown: Value = self.unknown_at(span, scope, "known after apply").into();
            return Ok(unknown.at(self.derive(scope, span, &[value])));
        }
        self.stepped(value, found, span, scope)
    }

    /// `value[index]`.
    pub(super) fn index_of(&self, value: &Value, index: &Value, span: Span, scope: &Scope<'_>) -> Evaluated {
        if matches!(value.data, Data::Object(_))
            && let (Some(resource), Some(name)) = (self.whole_resource(value), index.as_str())
        {
            Self::known_attribute(&resource, name, span, scope)?;
            return Ok(self.attribute_at(&resource, &name.into(), span, scope));
        }
        let found = palisade_terraform_values::index(value, index);
        self.stepped(value, found, span, scope)
    }

    /// A part of a value. The reference of an attribute's value also applies to its parts.
    fn part_of(&self, value: &Value, part: Value, span: Span, scope: &Scope<'_>) -> Value {
        let Some(reference) = self.first_reference(value) else { return part };
        let is_whole = self.reference(reference).is_none_or(|it| it.attribute.is_empty());
        if is_whole || self.first_reference(&part) == Some(reference) {
            return part;
        }
        let place = Place { file: scope.file, span, parent: part.origin, reference };
        part.at(self.origins.add(place))
    }

    /// The nearest reference among the origins of a value.
    fn first_reference(&self, value: &Value) -> Option<u32> {
        let mut id = value.origin;
        for _ in 0..MAX_PLACES {
            let place = self.origins.get(id)?;
            if place.reference != NO_ORIGIN {
                return Some(place.reference);
            }
            id = place.parent;
        }
        None
    }

    fn stepped<E: std::fmt::Display>(
        &self,
        value: &Value,
        found: Result<Value, E>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        match found {
            Ok(found) if found.origin == palisade_terraform_values::NO_ORIGIN => {
                Ok(found.at(self.derive(scope, span, &[value])))
            }
            Ok(found) => Ok(self.part_of(value, found, span, scope)),
            Err(error) => scope.fail(span, error.to_string()),
        }
    }
}
