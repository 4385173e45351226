//! Folders of the node that a pod mounts.

use palisade_sdk::attribute::{Attribute, shape};

use crate::pod::POD_SHAPE;

/// The paths of the node that are mounted as volumes.
pub(crate) const HOST_PATHS: Attribute =
    shape(POD_SHAPE, "hostPath.path").each(&["spec.volumes"]).reads(normal);

/// A path without dots and repeated slashes, and with `/run` instead of its alias `/var/run`.
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
