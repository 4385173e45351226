//! Properties that hold for all calls.

use std::collections::BTreeMap;

use palisade_terraform_functions::{Function, Parameter, Takes, call, functions, names};
use palisade_terraform_values::{Data, Part, Text, Type, Unknown, Value};
use proptest::prelude::*;

use crate::host::Tree;
use crate::notation::{read_all, show};

fn unknown(ty: Type) -> Value {
    let mut unknown = Unknown::new("x.y", "not yet", ty);
    unknown.references = vec![3];
    unknown.into()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        "[%0-9.*+#\\[\\]a-zA-Z -]{0,12}",
        "[0-9a-f:./]{0,20}",
        "[\\[\\]{}():,\"'&*!|>\n a-z0-9-]{0,24}",
        Just("2017-11-22T00:00:00Z".to_owned()),
        Just("10.0.0.0/8".to_owned()),
        Just("fd00::/8".to_owned()),
        Just("UTF-16LE".to_owned()),
    ]
}

fn numbers() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        (-40_i64..140).prop_map(Value::from),
        "-?[0-9]{1,30}(\\.[0-9]{1,30})?(e-?[0-9]{1,3})?".prop_map(|it| number(&it)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::null()),
        any::<bool>().prop_map(Value::from),
        numbers(),
        text().prop_map(Value::from),
        Just(unknown(Type::Any)),
        Just(unknown(Type::String)),
        Just(Value::of_parts(vec![
            Part::Known(Text::new("a-")),
            Part::Unknown(std::rc::Rc::new(Unknown::new("x", "y", Type::Any))),
        ])),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..5);
        let entries = prop::collection::btree_map("[a-z<é ]{0,4}", inner, 0..5);
        let entries = entries.prop_map(|it| it.into_iter().map(|(key, value)| (key.into(), value)).collect());
        prop_oneof![
            items.clone().prop_map(Value::tuple),
            items.clone().prop_map(Value::list),
            items.prop_map(Value::set),
            entries.clone().prop_map(Value::object),
            entries.prop_map(Value::map),
        ]
    })
}

fn number(text: &str) -> Value {
    text.parse::<palisade_terraform_values::Number>().map_or_else(|_| 0.into(), Value::from)
}

/// The number of calls per function, with any arguments and with arguments of the right types.
const CALLS: u32 = 400;

/// Values of each parameter type.
#[derive(Clone, Debug)]
struct Pool {
    texts: Vec<Value>,
    numbers: Vec<Value>,
    items: Vec<Value>,
    entries: Vec<Value>,
    others: Vec<Value>,
    count: usize,
}

fn pool() -> impl Strategy<Value = Pool> {
    let texts = prop::collection::vec(text().prop_map(Value::from), 5);
    let numbers = prop::collection::vec(numbers(), 5);
    let items = prop::collection::vec(prop::collection::vec(value(), 0..5).prop_map(Value::tuple), 3);
    let alike = prop::collection::vec(prop::collection::vec(text().prop_map(Value::from), 0..5), 2);
    let alike = alike.prop_map(|it| it.into_iter().map(Value::list).collect::<Vec<_>>());
    let entries = prop::collection::vec(prop::collection::btree_map("[a-z<é ]{0,4}", value(), 0..5), 5);
    let entries = entries.prop_map(|all| {
        let object = |it: BTreeMap<String, Value>| it.into_iter().map(|(key, it)| (key.into(), it)).collect();
        all.into_iter().map(|it| Value::object(object(it))).collect()
    });
    let others = prop::collection::vec(value(), 5);
    (texts, numbers, items, alike, entries, others, 0_usize..5).prop_map(
        |(texts, numbers, items, alike, entries, others, count)| Pool {
            texts,
            numbers,
            items: items.into_iter().chain(alike).collect(),
            entries,
            others,
            count,
        },
    )
}

impl Pool {
    fn arguments(&self, function: &Function) -> Vec<Value> {
        let most = function.parameters.len() + if function.rest.is_some() { self.count } else { 0 };
        let parameter = |at| function.parameters.get(at).copied().or(function.rest);
        let of = |(at, it): (usize, Parameter)| match it.takes {
            Takes::Text => self.texts[at % 5].clone(),
            Takes::Number | Takes::Bool => self.numbers[at % 5].clone(),
            Takes::Items | Takes::Texts => self.items[(at + self.count) % 5].clone(),
            Takes::Entries | Takes::TextsByKey => self.entries[at % 5].clone(),
            Takes::Any => self.others[at % 5].clone(),
        };
        (0..most).filter_map(|at| Some((at, parameter(at)?))).map(of).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CALLS))]

    #[test]
    fn no_call_panics(values in prop::collection::vec(value(), 0..5), pool in pool()) {
        let host = Tree::new();
        for function in functions() {
            let _ = function.call(values.clone(), &host).map(|it| show(&it));
            let _ = function.call(pool.arguments(function), &host).map(|it| show(&it));
        }
    }
}

