//! The notation of values in the tables: JSON, whose arrays are tuples, with `list[…]`, `set[…]` and `map{…}`. Unknown
//! values are `?`, `?string`, `?^"prefix"` and `?["part", ?]`, and `?document …` is the text of a document.

use std::rc::Rc;

use palisade_terraform_values::{Data, Entries, Part, Text, Type, Unknown, Value};

/// The values of a row, separated by commas.
pub(crate) fn read_all(text: &str) -> Vec<Value> {
    let mut reader = Reader { rest: text.trim_start() };
    let mut values = Vec::new();
    while !reader.rest.is_empty() {
        values.push(reader.value());
        reader.eat(",");
    }
    values
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest.strip_prefix(wanted);
        self.rest = found.unwrap_or(self.rest).trim_start();
        found.is_some()
    }

    fn items(&mut self) -> Vec<Value> {
        let mut items = Vec::new();
        while !self.eat("]") {
            items.push(self.value());
            self.eat(",");
        }
        items
    }

    fn entries(&mut self) -> Entries {
        let mut entries = Entries::new();
        while !self.eat("}") {
            let key = self.text();
            assert!(self.eat(":"), "`:` before {}", self.rest);
            entries.insert(key.into(), self.value());
            self.eat(",");
        }
        entries
    }

    fn text(&mut self) -> String {
        let mut stream = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        let text = stream.next().unwrap().unwrap_or_else(|error| panic!("{error}: {}", self.rest));
        self.rest = self.rest[stream.byte_offset()..].trim_start();
        text
    }

    fn value(&mut self) -> Value {
        if self.eat("list[") {
            return Value::list(self.items());
        }
        if self.eat("set[") {
            return Value::set(self.items());
        }
        if self.eat("map{") {
            return Value::map(self.entries());
        }
        if self.eat("[") {
            return Value::tuple(self.items());
        }
        if self.eat("{") {
            return Value::object(self.entries());
        }
        if self.eat("?") {
            return self.unknown();
        }
        if self.rest.starts_with('"') {
            return self.text().into();
        }
        let end = self.rest.find([',', ']', '}', ' ']).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.rest = self.rest[end..].trim_start();
        match word {
            "null" => Value::null(),
            "true" => true.into(),
            "false" => false.into(),
            number => number.parse::<palisade_terraform_values::Number>().expect(number).into(),
        }
    }

    fn unknown(&mut self) -> Value {
        let mut unknown = Unknown::new("x.y", "not yet", Type::Any);
        unknown.references = vec![7];
        if self.eat("^") {
            unknown.ty = Type::String;
            unknown.prefix = self.text().into();
        } else if self.eat("[") {
            let part = |value: Value| match &value.data {
                Data::Unknown(unknown) => Part::Unknown(Rc::clone(unknown)),
                _ => Part::Known(Text::new(value.as_str().unwrap())),
            };
            return Value::of_parts(self.items().into_iter().map(part).collect());
        } else if self.eat("string") {
            unknown.ty = Type::String;
        } else if self.eat("number") {
            unknown.ty = Type::Number;
        } else if self.eat("list") {
            unknown.ty = Type::List(Box::new(Type::String));
        }
        unknown.into()
    }
}

/// A value in the notation of the tables.
pub(crate) fn show(value: &Value) -> String {
    let items = |items: &[Value]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    let entries = |entries: &Entries| {
        let entries = entries.iter().map(|(key, it)| format!("{}: {}", quote(key), show(it)));
        entries.collect::<Vec<_>>().join(", ")
    };
    match &value.data {
        Data::Null(_) => "null".into(),
        Data::Bool(it) => it.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => quote(text.as_str()),
        Data::List(all) => format!("list[{}]", items(all)),
        Data::Set(all) => format!("set[{}]", items(all)),
        Data::Tuple(all) => format!("[{}]", items(all)),
        Data::Map(all) => format!("map{{{}}}", entries(all)),
        Data::Object(all) => format!("{{{}}}", entries(all)),
        Data::Unknown(unknown) => show_unknown(unknown),
    }
}

fn show_unknown(unknown: &Unknown) -> String {
    if let Some(document) = &unknown.decoded {
        return format!("?document {}", show(document));
    }
    if !unknown.parts.is_empty() {
        let part = |part: &Part| match part {
            Part::Known(text) => quote(text.as_str()),
            Part::Unknown(_) => "?".into(),
        };
        return format!("?[{}]", unknown.parts.iter().map(part).collect::<Vec<_>>().join(", "));
    }
    if !unknown.prefix.is_empty() {
        return format!("?^{}", quote(&unknown.prefix));
    }
    if unknown.ty == Type::Any { "?".into() } else { format!("?{}", unknown.ty) }
}

fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
