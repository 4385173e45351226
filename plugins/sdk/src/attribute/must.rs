//! Judging attributes: the items, their violations and the messages.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Attribute, Format, Holder, Only, Writing};
use crate::network::Ports;
use crate::rule::{Answer, Findings, Found, Missing, Outcome, Setting, Subject, Want, setting};
use crate::want::Set;
use crate::{Kind, Node, path};

/// A requirement on attributes.
#[derive(Clone, Copy, Debug)]
pub struct Must {
    /// What they must be.
    pub be: Want,
    /// What a missing value means.
    pub unset: Missing,
    /// The message of a violation. `{}` becomes the name of the item, `{inner}` that of the item in it, `{value}` the
    /// text that decides, and `{path}` where it is set, as the format writes it. The remediation is added, unless the
    /// message has one after a colon.
    pub message: &'static str,
    /// The value to set, if it does not follow from `be`.
    pub set: &'static str,
    /// A parameter of the control: with [`Want::AtLeast`] the number, with [`Want::One`] a list of additional values,
    /// in which `*` matches any text. Empty for none.
    pub parameter: &'static str,
}

impl Must {
    /// The defaults of the fields.
    pub const TEMPLATE: Must =
        Must { be: Want::Present, unset: Missing::Passes, message: "", set: "", parameter: "" };

    /// What the parameter sets.
    fn set_by(&self, subject: &Subject<'_>) -> Set {
        match self.be {
            _ if self.parameter.is_empty() => Set::default(),
            Want::AtLeast(_) => Set { least: subject.number(self.parameter), ..Set::default() },
            _ => Set { allowed: subject.texts(self.parameter), ..Set::default() },
        }
    }

    /// Judges the attributes that a resource has. Of several attributes of one item with one name, the first that is
    /// violated or unknown decides; others that are also violated become related places.
    pub(crate) fn judge(
        &self,
        attributes: &'static [Attribute],
        subject: &Subject<'_>,
        findings: &mut Findings<'_>,
    ) {
        let set = self.set_by(subject);
        let mut report = Report { first: findings.outcomes.len(), places: Vec::new(), findings };
        for attribute in attributes {
            let Some(holder) = attribute.start(subject.resource()) else { continue };
            let excluded = |it: &Only| it.is_of(attribute) && matches!(it.holds(holder, holder), Ok(false));
            if attribute.excludes(subject.resource()) || attribute.only.iter().any(excluded) {
                continue;
            }
            let writing = Writing::of(subject.resource(), holder);
            for item in attribute.items(holder, &mut report) {
                let judged = Judged { must: self, set: &set, attribute, writing, holder, item: &item };
                judged.judge(subject, &mut report);
            }
        }
    }
}

/// The holder of an attribute, or an item in it.
struct Item<'b> {
    node: Node<'b>,
    /// Its name, or that of the item that contains it; empty for the holder.
    name: String,
    /// Its name in that item.
    inner: String,
}

/// Two names with a slash between them; if one is empty, the other alone.
fn joined<'a>(one: &'a str, other: &'a str) -> Cow<'a, str> {
    match (one, other) {
        ("", name) | (name, "") => Cow::Borrowed(name),
        _ => Cow::Owned(format!("{one}/{other}")),
    }
}

/// The outcomes of one control and one resource, and the item and the place of each.
struct Report<'r, 'f> {
    findings: &'r mut Findings<'f>,
    first: usize,
    places: Vec<(u32, u32)>,
}

impl Report<'_, '_> {
    /// The outcome of an item under a name, and its node.
    fn known(&mut self, item: Node<'_>, instance: &str) -> Option<(&mut Outcome, u32)> {
        let outcomes = self.findings.outcomes.get_mut(self.first..).unwrap_or_default();
        let mut pairs = outcomes.iter_mut().zip(&self.places);
        let (outcome, (_, at)) =
            pairs.find(|(outcome, (of, _))| *of == item.index() && outcome.instance == instance)?;
        Some((outcome, *at))
    }

    fn unknown(&mut self, at: Node<'_>, item: Node<'_>, instance: &str) {
        if self.known(item, instance).is_none() {
            self.findings.unknown(at, instance);
            self.places.push((item.index(), at.index()));
        }
    }

    fn fail(
        &mut self,
        at: Node<'_>,
        item: Node<'_>,
        instance: &str,
        message: String,
    ) -> Option<&mut Outcome> {
        if let Some((outcome, place)) = self.known(item, instance) {
            if outcome.kind == Found::Failed && place != at.index() {
                outcome.related_nodes.push(at.index());
            }
            return None;
        }
        self.places.push((item.index(), at.index()));
        Some(self.findings.fail(at, instance, message))
    }
}

