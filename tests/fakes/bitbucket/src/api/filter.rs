//! Filters and orders of lists (developer.atlassian.com, "REST APIs", section "Filter and sort API objects").

use std::cmp::Ordering;

use serde_json::Value;

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    /// A name, an operator or a parenthesis.
    Plain(String),
    /// A quoted text.
    Text(String),
}

const OPERATORS: [&str; 8] = ["!=", "!~", ">=", "<=", "=", "~", ">", "<"];

fn words(query: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, end) = if first == '"' {
            let mut text = String::new();
            let mut chars = rest.char_indices().skip(1);
            let end = loop {
                match chars.next() {
                    None => return Err("Invalid query: a text does not end".to_owned()),
                    Some((at, '"')) => break at + 1,
                    Some((_, '\\')) => text.extend(chars.next().map(|(_, escaped)| escaped)),
                    Some((_, one)) => text.push(one),
                }
            };
            (Word::Text(text), end)
        } else if "(),".contains(first) {
            (Word::Plain(first.to_string()), 1)
        } else if let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(**operator)) {
            (Word::Plain((*operator).to_owned()), operator.len())
        } else {
            let stop = |one: char| one.is_whitespace() || "\"(),=!~<>".contains(one);
            let end = rest.find(stop).unwrap_or(rest.len()).max(1);
            (Word::Plain(rest[..end].to_owned()), end)
        };
        words.push(word);
        rest = rest[end..].trim_start();
    }
    Ok(words)
}

/// A query: alternatives of comparisons that all apply.
#[derive(Debug)]
enum Query {
    Any(Vec<Query>),
    All(Vec<Query>),
    Is(String, String, Vec<Value>),
}

struct Parser {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
}

impl Parser {
    fn is_next(&mut self, text: &str) -> bool {
        let found = matches!(self.words.peek(), Some(Word::Plain(word)) if word.eq_ignore_ascii_case(text));
        if found {
            self.words.next();
        }
        found
    }

    fn any(&mut self) -> Result<Query, String> {
        let mut all = vec![self.all()?];
        while self.is_next("OR") {
            all.push(self.all()?);
        }
        Ok(Query::Any(all))
    }

    fn all(&mut self) -> Result<Query, String> {
        let mut all = vec![self.term()?];
        while self.is_next("AND") {
            all.push(self.term()?);
        }
        Ok(Query::All(all))
    }

    fn term(&mut self) -> Result<Query, String> {
        if self.is_next("(") {
            let inner = self.any()?;
            return if self.is_next(")") { Ok(inner) } else { Err(wrong("a parenthesis does not end")) };
        }
        let Some(Word::Plain(field)) = self.words.next() else { return Err(wrong("a field is missing")) };
        let negated = self.is_next("NOT");
        if self.is_next("IN") {
            if !self.is_next("(") {
                return Err(wrong("a list is missing"));
            }
            let mut values = vec![self.value()?];
            while self.is_next(",") {
                values.push(self.value()?);
            }
            if !self.is_next(")") {
                return Err(wrong("a list does not end"));
            }
            return Ok(Query::Is(field, if negated { "!=" } else { "=" }.to_owned(), values));
        }
        match self.words.next() {
            Some(Word::Plain(operator)) if !negated && OPERATORS.contains(&operator.as_str()) => {
                Ok(Query::Is(field, operator, vec![self.value()?]))
            }
            _ => Err(wrong("an operator is missing")),
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.words.next() {
            Some(Word::Text(text)) => Ok(Value::String(text)),
            // Numbers, true, false, null; anything else is a time.
            Some(Word::Plain(word)) => {
                Ok(serde_json::from_str(&word.to_lowercase()).unwrap_or(Value::String(word)))
            }
            None => Err(wrong("a value is missing")),
        }
    }
}

fn wrong(why: &str) -> String {
    format!("Invalid query: {why}")
}

/// The values of a field, whose name has points: several if lists are in between.
fn values<'a>(object: &'a Value, field: &str) -> Vec<&'a Value> {
    field.split('.').fold(vec![object], |all, name| {
        let flat = all.into_iter().flat_map(|one| match one {
            Value::Array(items) => items.iter().collect(),
            other => vec![other],
        });
        flat.map(|one| one.get(name).unwrap_or(&Value::Null)).collect()
    })
}

fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Number(one), Value::Number(other)) => one.as_f64().partial_cmp(&other.as_f64()),
        (one, other) => (one == other).then_some(Ordering::Equal),
    }
}

