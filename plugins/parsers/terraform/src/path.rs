//! Paths of the tree, and their notation in Terraform.

pub(crate) use palisade_text::path::{folder, join, name};

/// Whether the source of a module is a path (Terraform, "Module Sources", "Local Paths").
pub(crate) fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../") || source == "." || source == ".."
}

/// The path of a folder relative to another one, as `path.module` returns it.
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
    use super::relative;

    #[test]
    fn folders_are_written_as_seen_from_the_root_module() {
        let cases = [("", "", "."), ("", "m/x", "m/x"), ("live/prod", "modules/x", "../../modules/x")];
        for (from, to, expected) in cases {
            assert_eq!(relative(from, to), expected);
        }
    }
}
