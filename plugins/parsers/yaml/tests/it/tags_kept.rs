//! Tags of random trees, some with duplicate keys, are kept.

use proptest::prelude::*;

use crate::show::show;

#[derive(Clone, Debug)]
struct Node {
    tag: Option<&'static str>,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Text(&'static str),
    Sequence(Vec<Node>),
    Mapping(Vec<(&'static str, Node)>),
}

fn node() -> impl Strategy<Value = Node> {
    let tag = || prop::option::of(prop::sample::select(vec!["!Ref", "!GetAtt", "!If", "!x-y"]));
    let text = prop::sample::select(vec!["one", "two words", "AWS::Region"]);
    let leaf = (tag(), text).prop_map(|(tag, text)| Node { tag, value: Value::Text(text) });
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let key = prop::sample::select(vec!["a", "b", "c", "d"]);
        let value = prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Sequence),
            prop::collection::vec((key, inner), 0..6).prop_map(Value::Mapping),
        ];
        (tag(), value).prop_map(|(tag, value)| Node { tag, value })
    })
}

/// The node in flow style. With `meaning`, as the reader renders it: the last of two equal keys counts.
fn written(node: &Node, meaning: bool) -> String {
    let value = match &node.value {
        Value::Text(text) => format!("{text:?}"),
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, meaning)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) => {
            let counts =
                |at: usize, key: &str| !meaning || entries[at + 1..].iter().all(|(it, _)| *it != key);
            let entries = entries.iter().enumerate().filter(|(at, (key, _))| counts(*at, key));
            let entries: Vec<String> =
                entries.map(|(_, (key, value))| format!("{key}: {}", written(value, meaning))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    };
    node.tag.map_or(value.clone(), |tag| format!("{tag} {value}"))
}

/// The node in block style, after a line break for a collection that is not empty.
fn block(node: &Node, indent: usize) -> String {
    let mut out = node.tag.map_or(String::new(), |tag| format!(" {tag}"));
    let start = format!("\n{}", " ".repeat(indent));
    match &node.value {
        Value::Sequence(items) if !items.is_empty() => {
            out.extend(items.iter().map(|item| format!("{start}-{}", block(item, indent + 2))));
        }
        Value::Mapping(entries) if !entries.is_empty() => {
            out.extend(
                entries.iter().map(|(key, value)| format!("{start}{key}:{}", block(value, indent + 2))),
            );
        }
        value => {
            out.push(' ');
            out.push_str(&written(&Node { tag: None, value: value.clone() }, false));
        }
    }
    out
}

proptest! {
    #[test]
    fn in_flow_style(node in node()) {
        prop_assert_eq!(show(&format!("root: {}", written(&node, false))), format!("{{root: {}}}", written(&node, true)));
    }

    #[test]
    fn in_block_style(node in node()) {
        let text = format!("root:{}\n", block(&node, 2));
        prop_assert_eq!(show(&text), format!("{{root: {}}}", written(&node, true)), "{}", text);
    }
}
