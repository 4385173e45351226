//! Checks of every request before it is carried out.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use crate::spec::{Operation, Specification};
use crate::template::{fixed, matches};

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Raw {
    /// The method, such as `GET`.
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query, still encoded; empty if there is none.
    pub query: String,
    /// The headers.
    pub headers: hyper::HeaderMap,
    /// The body; empty if there is none.
    pub body: Bytes,
}

impl Raw {
    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The parameters of the query, decoded.
    pub fn pairs(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }
}

/// A request that passed every check.
#[derive(Debug)]
pub struct Call<C> {
    /// The path, still percent-encoded.
    pub path: String,
    /// The parameters of the path, decoded.
    pub parameters: BTreeMap<String, String>,
    /// The parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The body; null if there is none.
    pub body: Value,
    /// The sender, as the provider identifies it.
    pub caller: C,
}

impl<C> Call<C> {
    /// A parameter of the path; empty if the template does not have it.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter of the path as a number; 0, which no object has, if it is not a number.
    pub fn number(&self, name: &str) -> u64 {
        self.parameter(name).parse().unwrap_or(0)
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// An operation that a fake implements.
#[derive(Debug)]
pub struct Route<T> {
    /// The method, such as `GET`.
    pub method: &'static str,
    /// The path with its parameters in braces, as the description has it.
    pub template: &'static str,
    /// What the provider needs to carry it out.
    pub target: T,
}

/// The operation of a request.
#[derive(Debug)]
pub struct Found<'a, T> {
    /// What carries it out.
    pub route: &'a Route<T>,
    /// The parameters of the path, decoded.
    pub parameters: BTreeMap<String, String>,
    operation: Option<Operation>,
}

/// Why a request is refused: an error of the program under test.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The operation is unknown, or the fake does not implement it.
    Operation(&'static str),
    /// The body is not JSON.
    Json,
    /// Parameters or body violate the description: all errors.
    Invalid(Vec<String>),
}

/// The operations that a fake implements, and the description that requests are checked against.
pub struct Gate<T: 'static> {
    /// The operations.
    pub routes: &'static [Route<T>],
    /// The parameters of paths that may contain slashes, by name; only the first of them in a path.
    pub spanning: &'static [&'static str],
    /// The description; without it, neither parameters nor bodies are validated.
    pub specification: Option<Specification>,
}

impl<T> Gate<T> {
    /// The operation of a request. Of several templates that match, the one with more fixed segments wins, then the
    /// longer one.
    pub fn find(&self, method: &str, path: &str) -> Result<Found<'_, T>, Refusal> {
        let operation = self.specification.as_ref().map(|specification| specification.find(method, path));
        let hits = self.routes.iter().filter(|route| route.method == method);
        let hits = hits.filter_map(|route| Some((route, matches(route.template, path, self.spanning)?)));
        match hits.max_by_key(|(route, _)| (fixed(route.template), route.template.len())) {
            Some((route, parameters)) => Ok(Found { route, parameters, operation: operation.flatten() }),
            None if operation.flatten().is_some() => {
                Err(Refusal::Operation("the fake does not carry this operation out"))
            }
            None => Err(Refusal::Operation("unknown operation")),
        }
    }

    /// Reads a request and checks its parameters and its body.
    pub fn check<C>(&self, raw: &Raw, found: Found<'_, T>, caller: C) -> Result<Call<C>, Refusal> {
        let query = raw.pairs();
        let body: Option<Value> = match &raw.body[..] {
            [] => None,
            some => Some(serde_json::from_slice(some).map_err(|_| Refusal::Json)?),
        };
        if let (Some(specification), Some(operation)) = (&self.specification, &found.operation) {
            let mut wrong = specification.parameters(operation, &query);
            wrong.extend(specification.body(operation, body.as_ref()));
            if !wrong.is_empty() {
                return Err(Refusal::Invalid(wrong));
            }
        }
        let (path, parameters, body) = (raw.path.clone(), found.parameters, body.unwrap_or(Value::Null));
        Ok(Call { path, parameters, query, body, caller })
    }
}
