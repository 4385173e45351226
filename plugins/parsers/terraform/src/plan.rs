//! Plans, as `terraform show -json` prints them (Terraform, "JSON Output Format"): planned values, values that are only
//! known after apply and, if the configuration is beside the plan, its lines.

mod configuration;
mod documents;
mod lines;
mod unknown;

use std::collections::BTreeMap;

use palisade_sdk::Node;
use palisade_sdk::Span as Place;
use palisade_sdk::addresses::Addresses;
use palisade_sdk::parser::{Coverage, Parsed, Status, Tree, Work};
use palisade_sdk::tape::{Builder, Kind, NONE, Origin, Relation, Resource, Unknown as Row};
use palisade_sdk::terraform::DECODED;
use palisade_text::Lines;

use self::configuration::Configuration;
use self::lines::ConfigurationLines;
use self::unknown::Unknowns;
use crate::syntax::Span;
use crate::syntax::json::{self, Member, Value, ValueKind};
use crate::{PLAN_ID, provider};

/// Parses the file of a unit, if it is a plan.
pub(crate) fn parse(tree: &dyn Tree, work: &Work) -> Parsed {
    let mut parsed = Parsed::default();
    for path in &work.files {
        let coverage = read(tree, path, &mut parsed);
        parsed.coverage.push(coverage);
    }
    parsed
}

fn read(tree: &dyn Tree, path: &str, parsed: &mut Parsed) -> Coverage {
    let text = match tree.read_text(path) {
        Ok(text) => text,
        // It is unknown whether the file is a plan; other parsers of JSON report the error.
        Err(error) => return Coverage::new(path, Status::Ignored, &format!("no plan: {error}"), None),
    };
    // A fast check that excludes most other files.
    if !text.contains("\"planned_values\"") || !text.contains("\"format_version\"") {
        return Coverage::new(path, Status::Ignored, "not a Terraform plan", None);
    }
    let lines = Lines::new(&text);
    let document = match json::document(&text) {
        Ok(document) => document,
        Err(error) => {
            return Coverage::new(path, Status::Failed, &error.message, Some(lines.span(error.at, error.at)));
        }
    };
    let Some(root) = document.get("planned_values").and_then(|it| it.get("root_module")) else {
        return Coverage::new(path, Status::Ignored, "not a Terraform plan", None);
    };
    let version = document.get("format_version").and_then(Value::as_str).unwrap_or("");
    if !version.starts_with("1.") && !version.starts_with("0.") {
        let reason =
            format!("a plan of format {version}, which is newer than the ones that are read: 0 and 1");
        return Coverage::new(path, Status::Unsupported, &reason, None);
    }
    let mut writer = Writer {
        out: Builder::new(),
        document: 0,
        lines: &lines,
        unknowns: Unknowns::of(&document),
        configuration: Configuration::of(&document),
        beside: ConfigurationLines::beside(tree, path),
        documents: BTreeMap::new(),
        addresses: Addresses::default(),
        rows: BTreeMap::new(),
        pending: Vec::new(),
    };
    writer.document = writer.out.document(path, PLAN_ID);
    writer.module(root, "", Wanted::All, 0);
    // Data sources that were already read are part of the prior state.
    let prior =
        document.get("prior_state").and_then(|it| it.get("values")).and_then(|it| it.get("root_module"));
    if let Some(prior) = prior {
        writer.module(prior, "", Wanted::NewData, 0);
    }
    writer.relations();
    parsed.batch = writer.out.finish();
    Coverage::new(path, Status::Scanned, "", None)
}

/// The maximum depth of modules and values.
const MAX_DEPTH: u32 = 150;

/// Which resources of a module to add.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    /// Data sources that are not yet in the batch.
    NewData,
}

/// The place of a value, and data about it besides the planned values.
#[derive(Clone, Copy)]
struct Stand<'v> {
    /// The parts that are only known after apply.
    hidden: Option<&'v Value>,
    /// The line of the configuration.
    line: Option<(&'v str, Place)>,
    /// For a document in a text, the place of the text, which is also that of all values in the document.
    text: Option<Span>,
}

struct Writer<'a, 't> {
    out: Builder,
    document: u32,
    lines: &'a Lines,
    unknowns: Unknowns<'a>,
    configuration: Configuration<'a>,
    beside: Option<ConfigurationLines<'t>>,
    /// Configuration files that are documents of the batch.
    documents: BTreeMap<String, u32>,
    addresses: Addresses,
    /// Rows by address.
    rows: BTreeMap<String, u32>,
    /// Nodes whose relations are added once all rows are known: node, module, address, attribute.
    pending: Vec<(u32, String, String, String)>,
}

