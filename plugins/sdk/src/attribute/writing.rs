//! How messages write attributes, by the format of the resource.

use super::Format;
use crate::{Kind, Node, ResourceView};

/// How a resource writes the attributes that a control names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// A manifest: `securityContext.privileged: false`.
    Manifest,
    /// Terraform attributes, or a manifest in an argument: `securityContext.privileged = false`.
    Arguments,
    /// Attributes of a shape in Terraform: `security_context.privileged = false`.
    Blocks,
}

impl Writing {
    /// How a resource writes attributes of a node: of its root, or of a shape.
    pub fn of(resource: ResourceView<'_>, holder: Node<'_>) -> Writing {
        if Format::of(resource) != Some(Format::Terraform) {
            return Writing::Manifest;
        }
        let root = resource.root().index();
        let within = |node: Node<'_>| (root..node.batch().nodes.next(root)).contains(&node.index());
        let is_written = |node: Node<'_>| {
            let mut inner = node.children().filter(|it| matches!(it.kind(), Kind::Mapping | Kind::Sequence));
            within(node) || inner.next().is_some_and(within)
        };
        if is_written(holder) { Writing::Arguments } else { Writing::Blocks }
    }

    /// The path of an attribute.
    pub fn path(self, path: &str) -> String {
        match self {
            Writing::Manifest | Writing::Arguments => path.to_owned(),
            Writing::Blocks => snake_case(path),
        }
    }

    /// The assignment of a value to the attribute.
    pub fn assignment(self, path: &str, value: &str) -> String {
        let is_bare = matches!(value, "true" | "false") || value.parse::<f64>().is_ok();
        let value = if is_bare { value.to_owned() } else { format!("\"{value}\"") };
        match self {
            Writing::Manifest => format!("{path}: {value}"),
            Writing::Arguments | Writing::Blocks => format!("{} = {value}", self.path(path)),
        }
    }
}

/// `securityContext.runAsUser` as `security_context.run_as_user`.
fn snake_case(path: &str) -> String {
    let mut written = String::with_capacity(path.len());
    let mut before = '.';
    for letter in path.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            written.push('_');
        }
        written.push(letter.to_ascii_lowercase());
        before = letter;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::Writing;

    #[test]
    fn attributes_are_written_as_the_format_has_them() {
        for (path, value, manifest, arguments, blocks) in [
            ("hostPID", "false", "hostPID: false", "hostPID = false", "host_pid = false"),
            (
                "securityContext.runAsUser",
                "10000",
                "securityContext.runAsUser: 10000",
                "securityContext.runAsUser = 10000",
                "security_context.run_as_user = 10000",
            ),
            ("tls", "on", "tls: \"on\"", "tls = \"on\"", "tls = \"on\""),
        ] {
            assert_eq!(Writing::Manifest.assignment(path, value), manifest);
            assert_eq!(Writing::Arguments.assignment(path, value), arguments);
            assert_eq!(Writing::Blocks.assignment(path, value), blocks);
        }
    }
}
