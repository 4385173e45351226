//! Conversion: a value, a type, and the result.

#![cfg(test)]

use std::collections::BTreeMap;

use palisade_terraform_values::{
    Attribute, Data, Entries, Part, Text, Type, Unknown, Value, convert, from_json, to_text, type_of, unify,
};

fn json(text: &str) -> Value {
    from_json(text).unwrap()
}

fn list(item: Type) -> Type {
    Type::List(Box::new(item))
}

fn set(item: Type) -> Type {
    Type::Set(Box::new(item))
}

fn map(item: Type) -> Type {
    Type::Map(Box::new(item))
}

fn attribute(ty: Type, optional: bool, default: Option<&str>) -> Attribute {
    Attribute { ty, optional, default: default.map(json) }
}

fn object(attributes: &[(&str, Attribute)]) -> Type {
    let attributes = attributes.iter().map(|(name, it)| ((*name).into(), it.clone()));
    Type::Object(attributes.collect::<BTreeMap<_, _>>())
}

/// JSON with the kind of each collection.
fn show(value: &Value) -> String {
    let items = |all: &[Value]| all.iter().map(show).collect::<Vec<_>>().join(",");
    let entries = |all: &Entries| {
        all.iter().map(|(key, it)| format!("{key}:{}", show(it))).collect::<Vec<_>>().join(",")
    };
    match &value.data {
        Data::List(all) => format!("list[{}]", items(all)),
        Data::Set(all) => format!("set[{}]", items(all)),
        Data::Tuple(all) => format!("[{}]", items(all)),
        Data::Map(all) => format!("map{{{}}}", entries(all)),
        Data::Object(all) => format!("{{{}}}", entries(all)),
        Data::Unknown(unknown) => format!("?{}", unknown.ty),
        Data::String(text) => format!("{:?}", text.as_str()),
        Data::Null(_) => "null".into(),
        Data::Bool(it) => it.to_string(),
        Data::Number(it) => it.to_string(),
    }
}

