//! Values that are only known after apply: `after_unknown` of the changes.

use std::collections::BTreeMap;

use crate::syntax::json::{Value, ValueKind};

/// Unknown parts by the address of the resource.
pub(super) struct Unknowns<'a>(BTreeMap<&'a str, &'a Value>);

impl<'a> Unknowns<'a> {
    pub(super) fn of(document: &'a Value) -> Unknowns<'a> {
        let changes = document.get("resource_changes").map_or(&[][..], Value::items);
        let change =
            |it: &'a Value| Some((it.get("address")?.as_str()?, it.get("change")?.get("after_unknown")?));
        Unknowns(changes.iter().filter_map(change).collect())
    }

    pub(super) fn of_resource(&self, address: &str) -> Option<&'a Value> {
        self.0.get(address).copied()
    }
}

/// Whether a part of it is unknown.
pub(super) fn any(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Bool(it) => *it,
        ValueKind::Array(items) => items.iter().any(any),
        ValueKind::Object(members) => members.iter().any(|it| any(&it.value)),
        _ => false,
    }
}
