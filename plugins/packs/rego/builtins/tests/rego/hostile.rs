//! Whatever the arguments of a builtin are, it does not panic, and it ends.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use palisade_rego_builtins::{Status, documented};
use proptest::prelude::*;
use regorus::{Engine, Value};

use crate::case::{bare, ours};

/// Texts that are valid for some builtin, and texts that are not.
fn text() -> impl Strategy<Value = String> {
    let some = [
        "",
        "a",
        "ab",
        "é",
        "%9999999999d",
        "%*d",
        "%[9]s",
        "%[",
        "%.",
        "%",
        "[",
        "{",
        "(a",
        "a{,}",
        "\\",
        "{}",
        "{a}",
        "*",
        "**",
        "[!a-",
        "10.0.0.0/8",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.1",
        "1h",
        "9999999999999h",
        "-1s",
        "1e9999999",
        "1e999999999K",
        "5Ki",
        "2006-01-02",
        "2024-02-30T00:00:00Z",
        "UTC",
        "America/New_York",
        "[1,{\"a\":2}]",
        "{\"type\":\"string\"}",
        "a: [",
        "1.2.3",
        "a.b.c",
        "e30.e30.",
        "%zz",
        "a=b&c",
        "http://a:b@[::1]:1/%zz",
        "-----BEGIN CERTIFICATE-----",
        "/a/~1",
        "Local",
        "f0000000-0000-1000-8000-000000000000",
    ];
    prop_oneof![3 => prop::sample::select(some.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-3_i64..12).prop_map(Value::from),
        prop::sample::select(vec![i64::MIN, i64::MAX, -1_000_000_000_000, 1_000_000_000_000, 4_294_967_295])
            .prop_map(Value::from),
        prop::sample::select(vec![0.5, -0.5, 1e300, -1e300, 1e-300]).prop_map(Value::from),
        Just(Value::from(u128::MAX)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_set(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(inner.clone(), inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text().prop_map(Value::from), inner, 0..4).prop_map(Value::from),
        ]
    })
}

/// A rule for each available builtin, with arguments from the input.
fn engine() -> (Engine, Vec<&'static str>) {
    let mut module = String::from("package case\n\nimport rego.v1\n\n");
    let mut names = Vec::new();
    for builtin in documented() {
        let Some(arity) = builtin.arity else { continue };
        if matches!(builtin.status, Status::Constant { .. } | Status::Absent { .. }) {
            continue;
        }
        let arguments: Vec<String> = (0..arity).map(|it| format!("input[{it}]")).collect();
        writeln!(module, "r{} := {}({})\n", names.len(), builtin.name, arguments.join(", ")).unwrap();
        names.push(builtin.name);
    }
    let mut engine = ours();
    engine.set_strict_builtin_errors(false);
    engine.add_policy("hostile.rego".to_owned(), module).unwrap();
    (engine, names)
}

/// Calls all with these arguments, and returns those that panicked.
fn panicked(engine: &Engine, names: &[&str], arguments: &[Value]) -> Vec<String> {
    let mut engine = engine.clone();
    engine.set_input(Value::from(arguments.to_vec()));
    let mut panicked = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let call = || engine.eval_rule(format!("data.case.r{at}")).is_ok();
        if catch_unwind(AssertUnwindSafe(call)).is_err() {
            panicked.push(format!("{name} {arguments:?}"));
        }
    }
    panicked
}

#[test]
fn no_arguments_make_a_builtin_panic() {
    let (engine, names) = engine();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&prop::collection::vec(value(), 4), |arguments| {
            let panicked = panicked(&engine, &names, &arguments);
            prop_assert!(panicked.is_empty(), "{panicked:#?}");
            Ok(())
        })
        .unwrap();
}

/// Short calls that need too much memory or time: each ends at once, most of them with an error.
#[test]
fn what_asks_for_too_much_is_refused() {
    let calls = [
        ("numbers.range(1, 1000000000000)", "a range of more than"),
        ("numbers.range(-9223372036854775807, 9223372036854775807)", "a range of more than"),
        ("numbers.range_step(0, 1000000000000, 2)", "a range of more than"),
        ("bits.lsh(1, 4294967295)", "a shift by more than"),
        ("net.cidr_expand(\"0.0.0.0/0\")", "more than 1000000 addresses"),
        ("net.cidr_expand(\"::/0\")", "more than 1000000 addresses"),
        ("json.unmarshal(\"1e999999999\")", "an exponent above"),
        ("to_number(\"1e999999999\")", "an exponent above"),
        ("units.parse(\"1e999999999K\")", "an exponent above"),
        ("json.match_schema(\"1e999999999\", {})", "an exponent above"),
        ("regex.match(`\\pL{1000}\\pL{1000}\\pL{1000}`, \"a\")", "a regular expression of more than"),
        (
            "graph.reachable_paths({i: [j | some j in numbers.range(0, 20)] | some i in numbers.range(0, 20)}, [0])",
            "paths of more than",
        ),
    ];
    for (call, words) in calls {
        let mut engine = ours();
        engine.set_strict_builtin_errors(false);
        engine.add_policy("0.rego".to_owned(), format!("package case\n\nresult := {call}\n")).unwrap();
        let error = engine.eval_rule("data.case.result".to_owned()).unwrap_err().to_string();
        assert!(error.contains(words), "{call}: {error}");
    }
}

/// Calls at which the engine alone panics, and their results now.
#[test]
fn what_panics_by_itself_has_an_answer() {
    let calls = [
        ("object.subset([1, 2], [])", "true"),
        ("strings.count(\"abc\", \"\")", "4"),
        ("numbers.range_step(0, 7, 0)", "undefined"),
        ("regex.template_match(\"abcdef{x}\", \"ab\", \"{\", \"}\")", "false"),
        ("regex.template_match(\"a{x}\", \"é\", \"{\", \"}\")", "false"),
    ];
    for (call, want) in calls {
        let run = |mut engine: Engine| {
            engine.set_strict_builtin_errors(false);
            engine.add_policy("0.rego".to_owned(), format!("package case\n\nresult := {call}\n")).unwrap();
            engine.eval_rule("data.case.result".to_owned()).unwrap()
        };
        let alone = catch_unwind(AssertUnwindSafe(|| run(bare())));
        assert!(alone.is_err(), "{call}: {alone:?}: the engine has an answer of its own by now");
        let got = match run(ours()) {
            Value::Undefined => "undefined".to_owned(),
            value => value.to_string(),
        };
        assert_eq!(got, want, "{call}");
    }
}