impl Attribute {
    fn items<'b>(&self, holder: Node<'b>, report: &mut Report<'_, '_>) -> Vec<Item<'b>> {
        let item =
            |node, name: &str, inner: &str| Item { node, name: name.to_owned(), inner: inner.to_owned() };
        if self.each.is_empty() {
            return vec![item(holder, "", "")];
        }
        let mut items = Vec::new();
        for path in self.each {
            if self.inner.is_empty() {
                let found = self.items_at(holder, path, self.named, "", report);
                items.extend(found.iter().map(|(name, node)| item(*node, name, "")));
                continue;
            }
            for (outer, node) in self.items_at(holder, path, None, "", report) {
                let found = self.items_at(node, self.inner, self.named, &outer, report);
                items.extend(found.iter().map(|(name, node)| item(*node, &outer, name)));
            }
        }
        items
    }

    /// The items of a sequence with unique names. An unknown sequence or item is an outcome of its holder.
    fn items_at<'b>(
        &self,
        from: Node<'b>,
        path: &str,
        fields: Option<&[&str]>,
        within: &str,
        report: &mut Report<'_, '_>,
    ) -> Vec<(String, Node<'b>)> {
        let list = match setting(from, path) {
            Setting::Set(list) => list,
            Setting::Unknown(node) => {
                report.unknown(node, from, within);
                return Vec::new();
            }
            Setting::Unset(_) => return Vec::new(),
        };
        // In JSON syntax a Terraform block may be a mapping without a sequence.
        let is_block = list.kind() == Kind::Mapping && matches!(self.of, Holder::Kind(Format::Terraform, _));
        let nodes: Vec<Node<'b>> = if is_block { vec![list] } else { list.items().collect() };
        let last = path::keys(path).last().unwrap_or(path);
        let mut names: HashMap<String, u32> = HashMap::new();
        let mut items = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            if node.kind() == Kind::Unknown {
                report.unknown(node, node, within);
                continue;
            }
            let name = match (fields, node.as_scalar()) {
                (Some(fields), _) => label(node, fields),
                (None, Some(text)) => self.reads.map_or_else(|| text.to_owned(), |reads| reads(text)),
                (None, None) => {
                    let name = label(node, &["name"]);
                    if name.is_empty() { format!("{last}[{index}]") } else { name }
                }
            };
            let count = names.entry(name.clone()).or_insert(0u32);
            *count += 1;
            items.push((if *count == 1 { name } else { format!("{name} #{count}") }, node));
        }
        items
    }
}

/// The values of fields of an item, with slashes between them and commas between the items of a field.
fn label(node: Node<'_>, fields: &[&str]) -> String {
    let mut label = String::new();
    for field in fields {
        let Some(value) = node.at(field) else { continue };
        let texts: Vec<&str> = match value.as_scalar() {
            Some(text) => vec![text],
            None => value.items().filter_map(|it| it.as_scalar()).collect(),
        };
        label = joined(&label, &texts.join(",")).into_owned();
    }
    label
}

/// An attribute of an item to judge.
struct Judged<'j, 'b> {
    must: &'j Must,
    set: &'j Set,
    attribute: &'j Attribute,
    writing: Writing,
    holder: Node<'b>,
    item: &'j Item<'b>,
}

/// A path of an attribute, and what was found there.
struct Place<'b> {
    path: String,
    from: Node<'b>,
    found: Setting<'b>,
    violation: Option<Answer<'b>>,
}

