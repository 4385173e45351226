//! A batch in the JSON syntax of Terraform configurations. It has only a root module: resources of other modules are in
//! the root, under unique names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::tape::Batch;
use crate::terraform::{DECODED, uncertainty};
use crate::{Kind, Node, ResourceView};

use super::plan::scalar;
use super::source::{Own, Source, own, values};

/// The data source of policy documents, and the attribute that it computes.
const COMPUTED: (&str, &str) = ("data.aws_iam_policy_document", "json");

struct Writer<'b> {
    source: Source<'b>,
    /// Variables without a value, by the unknown expression.
    variables: BTreeMap<String, usize>,
}

/// The text of the file, and the addresses of the batch by those of the file.
pub(super) fn render(batch: &Batch) -> (String, BTreeMap<String, String>) {
    let mut writer = Writer { source: Source::of(batch), variables: BTreeMap::new() };
    let mut addresses = BTreeMap::new();
    let mut kinds: [BTreeMap<&str, Map<String, Value>>; 2] = Default::default();
    for resource in batch.resource_views() {
        let own = own(resource);
        let name = name(resource, &own);
        let address = Own { name: &name, ..own.clone() }.bare();
        addresses.insert(address, resource.address().to_owned());
        let body = writer.body(resource);
        let [managed, data] = &mut kinds;
        let kinds = if own.is_data { data } else { managed };
        kinds.entry(own.kind).or_default().insert(name, body);
    }
    let variables: Map<String, Value> =
        writer.variables.values().map(|number| (variable(*number), json!({}))).collect();
    let [managed, data] = kinds;
    let mut file = Map::new();
    for (word, value) in [("resource", json!(managed)), ("data", json!(data)), ("variable", variables.into())]
    {
        if value.as_object().is_some_and(|it| !it.is_empty()) {
            file.insert(word.to_owned(), value);
        }
    }
    (format!("{:#}", Value::Object(file)), addresses)
}

/// The name of a resource in the file: that of the batch, with the module before it and the key after it.
fn name(resource: ResourceView<'_>, own: &Own<'_>) -> String {
    if resource.module().is_empty() && own.key.is_empty() {
        return own.name.to_owned();
    }
    let whole = format!("{}_{}{}", resource.module(), own.name, own.key);
    whole.trim_start_matches('_').chars().map(|it| if it.is_alphanumeric() { it } else { '_' }).collect()
}

fn variable(number: usize) -> String {
    format!("unknown_{number}")
}

/// Escapes a text so that the template evaluates to it.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

impl<'b> Writer<'b> {
    /// The variable of an unknown value. Equal expressions have the same variable.
    fn variable(&mut self, node: Node<'_>) -> String {
        let expression = node.as_unknown().map_or("", |it| self.source.batch.text(it.expression));
        let number = self.variables.len();
        let number = *self.variables.entry(expression.to_owned()).or_insert(number);
        format!("var.{}", variable(number))
    }

    fn body(&mut self, resource: ResourceView<'b>) -> Value {
        let mut body = Map::new();
        if let Some(node) = uncertainty(resource) {
            body.insert("count".to_owned(), format!("${{{}}}", self.variable(node)).into());
        }
        let documents = resource.shape(DECODED);
        for node in values(resource) {
            if (resource.kind(), node.key()) != COMPUTED {
                let value = self.value(node, documents, node.key());
                body.insert(node.key().to_owned(), value);
            }
        }
        body.into()
    }

    /// A value at a path of its resource; for a text that is only partly known, its decoded document.
    fn value(&mut self, node: Node<'b>, documents: Option<Node<'b>>, path: &str) -> Value {
        match node.kind() {
            Kind::Mapping => {
                let mut members = Map::new();
                for it in node.children() {
                    let value = self.value(it, documents, &format!("{path}.{}", it.key()));
                    members.insert(escaped(it.key()), value);
                }
                members.into()
            }
            Kind::Sequence => {
                let items = node.items().enumerate();
                items.map(|(at, it)| self.value(it, documents, &format!("{path}.{at}"))).collect()
            }
            Kind::Unknown => {
                let document = documents.and_then(|it| it.get(path)).filter(|it| it.kind() != Kind::Unknown);
                match document {
                    Some(document) if self.computed(node).is_none() => {
                        format!("${{jsonencode({})}}", self.expression(document)).into()
                    }
                    _ => {
                        let (prefix, expression) = self.unknown(node);
                        format!("{prefix}${{{expression}}}").into()
                    }
                }
            }
            Kind::Text => {
                let text = node.as_str().unwrap_or("");
                match self.known(node, text) {
                    Some((before, reference, after)) => {
                        format!("{}${{{reference}}}{}", escaped(before), escaped(after)).into()
                    }
                    None => escaped(text).into(),
                }
            }
            _ => scalar(node),
        }
    }