#[test]
fn values_become_what_their_type_says() {
    let rule = || {
        object(&[
            ("name", attribute(Type::String, false, None)),
            ("port", attribute(Type::Number, true, Some("80"))),
            ("tags", attribute(map(Type::String), true, None)),
        ])
    };
    let cases: &[(&str, Type, &str)] = &[
        ("1", Type::String, r#""1""#),
        ("1.50", Type::String, r#""1.5""#),
        ("1e3", Type::String, r#""1000""#),
        ("true", Type::String, r#""true""#),
        (r#""true""#, Type::Bool, "true"),
        (r#""0""#, Type::Bool, "false"),
        (r#""yes""#, Type::Bool, "!a boolean is required: `true` or `false`"),
        (r#""FALSE""#, Type::Bool, "!a boolean is written in lower case: `false`"),
        ("1", Type::Bool, "!a boolean is required, not a number"),
        (r#""-1.5""#, Type::Number, "-1.5"),
        (r#"" 1""#, Type::Number, "!a number is required, and the text is none"),
        (r#""1_000""#, Type::Number, "!a number is required, and the text is none"),
        (r#""""#, Type::Number, "!a number is required, and the text is none"),
        ("false", Type::Number, "!a number is required, not a boolean"),
        ("null", Type::Number, "null"),
        ("[1,2]", Type::Any, "[1,2]"),
        ("[1,\"a\"]", list(Type::String), r#"list["1","a"]"#),
        ("[1,\"a\"]", list(Type::Any), r#"list["1","a"]"#),
        ("[]", list(Type::Any), "list[]"),
        ("[[1],[\"a\"]]", list(list(Type::Any)), r#"list[list["1"],list["a"]]"#),
        ("[2,1,2]", set(Type::Number), "set[1,2]"),
        ("[\"1\",1]", set(Type::String), r#"set["1"]"#),
        ("[[],{}]", list(Type::Any), "!all must be of one type, and these are tuple([]) and object({})"),
        ("[1,[]]", list(Type::String), "!`[1]`: a text is required, not a tuple"),
        ("{}", list(Type::Any), "!a list is required, not an object"),
        (r#"{"a":1,"b":"x"}"#, map(Type::Any), r#"map{a:"1",b:"x"}"#),
        (r#"{"a":[]}"#, map(Type::Number), "!`.a`: a number is required, not a tuple"),
        (r#"{"a b":{"c":1}}"#, map(map(Type::Bool)), "!`[\"a b\"].c`: a boolean is required, not a number"),
        ("[1,\"2\"]", Type::Tuple(vec![Type::String, Type::Number]), r#"["1",2]"#),
        ("[1]", Type::Tuple(vec![Type::String, Type::Number]), "!a tuple of 2 is required, and this has 1"),
        (r#"{"name":1,"extra":2}"#, rule(), r#"{name:"1",port:80,tags:null}"#),
        (r#"{"name":"x","port":null,"tags":{"a":1}}"#, rule(), r#"{name:"x",port:80,tags:map{a:"1"}}"#),
        ("{}", rule(), "!attribute \"name\" is required"),
        (r#"[{"name":"x"},{"port":1}]"#, list(rule()), "!`[1]`: attribute \"name\" is required"),
        (r#"{"name":"x","tags":{"a":[]}}"#, rule(), "!`.tags.a`: a text is required, not a tuple"),
        (
            r#"{"a":[1,"2"]}"#,
            object(&[("a", attribute(list(Type::Any), false, None))]),
            r#"{a:list["1","2"]}"#,
        ),
    ];
    for (value, ty, expected) in cases {
        let got = match convert(json(value), ty) {
            Ok(it) => show(&it),
            Err(error) => format!("!{error}"),
        };
        assert_eq!(got, *expected, "{value} as {ty}");
    }
}

#[test]
fn collections_become_one_another() {
    let listed = convert(json("[2,1]"), &list(Type::Number)).unwrap();
    let as_set = convert(listed.clone(), &set(Type::Number)).unwrap();
    assert_eq!(show(&as_set), "set[1,2]");
    assert_eq!(show(&convert(as_set, &list(Type::String)).unwrap()), r#"list["1","2"]"#);
    assert!(convert(listed, &Type::Tuple(vec![Type::Any, Type::Any])).is_err());
    let mapped = convert(json(r#"{"a":1,"b":2}"#), &map(Type::Any)).unwrap();
    let ty = object(&[("a", attribute(Type::String, false, None))]);
    assert_eq!(show(&convert(mapped, &ty).unwrap()), r#"{a:"1"}"#);
}

#[test]
fn what_cannot_be_known_takes_its_type() {
    let value: Value = Unknown::new("x", "y", Type::Any).into();
    assert_eq!(show(&convert(value.clone(), &list(Type::Number)).unwrap()), "?list(number)");
    let inside = Value::tuple(vec![value.clone(), "1".into()]);
    assert_eq!(show(&convert(inside, &list(Type::Number)).unwrap()), "list[?number,1]");
    let parts = Value::of_parts(vec![
        Part::Known(Text::new("a")),
        Part::Unknown(value.as_unknown().unwrap().clone()),
    ]);
    let kept = convert(parts.clone(), &Type::String).unwrap();
    assert_eq!(&*kept.as_unknown().unwrap().prefix, "a");
    let lost = convert(parts, &Type::Number).unwrap();
    assert_eq!(&*lost.as_unknown().unwrap().prefix, "");
}

#[test]
fn origins_stay() {
    let value = Value::tuple(vec![Value::from(1).at(2)]).at(1);
    let converted = convert(value, &set(Type::String)).unwrap();
    assert_eq!(converted.origin, 1);
    assert_eq!(converted.items().unwrap()[0].origin, 2);
}

#[test]
fn values_are_made_alike() {
    let cases = [
        ("[1,true,\"a\"]", r#""1" "true" "a""#),
        ("[1,null]", "1 null"),
        ("[1,true]", "!all must be of one type, and these are number and bool"),
        ("[[1],[\"a\"]]", r#"["1"] ["a"]"#),
        ("[[1],[\"a\",2]]", r#"list["1"] list["a","2"]"#),
        (r#"[{"a":1},{"a":"x"}]"#, r#"{a:"1"} {a:"x"}"#),
        (r#"[{"a":1},{"b":"x"}]"#, r#"map{a:"1"} map{b:"x"}"#),
        (
            r#"[{"a":1},{"b":[]}]"#,
            "!all must be of one type, and these are object({ a = number }) and object({ b = tuple([]) })",
        ),
    ];
    for (values, expected) in cases {
        let items = json(values).items().unwrap().to_vec();
        let got = match unify(items) {
            Ok(items) => items.iter().map(show).collect::<Vec<_>>().join(" "),
            Err(error) => format!("!{error}"),
        };
        assert_eq!(got, expected, "{values}");
    }
}

#[test]
fn types_are_written_as_in_the_language() {
    let ty = type_of(&json(r#"{"a":[1,"x"],"b":null}"#));
    assert_eq!(ty.to_string(), "object({ a = tuple([number, string]), b = any })");
    let ty = object(&[("a", attribute(set(map(Type::Bool)), true, None))]);
    assert_eq!(ty.to_string(), "object({ a = optional(set(map(bool))) })");
}

#[test]
fn what_has_a_text_gives_it() {
    let text =
        |value: Value| to_text(&value).map(|it| it.as_str().to_owned()).map_err(|error| error.to_string());
    assert_eq!(text(json("1.0")).unwrap(), "1");
    assert_eq!(text(true.into()).unwrap(), "true");
    assert!(text(Value::null()).unwrap_err().starts_with("null has no text"));
    assert!(text(json("[]")).unwrap_err().starts_with("a tuple has no text"));
    let document = Data::String(Text::of_document("1", 1.into())).into();
    assert!(to_text(&document).unwrap().decoded().is_some());
}
