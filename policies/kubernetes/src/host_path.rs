//! Folders of the node that a pod mounts.

use palisade_sdk::attribute::named_items;
use palisade_sdk::rule::{Findings, Setting, Subject, setting};

/// A path without dots and doubled slashes, and with `/run` for its other name `/var/run`.
pub(crate) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    if let ["var", "run", rest @ ..] = parts.as_slice() {
        parts = ["run"].iter().chain(rest).copied().collect();
    }
    format!("/{}", parts.join("/"))
}

/// Forbids volumes that are certain paths of the node; `bad` is asked with the normal path.
pub(crate) fn forbid_paths(
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    bad: impl Fn(&str) -> bool,
    message: impl Fn(&str, &str) -> String,
) {
    for (name, volume) in named_items(subject.start(), "spec.volumes", findings) {
        match setting(volume, "hostPath.path") {
            Setting::Set(node) => {
                if let Some(path) = node.as_str()
                    && bad(&normal(path))
                {
                    findings.fail(node, &name, message(&name, path));
                }
            }
            Setting::Unknown(node) => {
                findings.unknown(node, &name);
            }
            Setting::Unset(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn paths_have_one_form() {
        assert_eq!(normal("/"), "/");
        assert_eq!(normal("/var//run/./docker.sock/"), "/run/docker.sock");
        assert_eq!(normal("/srv/../etc"), "/etc");
        assert_eq!(normal("/../.."), "/");
    }
}
