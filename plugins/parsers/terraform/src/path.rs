//! Paths of the tree: `/` between names, no `.` and no `..`, the empty one is the root.

/// Joins a relative path to a folder; `None` where it leads out of the tree or is absolute.
pub(crate) fn join(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') {
        return None;
    }
    let mut names: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    for name in relative.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// Whether the source of a module is a path (Terraform, "Module Sources", "Local Paths").
pub(crate) fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../") || source == "." || source == ".."
}

/// The folder that holds a file.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file in its folder.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How one folder is written as seen from another, as `path.module` prints it.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let names =
        |path: &str| path.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (names(from), names(to));
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let mut parts: Vec<&str> = std::iter::repeat_n("..", from.len() - common).collect();
    parts.extend(to.iter().skip(common).map(String::as_str));
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::{join, relative};

    #[test]
    fn paths_join_and_stay_in_the_tree() {
        let cases = [
            ("", "a.tf", Some("a.tf")),
            ("live/prod", "../../modules/x", Some("modules/x")),
            ("live", "./x/./y/", Some("live/x/y")),
            ("live", "../..", None),
            ("live", "/etc/passwd", None),
        ];
        for (folder, relative, expected) in cases {
            assert_eq!(join(folder, relative).as_deref(), expected, "{folder} + {relative}");
        }
    }

    #[test]
    fn folders_are_written_as_seen_from_the_root_module() {
        let cases = [("", "", "."), ("", "m/x", "m/x"), ("live/prod", "modules/x", "../../modules/x")];
        for (from, to, expected) in cases {
            assert_eq!(relative(from, to), expected);
        }
    }
}
