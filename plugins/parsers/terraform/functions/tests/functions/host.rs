//! A tree of a few files.

use std::collections::BTreeMap;

use palisade_terraform_functions::{FunctionError, Host};
use palisade_terraform_values::{Entries, Part, Text, Value, to_text};

/// Files by path.
pub(crate) struct Tree(BTreeMap<&'static str, &'static [u8]>);

impl Tree {
    pub(crate) fn new() -> Tree {
        let files: [(&str, &[u8]); 6] = [
            ("hello.txt", b"Hello World"),
            ("binary", &[0xff, 0xfe, 0x00]),
            ("users.tmpl", b"Hello, $name!"),
            ("files/a.txt", b"a"),
            ("files/b.md", b"b"),
            ("files/sub/c.txt", b"c"),
        ];
        Tree(files.into())
    }
}

impl Host for Tree {
    fn read(&self, path: &str) -> Result<Vec<u8>, FunctionError> {
        self.0
            .get(path)
            .map(|it| it.to_vec())
            .ok_or_else(|| FunctionError::failed(format!("`{path}` is not in the tree")))
    }

    fn exists(&self, path: &str) -> Result<bool, FunctionError> {
        if path.starts_with("..") {
            Err(FunctionError::by_run("outside of the tree"))
        } else {
            Ok(self.0.contains_key(path))
        }
    }

    fn files_under(&self, folder: &str) -> Result<Vec<String>, FunctionError> {
        let folder = if folder == "." { String::new() } else { format!("{folder}/") };
        Ok(self.0.keys().filter_map(|it| it.strip_prefix(&folder)).map(str::to_owned).collect())
    }

    /// Replaces `$name` by the variable `name`.
    fn render(&self, template: &str, name: &str, variables: &Entries) -> Result<Value, FunctionError> {
        let Some((before, after)) = template.split_once("$name") else { return Ok(template.into()) };
        let value =
            variables.get("name").ok_or_else(|| FunctionError::failed(format!("{name} wants `name`")))?;
        let middle = match value.as_unknown() {
            Some(unknown) => Part::Unknown(unknown.clone()),
            None => Part::Known(to_text(value).map_err(|error| FunctionError::failed(error.to_string()))?),
        };
        Ok(Value::of_parts(vec![Part::Known(Text::new(before)), middle, Part::Known(Text::new(after))]))
    }
}