impl<'a> Writer<'a, '_> {
    fn place(&mut self, span: Span) -> u32 {
        let at = self.lines.span(span.start, span.end);
        self.origin(self.document, at, 0, NONE)
    }

    fn origin(&mut self, document: u32, at: Place, note: u32, parent: u32) -> u32 {
        self.out.origin(Origin { note, parent, ..at.origin(document) })
    }

    /// Adds the requested resources of a module and its child modules.
    fn module(&mut self, module: &'a Value, address: &str, wanted: Wanted, depth: u32) {
        for resource in module.get("resources").map_or(&[][..], Value::items) {
            let text = |name: &str| resource.get(name).and_then(Value::as_str);
            let known = || self.rows.contains_key(text("address").unwrap_or(""));
            if wanted == Wanted::All || (text("mode") == Some("data") && !known()) {
                self.resource(resource, address);
            }
        }
        if depth < MAX_DEPTH {
            for child in module.get("child_modules").map_or(&[][..], Value::items) {
                let address = child.get("address").and_then(Value::as_str).unwrap_or("");
                self.module(child, address, wanted, depth + 1);
            }
        }
    }

    fn resource(&mut self, resource: &'a Value, module: &str) {
        let text = |name: &str| resource.get(name).and_then(Value::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else { return };
        let data = text("mode") == Some("data");
        let name = text("name").unwrap_or("").to_owned();
        let configured = self.beside.as_ref().and_then(|it| it.resource(module, data, kind, &name));
        let header_span = resource.get("address").map_or(resource.span, |it| it.span);
        let header = match &configured {
            Some(found) => {
                let document = self.configured(&found.path);
                self.origin(document, found.header, 0, NONE)
            }
            None => self.place(header_span),
        };
        let whole = self.place(resource.span);
        let mark = self.out.open(Kind::Mapping, 0, NONE, whole);
        let unknown = self.unknowns.of_resource(address);
        let mut decoded = Vec::new();
        let line_of = |name: &str| {
            let found = configured.as_ref()?;
            Some((found.path.as_str(), *found.attributes.get(name)?))
        };
        let values = resource.get("values").map_or(&[][..], Value::members);
        for member in values {
            let line = line_of(&member.name);
            let hidden = unknown.and_then(|it| it.get(&member.name));
            let node = self.member(member, Stand { hidden, line, text: None }, 0);
            self.pending.push((node, module.to_owned(), address.to_owned(), member.name.to_string()));
            decoded.extend(documents::of(member).into_iter().map(|it| (it, line)));
        }
        // Values that are only known after apply are missing in the planned values.
        for member in unknown.map_or(&[][..], Value::members) {
            if values.iter().any(|it| it.name == member.name) || !unknown::any(&member.value) {
                continue;
            }
            let line = line_of(&member.name);
            let key = self.out.text(&member.name);
            let node = self.hidden(key, NONE, &format!("{address}.{}", member.name), member.value.span, line);
            self.pending.push((node, module.to_owned(), address.to_owned(), member.name.to_string()));
        }
        let root = self.out.close(mark, None);
        let kind_name = if data { format!("data.{kind}") } else { kind.to_owned() };
        let unique = self.addresses.next(address);
        let row = Resource {
            address: self.out.text(&unique),
            kind: self.out.text(&kind_name),
            provider: self.out.text(provider(kind)),
            name: self.out.text(&name),
            format: self.out.text(PLAN_ID),
            document: self.document,
            root,
            origin: header,
            module: self.out.text(module),
        };
        let row = self.out.resource(row);
        self.rows.insert(unique, row);
        if !decoded.is_empty() {
            let mark = self.out.open(Kind::Mapping, 0, NONE, NONE);
            for (document, line) in decoded {
                let key = self.out.text(&document.path);
                let stand = Stand { hidden: None, line, text: Some(document.span) };
                self.value(key, NONE, &document.value, stand, 0);
            }
            let root = self.out.close(mark, None);
            self.out.shape(row, DECODED, root);
        }
    }

    /// A file of the configuration as a document of the batch.
    fn configured(&mut self, path: &str) -> u32 {
        if let Some(known) = self.documents.get(path) {
            return *known;
        }
        let row = self.out.document(path, crate::TERRAFORM_ID);
        self.documents.insert(path.to_owned(), row);
        for (at, text) in self.beside.as_ref().map(|it| it.comments(path)).unwrap_or_default() {
            let origin = self.origin(row, at, 0, NONE);
            self.out.comment(row, origin, &text);
        }
        row
    }

    /// The line of the configuration, caused by the place in the plan; without a line, the place in the plan.
    fn at(&mut self, span: Span, line: Option<(&str, Place)>) -> u32 {
        let at = self.lines.span(span.start, span.end);
        let Some((path, place)) = line else { return self.origin(self.document, at, 0, NONE) };
        let note = self.out.text("as planned");
        let parent = self.origin(self.document, at, note, NONE);
        let document = self.configured(path);
        self.origin(document, place, 0, parent)
    }

    fn hidden(
        &mut self,
        key: u32,
        key_origin: u32,
        what: &str,
        span: Span,
        line: Option<(&str, Place)>,
    ) -> u32 {
        let origin = self.at(span, line);
        let row = Row {
            expression: self.out.text(what),
            reason: self.out.text("known after apply"),
            known_prefix: 0,
            expected_type: 0,
            origin,
        };
        self.out.unknown(key, key_origin, row, origin)
    }

    fn member(&mut self, member: &Member, stand: Stand<'_>, depth: u32) -> u32 {
        let key = self.out.text(&member.name);
        let elsewhere = stand.line.is_some() || stand.text.is_some();
        let key_origin = if elsewhere { NONE } else { self.place(member.name_span) };
        self.value(key, key_origin, &member.value, stand, depth)
    }

    fn value(&mut self, key: u32, key_origin: u32, value: &Value, stand: Stand<'_>, depth: u32) -> u32 {
        let span = stand.text.unwrap_or(value.span);
        if matches!(stand.hidden.map(|it| &it.kind), Some(ValueKind::Bool(true))) || depth > MAX_DEPTH {
            let name = match stand.text {
                Some(_) => "nested too deep".to_owned(),
                None => self.out.batch().text(key).to_owned(),
            };
            return self.hidden(key, key_origin, &name, span, stand.line);
        }
        let origin = self.at(span, stand.line);
        match &value.kind {
            ValueKind::Null => self.out.scalar(Kind::Null, key, key_origin, "", origin),
            ValueKind::Bool(it) => {
                self.out.scalar(Kind::Boolean, key, key_origin, if *it { "true" } else { "false" }, origin)
            }
            ValueKind::Number(text) => self.out.scalar(Kind::Number, key, key_origin, text, origin),
            ValueKind::String(text) => self.out.scalar(Kind::Text, key, key_origin, text, origin),
            ValueKind::Array(items) => {
                let mark = self.out.open(Kind::Sequence, key, key_origin, origin);
                for (at, item) in items.iter().enumerate() {
                    let hidden = stand.hidden.and_then(|it| it.items().get(at));
                    self.value(0, NONE, item, Stand { hidden, ..stand }, depth + 1);
                }
                self.out.close(mark, None)
            }
            ValueKind::Object(members) => {
                let mark = self.out.open(Kind::Mapping, key, key_origin, origin);
                for member in members {
                    let hidden = stand.hidden.and_then(|it| it.get(&member.name));
                    self.member(member, Stand { hidden, ..stand }, depth + 1);
                }
                for member in stand.hidden.map_or(&[][..], Value::members) {
                    if !members.iter().any(|it| it.name == member.name) && unknown::any(&member.value) {
                        let key = self.out.text(&member.name);
                        self.hidden(key, NONE, &member.name, member.value.span, stand.line);
                    }
                }
                self.out.close(mark, None)
            }
        }
    }

    /// Adds the references of the configuration's expressions.
    fn relations(&mut self) {
        let mut places = Vec::new();
        for (node, module, address, attribute) in std::mem::take(&mut self.pending) {
            if let Some(expression) = self.configuration.expression(&module, &address, &attribute) {
                let node = Node::new(self.out.batch(), node);
                configuration::places(node, &[expression], &mut places);
            }
            for (node, expression) in places.drain(..) {
                self.refer(node, &module, &address, expression);
            }
        }
    }

    /// Adds the references of an expression of a resource.
    fn refer(&mut self, node: u32, module: &str, address: &str, expression: &'a Value) {
        for (target, what) in self.configuration.references(module, expression) {
            // Of several instances, the one with the same key, or else the first.
            let same =
                address.rfind('[').and_then(|at| self.rows.get(&format!("{target}{}", address.get(at..)?)));
            let exact = self.rows.get(&target).or(same);
            let first = || {
                let from = format!("{target}[");
                let mut after = self.rows.range(from.clone()..);
                after.next().filter(|(key, _)| key.starts_with(&from)).map(|(_, row)| row)
            };
            let row = exact.or_else(first).copied().unwrap_or(NONE);
            let dot = if what.is_empty() { "" } else { "." };
            let relation = Relation {
                from_node: node,
                to_resource: row,
                target_text: self.out.text(&format!("{target}{dot}{what}")),
                attribute: self.out.text(&what),
            };
            self.out.relation(relation);
        }
    }
}