    /// The data source that computes the document of a text.
    fn computed(&self, node: Node<'b>) -> Option<String> {
        let batch = self.source.batch;
        let (kind, name) = COMPUTED;
        let targets = self.source.relations(node).iter().filter_map(|it| batch.resource(it.to_resource));
        targets.filter(|it| it.kind() == kind).map(|it| reference(it, name)).next()
    }

    /// The reference of a known text that contains the value of the target's attribute, or of a part of it: the text
    /// before it, the reference, and the text after it.
    fn known<'t>(&self, node: Node<'b>, text: &'t str) -> Option<(&'t str, String, &'t str)> {
        let batch = self.source.batch;
        self.source.relations(node).iter().find_map(|relation| {
            let target = batch.resource(relation.to_resource)?;
            let attribute = batch.text(relation.attribute);
            let is_part = |it: Node<'_>| it.as_scalar().is_some_and(|it| !it.is_empty() && text.contains(it));
            let (path, found) = find(target.root().get(attribute)?, attribute.to_owned(), &is_part)?;
            let (before, after) = text.split_once(found.as_scalar()?)?;
            Some((before, reference(target, &path), after))
        })
    }

    /// The known prefix of an unknown value, and an expression for the rest: its reference, or a variable. If it may
    /// refer to several resources, a variable chooses one.
    fn unknown(&mut self, node: Node<'b>) -> (String, String) {
        let batch = self.source.batch;
        if let Some(reference) = self.computed(node) {
            return (String::new(), reference);
        }
        let prefix = node.as_unknown().map_or("", |it| batch.text(it.known_prefix));
        let references: Vec<String> = self
            .source
            .relations(node)
            .iter()
            .filter_map(|it| match batch.resource(it.to_resource) {
                Some(target) => {
                    let attribute = batch.text(it.attribute);
                    let is_unknown = |it: Node<'_>| it.kind() == Kind::Unknown;
                    let path = match target.root().get(attribute) {
                        Some(value) => find(value, attribute.to_owned(), &is_unknown)?.0,
                        None => attribute.to_owned(),
                    };
                    Some(reference(target, &path))
                }
                // A resource that is not declared here.
                None => Some(batch.text(it.target_text)).filter(|it| it.contains('.')).map(str::to_owned),
            })
            .collect();
        let expression = match references.split_last() {
            None => self.variable(node),
            Some((last, [])) => last.clone(),
            Some((last, others)) => {
                let variable = self.variable(node);
                let choices = others.iter().enumerate();
                let choices: String = choices.fold(String::new(), |mut text, (at, it)| {
                    let _ = write!(text, "{variable} == {at} ? {it} : ");
                    text
                });
                format!("{choices}{last}")
            }
        };
        (escaped(prefix), expression)
    }

    /// A value of a document as an expression.
    fn expression(&mut self, node: Node<'b>) -> String {
        match node.kind() {
            Kind::Mapping => {
                let members: Vec<String> = node
                    .children()
                    .map(|it| format!("{} = {}", quoted(it.key()), self.expression(it)))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            Kind::Sequence => {
                let items: Vec<String> = node.items().map(|it| self.expression(it)).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Unknown => {
                let (prefix, expression) = self.unknown(node);
                if prefix.is_empty() { expression } else { format!("\"{prefix}${{{expression}}}\"") }
            }
            Kind::Text => quoted(node.as_str().unwrap_or("")),
            Kind::Null => "null".to_owned(),
            _ => node.as_scalar().unwrap_or("").to_owned(),
        }
    }
}

/// The first part of a value that matches, and its path as an expression: `metadata[0].name`.
fn find<'n>(node: Node<'n>, path: String, holds: &dyn Fn(Node<'n>) -> bool) -> Option<(String, Node<'n>)> {
    if holds(node) {
        return Some((path, node));
    }
    let is_sequence = node.kind() == Kind::Sequence;
    node.children().enumerate().find_map(|(index, child)| {
        let key = if is_sequence { index.to_string() } else { quoted(child.key()) };
        find(child, format!("{path}[{key}]"), holds)
    })
}

/// A reference to a resource of the file.
fn reference(target: ResourceView<'_>, attribute: &str) -> String {
    let own = own(target);
    let address = Own { name: &name(target, &own), ..own }.bare();
    let dot = if attribute.is_empty() { "" } else { "." };
    format!("{address}{dot}{attribute}")
}

/// A text as a template in quotation marks.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in escaped(text).chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
