//! Operators, steps and JSON: operands and results.

#![cfg(test)]

use palisade_terraform_values::{
    Data, Number, Part, Text, Type, Unknown, Value, attribute, from_json, index, operators, to_json,
};

type Operator = fn(Value, Value) -> Result<Value, operators::OperatorError>;

/// JSON; `?` is an unknown value, and `?a` an unknown text with the prefix `a`.
fn value(text: &str) -> Value {
    let Some(prefix) = text.strip_prefix('?') else { return from_json(text).unwrap() };
    let mut unknown = Unknown::new("x.y", "not yet", Type::Any);
    unknown.references = vec![4];
    if !prefix.is_empty() {
        return Value::of_parts(vec![Part::Known(Text::new(prefix)), Part::Unknown(unknown.into())]);
    }
    unknown.into()
}

fn show<E: ToString>(result: Result<Value, E>) -> String {
    match result {
        Ok(value) => match value.as_unknown() {
            Some(unknown) => {
                assert_eq!(unknown.references, [4]);
                format!("?{}", unknown.ty)
            }
            None => to_json(&value).unwrap(),
        },
        Err(error) => format!("!{}", error.to_string()),
    }
}

#[test]
fn numbers_are_calculated() {
    let third = format!("0.{}5", "3".repeat(154));
    let cases: &[(Operator, &str, &str, &str)] = &[
        (operators::add, "1", "2", "3"),
        (operators::add, r#""5""#, "1", "6"),
        (operators::add, "0.1", "0.2", "0.3"),
        (operators::add, "9007199254740993", "1", "9007199254740994"),
        (
            operators::add,
            "1",
            r#""a""#,
            "!an operand does not fit: a number is required, and the text is none",
        ),
        (operators::add, "1", "null", "!an operand is null; test for null before"),
        (operators::add, "1", "?", "?number"),
        (operators::add, "?", "[]", "!an operand does not fit: a number is required, not a tuple"),
        (operators::subtract, "1", "2.5", "-1.5"),
        (operators::multiply, "0.5", "4", "2"),
        (operators::multiply, "1e3000", "1e3000", "!the result has too many digits"),
        (operators::divide, "10", "4", "2.5"),
        (operators::divide, "1", "3", &third),
        (operators::divide, "6", "3", "2"),
        (operators::divide, "-7", "2", "-3.5"),
        (operators::divide, "0", "2", "0"),
        (operators::divide, "1", "0", "!division by zero; infinite numbers are unsupported"),
        (operators::divide, "0", "0", "!division of zero by zero"),
        (operators::divide, "?", "0", "?number"),
        (operators::modulo, "7", "3", "1"),
        (operators::modulo, "-7", "3", "-1"),
        (operators::modulo, "5.5", "2", "1.5"),
        (operators::modulo, "1", "0", "1"),
        (operators::less, "1", "2", "true"),
        (operators::less, "2", "2", "false"),
        (operators::less, "10", r#""9""#, "false"),
        (operators::less, "?", "1", "?bool"),
        (operators::less_or_equal, "2", "2", "true"),
        (operators::less_or_equal, "2", "1.9", "false"),
    ];
    for (operator, one, other, expected) in cases {
        assert_eq!(show(operator(value(one), value(other))), *expected, "{one} {other}");
    }
    assert_eq!(show(operators::negate(value("5"))), "-5");
    assert_eq!(show(operators::negate(value("?"))), "?number");
}

#[test]
fn a_known_operand_may_decide() {
    let cases: &[(Operator, &str, &str, &str)] = &[
        (operators::and, "true", "true", "true"),
        (operators::and, "true", r#""false""#, "false"),
        (operators::and, "false", "?", "false"),
        (operators::and, "?", "false", "false"),
        (operators::and, "true", "?", "?bool"),
        (operators::and, "?", "?", "?bool"),
        (operators::and, "1", "true", "!an operand does not fit: a boolean is required, not a number"),
        (operators::or, "false", "true", "true"),
        (operators::or, "false", "false", "false"),
        (operators::or, "?", "true", "true"),
        (operators::or, "?", "false", "?bool"),
        (operators::or, "null", "false", "!an operand is null; test for null before"),
    ];
    for (operator, one, other, expected) in cases {
        assert_eq!(show(operator(value(one), value(other))), *expected, "{one} {other}");
    }
    assert_eq!(show(operators::not(value("true"))), "false");
    assert_eq!(show(operators::not(value("?"))), "?bool");
}

#[test]
fn equality_looks_at_type_and_value() {
    let cases = [
        ("1", "1.0", "true"),
        ("1", r#""1""#, "false"),
        ("null", "null", "true"),
        ("null", "1", "false"),
        ("[1,2]", "[1,2]", "true"),
        ("[1,2]", "[1]", "false"),
        (r#"{"a":1}"#, r#"{"a":2}"#, "false"),
        (r#"{"a":1}"#, r#"{"b":1}"#, "false"),
        ("?", "1", "?bool"),
        ("?", "?", "?bool"),
        ("?", "null", "?bool"),
        ("?arn:", "null", "false"),
        ("?arn:", r#""http""#, "false"),
        ("?arn:", r#""arn:x""#, "?bool"),
    ];
    for (one, other, expected) in cases {
        let (one, other) = (value(one), value(other));
        assert_eq!(show::<String>(Ok(operators::equal(&one, &other))), expected, "{one:?} {other:?}");
        assert_eq!(show::<String>(Ok(operators::equal(&other, &one))), expected, "{other:?} {one:?}");
    }
    let inside = |it: &str| Value::tuple(vec![value("?"), value(it)]);
    assert_eq!(show::<String>(Ok(operators::equal(&inside("1"), &inside("2")))), "false");
    assert_eq!(show::<String>(Ok(operators::equal(&inside("1"), &inside("1")))), "?bool");
    // An empty list and an empty tuple have different types.
    let differ = operators::equal(&Value::list(vec![]), &Value::tuple(vec![]));
    assert_eq!(show::<String>(Ok(differ)), "false");
}

#[test]
fn steps_lead_into_values() {
    let cases = [
        ("[1,2]", "1", "2"),
        ("[1,2]", r#""0""#, "1"),
        ("[1,2]", "2", "!no item 2, the list has 2"),
        ("[1,2]", "-1", "!no item -1, the list has 2"),
        ("[1,2]", "0.5", "!no item 0.5, the list has 2"),
        ("[1,2]", r#""a""#, "!the key does not fit: a number is required, and the text is none"),
        ("[1,2]", "?", "?any"),
        ("[1,2]", "null", "!the key is null"),
        (r#"{"a":1}"#, r#""a""#, "1"),
        (r#"{"1":2}"#, "1", "2"),
        (r#"{"bucket":1}"#, r#""buckets""#, "!`buckets` not found; did you mean `bucket`?"),
        (r#"{"a":1}"#, r#""zz""#, "!`zz` not found"),
        (r#"{"a":1}"#, "?", "?any"),
        ("null", "0", "!the value is null, so nothing is in it"),
        ("?", "0", "?any"),
        ("1", "0", "!a number has no items to index"),
    ];
    for (collection, key, expected) in cases {
        assert_eq!(show(index(&value(collection), &value(key))), expected, "{collection}[{key}]");
    }
    assert_eq!(show(attribute(&value(r#"{"a":{"b":1}}"#), "a")), r#"{"b":1}"#);
    assert_eq!(show(attribute(&value("[5]"), "0")), "5");
    assert_eq!(show(attribute(&value("[5]"), "x")), "!a tuple has no attributes, so no `x`");
    assert_eq!(show(attribute(&value("?"), "x")), "?any");
    let set = Value::set(vec![1.into()]);
    assert_eq!(show(index(&set, &0.into())), "!a set, which has no order, has no items to index");
    let typed: Value = {
        let mut unknown = Unknown::new("x", "y", Type::List(Box::new(Type::Bool)));
        unknown.references = vec![4];
        unknown.into()
    };
    assert_eq!(show(index(&typed, &0.into())), "?bool");
}

#[test]
fn sets_are_sorted_and_have_each_item_once() {
    let set = Value::set(["b", "a", "b"].map(Value::from).to_vec());
    assert_eq!(to_json(&set).unwrap(), r#"["a","b"]"#);
    let set = Value::set([10, 9, 10].map(Value::from).to_vec());
    assert_eq!(to_json(&set).unwrap(), "[9,10]");
    let set = Value::set(vec![value("?"), value("?"), "a".into()]);
    assert_eq!(operators::equality(&set, &Value::set(vec!["a".into()])), None);
    assert_eq!(set.items().unwrap().len(), 3);
}

#[test]
fn numbers_stay_exact_and_bounded() {
    let read = |text: &str| text.parse::<Number>();
    assert_eq!(read("1e20").unwrap().to_string(), "100000000000000000000");
    assert_eq!(read("1e20").unwrap().as_i64(), None);
    assert_eq!(read("12.0").unwrap().as_i64(), Some(12));
    assert_eq!(read("-0.50").unwrap().to_string(), "-0.5");
    let far = ["1.5e-9223372036854775808", "1e9223372036854775807", "1e99999999999999999999", "0e999999999"];
    for wrong in far {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    for wrong in ["1e999999999", "1e-999999999", "", "x", "0x1", "1_0", "1e", "inf", &"9".repeat(9_000)] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Number::of_f64(f64::NAN), None);
    assert_eq!(Number::of_f64(0.1).unwrap().to_string(), "0.1");
    assert_eq!(read("+1.").unwrap(), read(".1e1").unwrap());
    assert_eq!(read("-0").unwrap().to_string(), "-0");
    assert_eq!(read("-0").unwrap(), Number::from(0));
}

/// The shortest text of a binary number of 512 bits, as Terraform prints it.
#[test]
fn numbers_are_binary_of_512_bits() {
    let calculate =
        |one: &str, operator: fn(Value, Value) -> Result<Value, operators::OperatorError>, other: &str| {
            match operator(one.into(), other.into()).unwrap().data {
                Data::Number(number) => number.to_string(),
                other => panic!("{other:?}"),
            }
        };
    let zeros = |count: usize| "0".repeat(count);
    assert_eq!(calculate("0.1", operators::add, "0.2"), "0.3");
    assert_eq!(calculate("1", operators::subtract, "0.9"), format!("0.1{}3", zeros(153)));
    assert_eq!(calculate("0.1", operators::multiply, "0.1"), format!("0.01{}1", zeros(153)));
    assert_eq!(calculate("1", operators::divide, "3"), format!("0.{}5", "3".repeat(154)));
    assert_eq!(calculate("5.3", operators::modulo, "0.7"), format!("0.4{}12", zeros(152)));
    assert_eq!(calculate("1e200", operators::add, "1"), format!("1{}", zeros(200)));
    assert_eq!(calculate("7", operators::modulo, "0"), "7");
    assert_eq!(calculate("-7.5", operators::modulo, "2"), "-1.5");
    let power = Number::of_f64(2_f64.powi(100)).unwrap();
    assert_eq!(power.to_string(), "1267650600228229400000000000000");
    assert_eq!(power.floor().unwrap(), power);
    for (number, floor, ceil) in
        [("1.5", 1, 2), ("-1.5", -2, -1), ("3", 3, 3), ("-0.2", -1, 0), ("0.2", 0, 1)]
    {
        let number: Number = number.parse().unwrap();
        assert_eq!((number.floor().unwrap(), number.ceil().unwrap()), (floor.into(), ceil.into()));
    }
}

/// Texts with the same Unicode normalization form NFC are equal, and so are keys.
#[test]
fn texts_are_normalised() {
    assert_eq!(Value::from("e\u{301}"), Value::from("\u{e9}"));
    let entries = [("e\u{301}".into(), 1.into())].into_iter().collect();
    assert_eq!(to_json(&Value::object(entries)).unwrap(), "{\"\u{e9}\":1}");
}

/// Items that contain items are sorted by the text that `cty` writes for them.
#[test]
fn sets_of_collections_are_sorted_as_terraform_sorts_them() {
    let list = |items: &[i64]| Value::list(items.iter().map(|it| Value::from(*it)).collect());
    let set = Value::set(vec![list(&[2, 1]), list(&[1]), list(&[1, 2]), list(&[1])]);
    assert_eq!(to_json(&set).unwrap(), "[[1,2],[1],[2,1]]");
    let set = Value::set(vec![Value::null(), "b".into(), "a".into()]);
    assert_eq!(to_json(&set).unwrap(), r#"["a","b",null]"#);
}

#[test]
fn json_stays_what_it_is() {
    for text in
        [r#"{"a":[1,2.5,null,true],"b":"\u003c\u003e\u0026"}"#, "12345678901234567890123.5", r#""\n\"é""#]
    {
        assert_eq!(to_json(&from_json(text).unwrap()).unwrap(), text);
    }
    for wrong in ["", "{", "01", "[1,]", "nul", "1 2", "{1:2}"] {
        assert!(from_json(wrong).is_err(), "{wrong}");
    }
    assert!(to_json(&value("?")).unwrap_err().to_string().contains("x.y"));
    assert!(from_json(&format!("{}{}", "[".repeat(200), "]".repeat(200))).is_err());
    assert!(matches!(from_json("[]").unwrap().data, Data::Tuple(_)));
}

#[test]
fn known_stretches_of_a_text_are_joined() {
    let known = |it: &str| Part::Known(Text::new(it));
    let whole = Value::of_parts(vec![known("a"), known(""), known("b")]);
    assert_eq!(whole.as_str(), Some("ab"));
    let open = Part::Unknown(value("?").as_unknown().unwrap().clone());
    let whole = Value::of_parts(vec![known("a"), known("b"), open, known("c"), known("d")]);
    assert_eq!(whole.as_unknown().unwrap().parts.len(), 3);
    assert_eq!(&*whole.as_unknown().unwrap().prefix, "ab");
    assert_eq!(Value::of_parts(Vec::new()).as_str(), Some(""));
}