impl<'b> Judged<'_, 'b> {
    fn be(&self) -> Want {
        self.attribute.be.unwrap_or(self.must.be)
    }

    /// The first path with a value; if nothing is set, the first path.
    fn place(&self) -> Place<'b> {
        let at = |path: &str| {
            let (path, from) = match path.strip_prefix('/') {
                Some(path) => (path, self.holder),
                None => (path, self.item.node),
            };
            let path = path.replace("{}", &self.item.name);
            let violation = self.be().violation(from, &path, self.attribute.reads, self.set);
            Place { found: setting(from, &path), path, from, violation }
        };
        let first = at(self.attribute.path);
        if first.violation.is_some() {
            return first;
        }
        self.attribute.or.iter().map(|it| at(it)).find(|it| it.violation.is_some()).unwrap_or(first)
    }

    fn judge(&self, subject: &Subject<'b>, report: &mut Report<'_, '_>) {
        let place = self.place();
        let violation = match (self.be(), self.attribute.opens) {
            (Want::Closed(ports), Some(opens)) => opens(subject, self.item.node, ports),
            // Without a function that reads firewall rules every rule fails, which the cases detect.
            (Want::Closed(_), None) => Answer::Yes(self.item.node),
            _ => place.violation.unwrap_or_else(|| {
                let fails = self.attribute.unset.unwrap_or(self.must.unset) == Missing::Fails;
                if fails { Answer::Yes(place.found.node()) } else { Answer::No }
            }),
        };
        if matches!(violation, Answer::No) {
            return;
        }
        let name = joined(&self.item.name, &self.item.inner);
        let mut unknown = None;
        for only in self.attribute.only {
            match only.holds(self.holder, self.item.node) {
                Ok(true) => {}
                Ok(false) => return,
                Err(at) if only.path.starts_with('/') => unknown = Some((at, self.holder, "")),
                Err(at) => unknown = Some((at, self.item.node, &*name)),
            }
        }
        let called = self.attribute.called;
        let of_holder = self.attribute.path.starts_with('/');
        match (unknown, violation) {
            (Some((at, item, instance)), _) => report.unknown(at, item, instance),
            (None, Answer::No) => {}
            (None, Answer::Unknown(at)) if of_holder => report.unknown(at, self.holder, ""),
            (None, Answer::Unknown(at)) => {
                report.unknown(at, self.item.node, if name.is_empty() { called } else { &name });
            }
            (None, Answer::Yes(at)) => {
                let message = self.message(&place, at);
                let fix = self.fix(&place, at);
                let outcome = report.fail(at, self.item.node, &joined(&name, called), message);
                if let Some(outcome) = outcome {
                    outcome.fix = fix;
                    if of_holder && place.from.index() != self.item.node.index() {
                        outcome.related_nodes.push(self.item.node.index());
                    }
                }
            }
        }
    }

    fn template(&self) -> &'static str {
        if self.attribute.message.is_empty() { self.must.message } else { self.attribute.message }
    }

    /// The value to set; empty if the rule has none.
    fn value(&self) -> &'static str {
        match self.be() {
            _ if self.template().contains(": ") => "",
            _ if !self.must.set.is_empty() => self.must.set,
            Want::One([first, ..]) => first,
            Want::Not(["true"]) => "false",
            Want::Not(["false"]) => "true",
            _ => "",
        }
    }

    /// The replacement text of a value, if it is written in a manifest.
    fn fix(&self, place: &Place<'b>, at: Node<'b>) -> Option<String> {
        let is_value = matches!(place.found, Setting::Set(node) if node.index() == at.index());
        let in_manifest = self.writing == Writing::Manifest && at.as_scalar().is_some();
        Some(self.value()).filter(|it| is_value && in_manifest && !it.is_empty()).map(str::to_owned)
    }

    fn message(&self, place: &Place<'b>, at: Node<'b>) -> String {
        let text = at.as_scalar().unwrap_or("");
        let path = self.writing.path(&place.path);
        let values =
            [("", &*self.item.name), ("inner", &*self.item.inner), ("value", text), ("path", &*path)];
        let mut message = fill(self.template(), &values);
        if !self.template().contains(": ") {
            message.push_str(&self.remedy(place, at));
        }
        message
    }

    fn remedy(&self, place: &Place<'b>, at: Node<'b>) -> String {
        let path = self.writing.path(&place.path);
        let is_item = matches!(place.found, Setting::Set(list) if list.index() != at.index());
        match (self.value(), self.be()) {
            ("", Want::Absent | Want::One(["", ..])) => format!(": remove `{path}`"),
            ("", Want::Present | Want::Set) => format!(": set `{path}`"),
            ("", Want::AtLeast(least)) => {
                format!(": set `{path}` to at least {}", self.set.least.unwrap_or(least))
            }
            ("", Want::Includes([first, ..])) => format!(": add `{first}` to `{path}`"),
            ("", _) if is_item => format!(": remove `{}` from `{path}`", at.as_scalar().unwrap_or("")),
            ("", _) => String::new(),
            (value, _) => format!(": set `{}`", self.writing.assignment(&place.path, value)),
        }
    }
}

/// Replaces the names in braces of a template by their values.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(values.iter().find(|it| it.0 == name).map_or("", |it| it.1));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Reads a firewall rule: whether it lets the whole internet in at some ports.
pub type Opens = for<'b> fn(&Subject<'b>, Node<'b>, Ports) -> Answer<'b>;

#[cfg(test)]
mod tests {
    use super::{fill, joined};

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let values = [("", "{value}"), ("value", "x")];
        assert_eq!(fill("container `{}` has `{value}`", &values), "container `{value}` has `x`");
        assert_eq!(fill("an open { brace", &values), "an open { brace");
    }

    #[test]
    fn names_have_a_slash_between_them() {
        assert_eq!(joined("web", "TOKEN"), "web/TOKEN");
        assert_eq!(joined("web", ""), "web");
        assert_eq!(joined("", "fsGroup"), "fsGroup");
    }
}