proptest! {
    #[test]
    fn json_gives_back_what_was_put_in(value in value()) {
        let host = Tree::new();
        let Ok(text) = call("jsonencode", vec![value], &host) else { return Ok(()) };
        let read = call("jsondecode", vec![text.clone()], &host).unwrap();
        // The text without its document has the same result.
        if let Some(plain) = text.as_str() {
            let again = call("jsondecode", vec![plain.into()], &host).unwrap();
            prop_assert_eq!(show(&again), show(&read));
        }
    }

    #[test]
    fn yaml_gives_back_what_was_put_in(value in value()) {
        let host = Tree::new();
        if value.first_unknown().is_some() {
            return Ok(());
        }
        let json = call("jsonencode", vec![value.clone()], &host).unwrap();
        let expected = call("jsondecode", vec![json.as_str().unwrap().into()], &host).unwrap();
        let yaml = call("yamlencode", vec![value], &host).unwrap();
        let read = call("yamldecode", vec![yaml.clone()], &host);
        prop_assert_eq!(read.map(|it| show(&it)), Ok(show(&expected)), "{}", yaml.as_str().unwrap());
    }

    #[test]
    fn an_encoded_url_decodes_to_itself(text in ".{0,50}") {
        let coded = call("urlencode", vec![text.as_str().into()], &Tree::new()).unwrap();
        let read = call("urldecode", vec![coded], &Tree::new()).unwrap();
        let expected = Value::from(text);
        prop_assert_eq!(read.as_str(), expected.as_str());
    }
}

#[test]
fn what_cannot_be_known_keeps_its_cause() {
    let mut wrong = Vec::new();
    for name in names().filter(|it| !["issensitive", "bcrypt", "rsadecrypt"].contains(it)) {
        for count in 1..4 {
            let Ok(result) = call(name, vec![unknown(Type::Any); count], &Tree::new()) else { continue };
            let Some(found) = result.first_unknown() else {
                wrong.push(name);
                continue;
            };
            if found.references != [3] || &*found.expression != "x.y" {
                wrong.push(name);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn values_that_are_passed_on_keep_their_origin() {
    let entry = |key: &str, value: Value| Value::object([(key.into(), value)].into());
    let value = || Value::from("v").at(9);
    let list = || Value::tuple(vec![value()]);
    let host = Tree::new();
    let origin = |name: &str, arguments: Vec<Value>| {
        let result = call(name, arguments, &host).unwrap();
        match &result.data {
            Data::Object(entries) | Data::Map(entries) => entries.values().next().unwrap().origin,
            _ => result.items().map_or(result.origin, |it| it[0].origin),
        }
    };
    let key = || Value::from("k");
    for (name, arguments) in [
        ("lookup", vec![entry("k", value()), key()]),
        ("merge", vec![entry("k", value()), entry("l", 1.into())]),
        ("concat", vec![list(), list()]),
        ("flatten", vec![Value::tuple(vec![list()])]),
        ("coalesce", vec![Value::null(), value()]),
        ("element", vec![list(), 0.into()]),
        ("one", vec![list()]),
        ("values", vec![entry("k", value())]),
        ("zipmap", vec![Value::tuple(vec![key()]), list()]),
        ("tolist", vec![list()]),
        ("toset", vec![list()]),
        ("tomap", vec![entry("k", value())]),
        ("distinct", vec![list()]),
        ("compact", vec![list()]),
        ("sort", vec![list()]),
        ("reverse", vec![list()]),
        ("slice", vec![list(), 0.into(), 1.into()]),
        ("setunion", vec![list(), list()]),
        ("sensitive", vec![value()]),
        ("tostring", vec![value()]),
        ("jsondecode", vec![call("jsonencode", vec![entry("k", value())], &host).unwrap()]),
    ] {
        assert_eq!(origin(name, arguments), 9, "{name}");
    }
}

#[test]
fn what_grows_is_bounded() {
    let big = |count: i64| call("range", vec![count.into()], &Tree::new()).unwrap();
    let all = vec![big(1_000), big(1_000), big(1_000)];
    let error = call("setproduct", all, &Tree::new()).unwrap_err().to_string();
    assert!(error.contains("more than 1000000 items"), "{error}");
    let twice = (1..40).map(|it| format!("&a{it} [*a{0}, *a{0}]", it - 1));
    let many = "$0".repeat(100_000);
    let all = "a".repeat(100_000);
    let error =
        call("replace", vec![all.into(), "/a*/".into(), many.into()], &Tree::new()).unwrap_err().to_string();
    assert!(error.contains("longer than"), "{error}");
    let bomb = format!("[&a0 [x], {}]", twice.collect::<Vec<_>>().join(", "));
    let error = call("yamldecode", vec![bomb.into()], &Tree::new()).unwrap_err().to_string();
    assert!(error.contains("more than 1000000 items"), "{error}");
    let deep = "[".repeat(100_000);
    for name in ["jsondecode", "yamldecode"] {
        assert!(call(name, vec![deep.clone().into()], &Tree::new()).is_err(), "{name}");
    }
}

#[test]
fn the_notation_reads_what_it_shows() {
    for text in [r#"list[1, "a"]"#, r#"map{"a": set[1, 2]}"#, r#"[?string, ?^"a", ?["a", ?]]"#] {
        assert_eq!(read_all(text).iter().map(show).collect::<String>(), text);
    }
}