impl Query {
    fn accepts(&self, object: &Value) -> bool {
        match self {
            Self::Any(all) => all.iter().any(|one| one.accepts(object)),
            Self::All(all) => all.iter().all(|one| one.accepts(object)),
            Self::Is(field, operator, wanted) => {
                let found = values(object, field);
                let any = |test: &dyn Fn(&Value, &Value) -> bool| {
                    found.iter().any(|one| wanted.iter().any(|other| test(one, other)))
                };
                let holds = |one: &Value, other: &Value, accepted: &[Ordering]| {
                    order(one, other).is_some_and(|order| accepted.contains(&order))
                };
                let contains = |one: &Value, other: &Value| match (one, other) {
                    (Value::String(one), Value::String(other)) => {
                        one.to_lowercase().contains(&other.to_lowercase())
                    }
                    _ => false,
                };
                match operator.as_str() {
                    "=" => any(&|one, other| one == other),
                    "!=" => !any(&|one, other| one == other),
                    "~" => any(&contains),
                    "!~" => !any(&contains),
                    ">" => any(&|one, other| holds(one, other, &[Ordering::Greater])),
                    "<" => any(&|one, other| holds(one, other, &[Ordering::Less])),
                    ">=" => any(&|one, other| holds(one, other, &[Ordering::Greater, Ordering::Equal])),
                    _ => any(&|one, other| holds(one, other, &[Ordering::Less, Ordering::Equal])),
                }
            }
        }
    }
}

/// The objects that a query selects, in the same order.
pub(super) fn select(all: Vec<Value>, query: &str) -> Result<Vec<Value>, String> {
    let mut parser = Parser { words: words(query)?.into_iter().peekable() };
    let parsed = parser.any()?;
    if parser.words.next().is_some() {
        return Err(wrong("more follows"));
    }
    Ok(all.into_iter().filter(|one| parsed.accepts(one)).collect())
}

/// The objects in the order of a field, descending with `-` before its name.
pub(super) fn sort(mut all: Vec<Value>, field: &str) -> Vec<Value> {
    let (name, descending) = field.strip_prefix('-').map_or((field, false), |name| (name, true));
    all.sort_by(|one, other| {
        let first = |object| values(object, name).first().copied().unwrap_or(&Value::Null);
        let order = order(first(one), first(other)).unwrap_or(Ordering::Equal);
        if descending { order.reverse() } else { order }
    });
    all
}

#[cfg(test)]
mod test {
    use serde_json::json;

    use super::*;

    #[test]
    fn queries() {
        let object = json!({
            "state": "OPEN", "id": 7, "draft": false, "closed_by": null, "updated_on": "2026-11-30T00:00:00Z",
            "source": { "branch": { "name": "feature/\"x\"" } }, "events": [{ "key": "a" }, { "key": "b" }],
        });
        let table = [
            ("state = \"OPEN\"", Ok(true)),
            ("state=\"OPEN\" AND id > 6 and id <= 7", Ok(true)),
            ("state = \"MERGED\" OR (id = 7 AND draft = false)", Ok(true)),
            ("(state = \"MERGED\" OR id = 7) AND draft = true", Ok(false)),
            ("source.branch.name = \"feature/\\\"x\\\"\"", Ok(true)),
            ("source.branch.name ~ \"FEATURE\"", Ok(true)),
            ("source.branch.name !~ \"feature\"", Ok(false)),
            ("closed_by = null", Ok(true)),
            ("closed_by != null", Ok(false)),
            ("events.key = \"b\"", Ok(true)),
            ("updated_on >= 2026-11-30T00:00:00Z", Ok(true)),
            ("updated_on < 2026-11-30T00:00:00Z", Ok(false)),
            ("state IN (\"MERGED\", \"OPEN\")", Ok(true)),
            ("state NOT IN (\"MERGED\", \"OPEN\")", Ok(false)),
            ("state", Err(())),
            ("state = ", Err(())),
            ("state = \"OPEN", Err(())),
            ("(id = 7", Err(())),
            ("id = 7 id = 7", Err(())),
            ("id IN 7", Err(())),
        ];
        for (query, expected) in table {
            let found = select(vec![object.clone()], query).map(|all| all.len() == 1).map_err(|_| ());
            assert_eq!(found, expected, "{query}");
        }
    }

    #[test]
    fn orders() {
        let all = vec![json!({ "a": { "b": 2 } }), json!({ "a": { "b": 3 } }), json!({ "a": { "b": 1 } })];
        let ids = |field: &str| -> Vec<u64> {
            sort(all.clone(), field).iter().filter_map(|one| one["a"]["b"].as_u64()).collect()
        };
        assert_eq!((ids("a.b"), ids("-a.b")), (vec![1, 2, 3], vec![3, 2, 1]));
    }
}
