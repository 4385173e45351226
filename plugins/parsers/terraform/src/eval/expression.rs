//! The values of expressions.

use std::rc::Rc;

use palisade_terraform_values::{
    Data, Entries, NullOf, Number, Type, Unknown, Value, common_type, convert, type_of,
};

use super::{Evaluated, Evaluator, Frame, Names, Scope};
use crate::syntax::{Expr, ExprKind, For, Span, Step};

/// The maximum number of items that one expression creates.
pub(super) const MAX_ITEMS: usize = 1_000_000;
/// The maximum number of values in the result of one expression.
const MAX_VALUES: u64 = 1_000_000;

impl Evaluator<'_> {
    /// Evaluates an expression.
    pub(crate) fn evaluate(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        let value = self.deeper(scope, expr.span, || self.evaluate_here(expr, scope))?;
        // Values share their parts, and a traversal visits shared parts each time.
        if value.size() > MAX_VALUES {
            return scope.limit(expr.span, format!("comes to more than {MAX_VALUES} values"));
        }
        Ok(value)
    }

    fn evaluate_here(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        let plain = || self.origins.plain(scope.file, expr.span);
        match &expr.kind {
            ExprKind::Null => Ok(Value::null().at(plain())),
            ExprKind::Bool(it) => Ok(Value::from(*it).at(plain())),
            ExprKind::Number(text) => match text.parse::<Number>() {
                Ok(number) => Ok(Value::from(number).at(plain())),
                Err(_) => scope.fail(expr.span, format!("`{text}` is not a number")),
            },
            ExprKind::String(text) => Ok(Value::from(Rc::clone(text)).at(plain())),
            ExprKind::Template(parts) => self.template(parts, expr.span, scope),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|it| self.element(it, scope)).collect::<Result<_, _>>()?;
                Ok(Value::tuple(items).at(plain()))
            }
            ExprKind::Object(entries) => self.object(entries, expr.span, scope),
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => {
                self.traverse(expr, scope)
            }
            ExprKind::AttributeSplat(of, steps) | ExprKind::FullSplat(of, steps) => {
                self.splat(of, steps, expr.span, scope)
            }
            ExprKind::Call { name, arguments, expand } => {
                self.call(name, arguments, *expand, expr.span, scope)
            }
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.conditional(condition, then, otherwise, scope)
            }
            ExprKind::Unary(operator, operand) => {
                let value = self.evaluate(operand, scope)?;
                self.unary(*operator, value, expr.span, scope)
            }
            ExprKind::Binary(operator, operands) => self.binary(*operator, operands, expr.span, scope),
            ExprKind::For(it) => self.comprehension(it, expr.span, scope),
        }
    }

    /// A value in brackets or braces has its place there, whatever decided it.
    fn element(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        let value = self.evaluate(expr, scope)?;
        let inside = self.origins.get(value.origin).is_some_and(|it| it.lies_in(scope.file, expr.span));
        Ok(if inside { value } else { self.bind(value, scope.file, expr.span, expr.span) })
    }

    fn object(&self, entries: &[(Expr, Expr)], span: Span, scope: &Scope<'_>) -> Evaluated {
        let mut object = Entries::new();
        for (key, value) in entries {
            let name = if let ExprKind::String(name) = &key.kind {
                Rc::clone(name)
            } else {
                let name = self.evaluate(key, scope)?;
                if let Some(unknown) = name.as_unknown() {
                    // The names of the entries are unknown too.
                    let whole: Value = unknown.derive(Type::Any, []).into();
                    return Ok(whole.at(self.derive(scope, span, &[&name])));
                }
                match convert(name, &Type::String) {
                    Ok(Value { data: Data::String(text), .. }) => text.shared(),
                    _ => return scope.fail(key.span, "the key of an object must be a text"),
                }
            };
            let value = self.element(value, scope)?;
            object.insert(name, value);
        }
        Ok(Value::object(object).at(self.origins.plain(scope.file, span)))
    }

    /// The value of a condition: `Ok(Err(…))` if it is unknown.
    pub(super) fn condition(
        &self,
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<Result<bool, Value>, super::Failure> {
        let value = self.evaluate(expr, scope)?;
        if value.as_unknown().is_some() {
            return Ok(Err(value));
        }
        match convert(value, &Type::Bool) {
            Ok(Value { data: Data::Bool(it), .. }) => Ok(Ok(it)),
            Ok(_) => scope.fail(expr.span, "a condition must not be null"),
            Err(error) => scope.fail(expr.span, format!("not a condition: {error}")),
        }
    }

    fn conditional(&self, condition: &Expr, then: &Expr, otherwise: &Expr, scope: &Scope<'_>) -> Evaluated {
        let decided = self.evaluate(condition, scope)?;
        if let Some(unknown) = decided.as_unknown() {
            if let Some(holds) = self.assumed(condition.span, scope) {
                let (chosen, other) = if holds { (then, otherwise) } else { (otherwise, then) };
                return self.like_the_other(self.evaluate(chosen, scope)?, other, condition.span, scope);
            }
            // If both branches have the same value, the condition does not matter.
            let (one, other) = (self.evaluate(then, scope), self.evaluate(otherwise, scope));
            if let (Ok(one), Ok(other)) = (&one, &other)
                && one == other
                && one.first_unknown().is_none()
            {
                return Ok(one.clone());
            }
            if [&one, &other].into_iter().flatten().any(|it| it.first_unknown().is_none()) {
                self.note_undecided(condition.span, scope);
            }
            let references = [&one, &other].into_iter().flatten().filter_map(Value::first_unknown);
            let references: Vec<u32> = references.flat_map(|it| it.references.iter().copied()).collect();
            let mut whole = unknown.derive(Type::Any, references);
            if let (Ok(one), Ok(other)) = (&one, &other) {
                whole.prefix = common_prefix(one, other).into();
            }
            let span = Span { start: condition.span.start, end: otherwise.span.end };
            return Ok(Value::from(whole).at(self.derive(scope, span, &[&decided])));
        }
        let (chosen, other) = match self.condition(condition, scope)? {
            Ok(true) => (then, otherwise),
            _ => (otherwise, then),
        };
        let value = self.like_the_other(self.evaluate(chosen, scope)?, other, condition.span, scope)?;
        let place = self.origins.get(value.origin);
        let parent = self.origins.outside(decided.origin, scope.file, condition.span);
        // A value in the chosen branch is caused by whatever decided the condition.
        match place {
            Some(place)
                if parent != palisade_terraform_values::NO_ORIGIN
                    && place.file == scope.file
                    && place.span == chosen.span
                    && place.parent == palisade_terraform_values::NO_ORIGIN =>
            {
                let origin = self.origins.add(crate::origins::Place { parent, ..place });
                Ok(value.at(origin))
            }
            _ => Ok(value),
        }
    }

    /// Converts to the common type of both branches, which depends on the branch that is not chosen.
    fn like_the_other(&self, value: Value, other: &Expr, span: Span, scope: &Scope<'_>) -> Evaluated {
        if matches!(value.data, Data::Null(_) | Data::Unknown(_)) || matches!(other.kind, ExprKind::Null) {
            return Ok(value);
        }
        let Ok(other) = self.evaluate(other, scope) else { return Ok(value) };
        let (own, others) = (type_of(&value), type_of(&other));
        if own == others {
            return Ok(value);
        }
        match common_type(&[own.clone(), others.clone()]) {
            Some(common) => Ok(convert(value.clone(), &common).unwrap_or(value)),
            None => scope
                .fail(span, format!("both results must be of one type, and these are {own} and {others}")),
        }
    }

    fn splat(&self, of: &Expr, steps: &[Step], span: Span, scope: &Scope<'_>) -> Evaluated {
        let value = self.evaluate(of, scope)?;
        self.splat_value(&value, steps, span, scope)
    }

    /// Applies the steps to each item of a value.
    fn splat_value(&self, value: &Value, steps: &[Step], span: Span, scope: &Scope<'_>) -> Evaluated {
        let origin = self.derive(scope, span, &[value]);
        let made = match &value.data {
            Data::Null(NullOf(Some(ty))) if matches!(**ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                return scope.fail(span, "a list that is null has no items; give an empty one");
            }
            Data::Null(_) => Value::tuple(Vec::new()),
            Data::Unknown(unknown) => unknown.derive(Type::Any, []).into(),
            Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
                let items = items.iter().map(|item| self.through(item, steps, span, scope));
                Value::tuple(items.collect::<Result<_, _>>()?)
            }
            _ => Value::tuple(vec![self.through(value, steps, span, scope)?]),
        };
        Ok(made.at(origin))
    }

    /// Applies the steps after a splat to one item.
    fn through(&self, item: &Value, steps: &[Step], span: Span, scope: &Scope<'_>) -> Evaluated {
        let mut item = item.clone();
        for step in steps {
            item = match step {
                Step::Attribute(name) => self.attribute_of(&item, name, span, scope)?,
                Step::Index(index) => {
                    let index = self.evaluate(index, scope)?;
                    self.index_of(&item, &index, span, scope)?
                }
                Step::AttributeSplat(inner) | Step::FullSplat(inner) => {
                    self.splat_value(&item, inner, span, scope)?
                }
            };
        }
        Ok(item)
    }

    /// The keys and values over which a `for` iterates; `Err` if they are unknown.
    pub(super) fn entries_of(
        value: &Value,
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<super::block::Dynamic, super::Failure> {
        let numbered = |items: &[Value]| {
            let keys = (0i64..).map(Value::from);
            keys.zip(items.iter().cloned()).collect()
        };
        Ok(Ok(match &value.data {
            Data::Unknown(unknown) => return Ok(Err(Rc::clone(unknown))),
            Data::List(items) | Data::Tuple(items) => numbered(items),
            Data::Set(items) => items.iter().map(|item| (item.clone(), item.clone())).collect(),
            Data::Map(entries) | Data::Object(entries) => entries
                .iter()
                .map(|(key, value)| (Value::from(Rc::clone(key)).at(value.origin), value.clone()))
                .collect(),
            Data::Null(_) => return scope.fail(span, "null cannot be gone through"),
            _ => return scope.fail(span, "only a list, set, map or object can be gone through"),
        }))
    }

    fn comprehension(&self, it: &For, span: Span, scope: &Scope<'_>) -> Evaluated {
        let collection = self.evaluate(&it.collection, scope)?;
        let unknown = |unknown: &Unknown| {
            let whole: Value = unknown.derive(Type::Any, []).into();
            Ok(whole.at(self.derive(scope, span, &[&collection])))
        };
        let entries = match Self::entries_of(&collection, it.collection.span, scope)? {
            Ok(entries) => entries,
            Err(why) => return unknown(&why),
        };
        if entries.len() > MAX_ITEMS {
            return scope.limit(span, format!("more than {MAX_ITEMS} items"));
        }
        let mut items = Vec::new();
        let mut object: std::collections::BTreeMap<Rc<str>, Vec<Value>> = std::collections::BTreeMap::new();
        for (key, value) in &entries {
            let outer =
                Frame { names: Names::One(it.key_name.as_deref().unwrap_or(""), key), up: scope.frame };
            let frame = Frame { names: Names::One(&it.value_name, value), up: Some(&outer) };
            let inner = scope.with(&frame);
            if let Some(condition) = &it.condition {
                match self.condition(condition, &inner)? {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(why) => match why.as_unknown() {
                        Some(why) => return unknown(why),
                        None => continue,
                    },
                }
            }
            let Some(key) = &it.key else {
                items.push(self.evaluate(&it.value, &inner)?);
                continue;
            };
            let name = self.evaluate(key, &inner)?;
            if let Some(why) = name.as_unknown() {
                return unknown(why);
            }
            let name = match convert(name, &Type::String) {
                Ok(Value { data: Data::String(text), .. }) => text.shared(),
                _ => return scope.fail(key.span, "the key of an entry must be a text"),
            };
            let made = self.evaluate(&it.value, &inner)?;
            let before = object.entry(Rc::clone(&name)).or_default();
            if !before.is_empty() && !it.grouping {
                let message = format!("the key `{name}` comes twice; group the values with `...`");
                return scope.fail(key.span, message);
            }
            before.push(made);
        }
        let made = if it.key.is_none() {
            Value::tuple(items)
        } else if it.grouping {
            Value::object(object.into_iter().map(|(key, values)| (key, Value::tuple(values))).collect())
        } else {
            let first = |(key, values): (_, Vec<Value>)| Some((key, values.into_iter().next()?));
            Value::object(object.into_iter().filter_map(first).collect())
        };
        Ok(made.at(self.derive(scope, span, &[&collection])))
    }
}

/// The common prefix of two texts.
fn common_prefix<'v>(one: &'v Value, other: &'v Value) -> &'v str {
    let text = |value: &'v Value| match &value.data {
        Data::String(text) => text.as_str(),
        Data::Unknown(unknown) => &unknown.prefix,
        _ => "",
    };
    let (one, other) = (text(one), text(other));
    let same = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    one.get(..same.unwrap_or(one.len().min(other.len()))).unwrap_or("")
}
