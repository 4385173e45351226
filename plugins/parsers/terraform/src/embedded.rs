//! Documents in texts: JSON, and Kubernetes manifests in YAML.

use palisade_sdk::tape::Builder;
use palisade_sdk::{Kind, Node};
use palisade_text::Lines;
use palisade_yaml::{Reader, Tree};

use crate::syntax::Span;
use crate::syntax::json::{self, Member, Value, ValueKind};

/// The maximum length in bytes of a text that is read.
const LONGEST: usize = 4 << 20;
/// The maximum number of values in a manifest. Values of an alias count each time.
const MAX_VALUES: usize = 200_000;

/// The notation of a document in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    Json,
    /// Only manifests are read, since nearly every text is valid YAML.
    Yaml,
}

impl Notation {
    /// The notation of the document that may be in a text; `None` if there is certainly none.
    pub(crate) fn of(text: &str) -> Option<Notation> {
        if text.len() > LONGEST {
            return None;
        }
        if text.trim_start().starts_with(['{', '[']) {
            return Some(Notation::Json);
        }
        // The object must begin with the indentation of the text: other texts, such as scripts, may only contain one.
        let mut lines =
            text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
        let first = lines.find(|line| line.trim_end() != "---")?;
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        // `yamlencode` quotes its keys.
        let names_version = |line: &str| {
            line.split_once(':').is_some_and(|(key, _)| key.trim().trim_matches(['"', '\'']) == "apiVersion")
        };
        let is_version = |line: &str| names_version(line) && indent(line) == indent(first);
        (is_version(first) || lines.any(is_version)).then_some(Notation::Yaml)
    }

    /// The document of a text.
    pub(crate) fn read(self, text: &str) -> Option<Value> {
        match self {
            Notation::Json => json::document(text).ok(),
            Notation::Yaml => manifest(text),
        }
    }
}

/// The document in a text; `None` if there is none.
pub(crate) fn document(text: &str) -> Option<Value> {
    Notation::of(text)?.read(text)
}

/// The first YAML document. The provider `kubectl` reads only this one:
/// <https://registry.terraform.io/providers/gavinbunney/kubectl/latest/docs/resources/kubectl_manifest>
fn manifest(text: &str) -> Option<Value> {
    let lines = Lines::new(text);
    let mut out = Builder::new();
    let document = out.document("", "");
    let mut tree = Tree::new(&mut out, text, &lines, document, false);
    if !Reader::new(text, 0, lines.is_ascii()).document(&mut tree).ok()? {
        return None;
    }
    let root = tree.end()?;
    let mut left = MAX_VALUES;
    let value = value(Node::new(out.batch(), root), &mut left)?;
    matches!(value.kind, ValueKind::Object(_)).then_some(value)
}

/// A node and its content; `None` if there are more than `left` values.
fn value(node: Node<'_>, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    let span = |origin: Option<palisade_sdk::tape::Origin>| {
        origin.map_or(Span { start: 0, end: 0 }, |it| Span { start: it.start, end: it.end })
    };
    let kind = match node.kind() {
        Kind::Boolean => ValueKind::Bool(node.as_bool() == Some(true)),
        Kind::Number => ValueKind::Number(node.as_scalar().unwrap_or_default().into()),
        Kind::Text => ValueKind::String(node.as_str().unwrap_or_default().into()),
        Kind::Sequence => ValueKind::Array(node.children().map(|it| value(it, left)).collect::<Option<_>>()?),
        Kind::Mapping => {
            let member = |it: Node<'_>| {
                Some(Member {
                    name: it.key().into(),
                    name_span: span(it.key_origin()),
                    value: value(it, left)?,
                })
            };
            ValueKind::Object(node.children().map(member).collect::<Option<_>>()?)
        }
        Kind::Null | Kind::Unknown | Kind::Link => ValueKind::Null,
    };
    Some(Value { kind, span: span(node.origin()) })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Notation, document};

    #[test]
    fn notations() {
        for (text, expected) in [
            (" {}", Some(Notation::Json)),
            ("apiVersion: v1\nkind: Pod\n", Some(Notation::Yaml)),
            ("# a pod\n---\nkind: Pod\napiVersion: v1\n", Some(Notation::Yaml)),
            ("  kind: Pod\n  apiVersion: v1\n", Some(Notation::Yaml)),
            ("\"apiVersion\": \"v1\"\n\"kind\": \"Pod\"\n", Some(Notation::Yaml)),
            ("#!/bin/sh\ncat <<EOF\napiVersion: v1\nkind: Pod\nEOF\n", Some(Notation::Yaml)),
            ("kind: ConfigMap\ndata:\n  apiVersion: v1\n", None),
            ("a: b\n", None),
            ("", None),
        ] {
            assert_eq!(Notation::of(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_no_document() {
        for text in [
            "#!/bin/sh\ncat <<EOF\napiVersion: v1\nkind: Pod\nEOF\n",
            "apiVersion: v1\n\tkind: Pod\n",
            "apiVersion: v1\nkind: [\n",
            "--- text\napiVersion: v1\n",
        ] {
            assert_eq!(document(text), None, "{text}");
        }
    }

    #[test]
    fn aliases_that_unfold_to_very_many_values_are_no_document() {
        let mut text = "apiVersion: v1\na0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
        for level in 1..10 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
        }
        assert_eq!(document(&text), None);
    }

    #[test]
    fn the_first_document_counts() {
        let read = document("---\napiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Secret\n").unwrap();
        let kind = read.get("kind").unwrap();
        assert_eq!(kind.as_str(), Some("Pod"));
        assert_eq!((kind.span.start, kind.span.end), (25, 28));
    }
}
