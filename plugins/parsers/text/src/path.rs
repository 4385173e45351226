//! Paths of the tree: names separated by `/`, without `.` and `..`; the root is empty.

/// Joins a relative path to a folder; `None` if it is absolute or leads out of the tree.
pub fn join(folder: &str, relative: &str) -> Option<String> {
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

/// The folder that contains a file.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file in its folder.
pub fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{folder, join, name};

    #[test]
    fn paths_join_and_stay_in_the_tree() {
        let cases = [
            ("", "a.tf", Some("a.tf")),
            ("", "./c.yaml", Some("c.yaml")),
            ("a", "", Some("a")),
            ("a/b", "c.yaml", Some("a/b/c.yaml")),
            ("a/b", "../c.yaml", Some("a/c.yaml")),
            ("live/prod", "../../modules/x", Some("modules/x")),
            ("live", "./x/./y/", Some("live/x/y")),
            ("live", "../..", None),
            ("a", "../../c.yaml", None),
            ("live", "/etc/passwd", None),
        ];
        for (folder, relative, expected) in cases {
            assert_eq!(join(folder, relative).as_deref(), expected, "{folder} + {relative}");
        }
    }

    #[test]
    fn a_path_is_a_folder_and_a_name() {
        let cases = [("a/b/c.tf", "a/b", "c.tf"), ("c.tf", "", "c.tf"), ("", "", ""), ("a/", "a", "")];
        for (path, expected_folder, expected_name) in cases {
            assert_eq!((folder(path), name(path)), (expected_folder, expected_name), "{path}");
        }
    }
}
