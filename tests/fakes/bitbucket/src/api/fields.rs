//! Partial responses (developer.atlassian.com, "REST APIs", section "Partial responses").

use palisade_fake_host::Reply;
use serde_json::{Map, Value};

/// The same response with the fields that the query wants: names with points, separated by commas. A name with `-`
/// removes a field, one with `+` adds one to the response, which has all fields here; a plain name keeps only the
/// named fields. `*` stands for each member.
pub(crate) fn narrow(reply: Reply, wanted: &str) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
    let names = || wanted.split(',').map(str::trim);
    let kept: Vec<Vec<&str>> =
        names().filter(|name| !name.starts_with(['-', '+'])).map(|name| name.split('.').collect()).collect();
    let mut body = if kept.is_empty() { body } else { keep(&body, &kept) };
    for name in names().filter_map(|name| name.strip_prefix('-')) {
        remove(&mut body, &name.split('.').collect::<Vec<_>>());
    }
    Reply { body: body.to_string().into(), ..reply }
}

/// The parts of a value that the paths name; a path that ends keeps all below.
fn keep(value: &Value, paths: &[Vec<&str>]) -> Value {
    if paths.iter().any(Vec::is_empty) {
        return value.clone();
    }
    match value {
        Value::Array(all) => all.iter().map(|one| keep(one, paths)).collect(),
        Value::Object(all) => {
            let mut kept = Map::new();
            for (name, member) in all {
                let below: Vec<Vec<&str>> = paths
                    .iter()
                    .filter(|path| path[0] == "*" || path[0] == name)
                    .map(|path| path[1..].to_vec())
                    .collect();
                if !below.is_empty() {
                    kept.insert(name.clone(), keep(member, &below));
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

fn remove(value: &mut Value, path: &[&str]) {
    match (value, path) {
        (Value::Array(all), _) => all.iter_mut().for_each(|one| remove(one, path)),
        (Value::Object(all), ["*"]) => all.clear(),
        (Value::Object(all), [name]) => {
            all.shift_remove(*name);
        }
        (Value::Object(all), ["*", rest @ ..]) => all.values_mut().for_each(|one| remove(one, rest)),
        (Value::Object(all), [name, rest @ ..]) => {
            if let Some(member) = all.get_mut(*name) {
                remove(member, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod test {
    use serde_json::json;

    use super::*;

    #[test]
    fn wanted_fields() {
        let whole = json!({ "size": 1, "values": [{ "id": 1, "a": { "b": 2, "c": 3 } }], "next": "n" });
        let table = [
            ("values.id,next", json!({ "values": [{ "id": 1 }], "next": "n" })),
            ("values.a.b", json!({ "values": [{ "a": { "b": 2 } }] })),
            ("values.*.c", json!({ "values": [{ "id": 1, "a": { "c": 3 } }] })),
            ("-values.a,-size", json!({ "values": [{ "id": 1 }], "next": "n" })),
            ("+values.d", whole.clone()),
            ("none", json!({})),
        ];
        for (wanted, expected) in table {
            let reply = narrow(Reply::json(200, &whole), wanted);
            assert_eq!(serde_json::from_slice::<Value>(&reply.body).unwrap(), expected, "{wanted}");
        }
    }
}
