//! OPA's order of values. It is that of the engine, except that sets follow objects.

use std::cmp::Ordering;

use regorus::Value;

/// Compares two values.
pub(crate) fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => each(left.as_slice().iter(), right.as_slice().iter()),
        (Value::Set(left), Value::Set(right)) => {
            each(members(left.iter_sorted()).into_iter(), members(right.iter_sorted()).into_iter())
        }
        (Value::Object(left), Value::Object(right)) => {
            let (left, right) = (entries(left.iter_sorted()), entries(right.iter_sorted()));
            let pairs = left.iter().zip(&right);
            let order =
                pairs.map(|(one, other)| compare(one.0, other.0).then_with(|| compare(one.1, other.1)));
            first(order).then(left.len().cmp(&right.len()))
        }
        (Value::Set(_), Value::Object(_)) => Ordering::Greater,
        (Value::Object(_), Value::Set(_)) => Ordering::Less,
        _ => left.cmp(right),
    }
}

/// The members of a set in this order.
pub(crate) fn members<'a>(members: impl Iterator<Item = &'a Value>) -> Vec<&'a Value> {
    let mut members: Vec<_> = members.collect();
    members.sort_by(|one, other| compare(one, other));
    members
}

/// The entries of an object in the order of their keys.
pub(crate) fn entries<'a>(
    entries: impl Iterator<Item = (&'a Value, &'a Value)>,
) -> Vec<(&'a Value, &'a Value)> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|(one, _), (other, _)| compare(one, other));
    entries
}

/// Compares item by item; a prefix is less than the longer one.
fn each<'a>(
    left: impl ExactSizeIterator<Item = &'a Value>,
    right: impl ExactSizeIterator<Item = &'a Value>,
) -> Ordering {
    let lengths = left.len().cmp(&right.len());
    first(left.zip(right).map(|(one, other)| compare(one, other))).then(lengths)
}

fn first(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
}
