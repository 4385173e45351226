//! Joins the files of one package to one module of the engine.
//!
//! For each module the engine keeps the names of all rules of its package, and at each evaluation it visits all
//! modules. A package of 300 files with one rule each would hold 90,000 names, which are most of the memory that
//! becomes a pack. So modules in which names mean the same, those with the same package and imports, are joined. Errors
//! of the engine have the line of the joined module: [`Lines`] maps it to the file and its line.

use std::collections::BTreeMap;

use crate::ast::Module;
use crate::print;

/// The prefix of the names of joined modules. Files of a pack end in `.rego`.
const NAME: &str = "palisade-joined-";

/// A module as the engine gets it.
pub(crate) struct Text {
    /// The name in errors of the engine: the path, if it is a single file.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// By joined module: the number of lines before each file's first one, and the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(BTreeMap<String, Vec<(u32, String)>>);

/// Joins files, given with their paths. Each module keeps the order of files.
pub(crate) fn join<'m>(files: impl IntoIterator<Item = (&'m str, &'m Module)>) -> (Vec<Text>, Lines) {
    let mut groups: Vec<Vec<(&str, &Module)>> = Vec::new();
    let mut rows = BTreeMap::new();
    for (path, module) in files {
        let row = *rows.entry(key(module)).or_insert(groups.len());
        match groups.get_mut(row) {
            Some(group) => group.push((path, module)),
            None => groups.push(vec![(path, module)]),
        }
    }
    let mut lines = Lines::default();
    let texts = groups.into_iter().enumerate().map(|(row, group)| {
        if let [(path, module)] = group.as_slice() {
            return Text { name: (*path).to_owned(), text: print::module(module) };
        }
        let modules: Vec<&Module> = group.iter().map(|(_, module)| *module).collect();
        let (text, before) = print::modules(&modules);
        let name = format!("{NAME}{row}");
        let files = before.into_iter().zip(group.iter().map(|(path, _)| (*path).to_owned()));
        lines.0.insert(name.clone(), files.collect());
        Text { name, text }
    });
    (texts.collect(), lines)
}

/// What determines the meaning of names: the package, and paths and names of imports.
type Key<'m> = (&'m [String], Vec<(&'m [String], Option<&'m str>)>);

fn key(module: &Module) -> Key<'_> {
    let imports = module.imports.iter().filter(|it| !it.is_syntax());
    (&module.package, imports.map(|it| (it.path.as_slice(), it.alias.as_deref())).collect())
}

impl Lines {
    /// Replaces joined modules and their lines in an error of the engine by the files and lines of their authors.
    pub(crate) fn restore(&self, error: &str) -> String {
        let mut parts = error.split(NAME);
        let mut restored = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            if let Some((place, rest)) = self.place(part) {
                restored.push_str(&place);
                restored.push_str(rest);
            } else {
                restored.push_str(NAME);
                restored.push_str(part);
            }
        }
        restored
    }

    /// The file and line at the beginning of a text such as `3:120:1`, and the rest of the text.
    fn place<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let (row, rest) = text.split_once(':')?;
        let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        let (line, rest) = rest.split_at_checked(end)?;
        let line: u32 = line.parse().ok()?;
        let files = self.0.get(&format!("{NAME}{row}"))?;
        let (before, file) = files.iter().rev().find(|(before, _)| *before < line)?;
        Some((format!("{file}:{}", line.saturating_sub(*before)), rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lexer, parse};

    fn module(text: &str) -> Module {
        parse::parse(&lexer::read(text).unwrap().tokens).unwrap()
    }

    #[test]
    fn files_that_mean_the_same_by_a_name_are_joined() {
        let files = [
            ("a.rego", module("package main\nimport rego.v1\n\ndeny contains 1 if {\n\tinput.a\n}\n")),
            ("b.rego", module("package main\nimport rego.v1\nimport data.lib\ndeny contains 2 if lib.b\n")),
            ("c.rego", module("package main\nimport rego.v1\n\n\nwarn contains 3 if input.c\n")),
            ("d.rego", module("package other\nimport rego.v1\np := 4\n")),
        ];
        let (texts, lines) = join(files.iter().map(|(path, module)| (*path, module)));
        let names: Vec<&str> = texts.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["palisade-joined-0", "b.rego", "d.rego"]);
        let text = &texts.first().unwrap().text;
        let line = |wanted: &str| 1 + text.lines().position(|line| line.contains(wanted)).unwrap();
        for (wanted, place) in [("deny", "a.rego:4"), ("input.a", "a.rego:5"), ("warn", "c.rego:5")] {
            let error = format!("--> palisade-joined-0:{}:7\nerror: it", line(wanted));
            assert_eq!(lines.restore(&error), format!("--> {place}:7\nerror: it"), "{text}");
        }
    }

    #[test]
    fn other_text_stays() {
        let (_, lines) = join([("a.rego", &module("package main\nimport rego.v1\np := 1\n"))]);
        for text in ["", "a.rego:3:1", "palisade-joined-", "palisade-joined-7:1:1", "palisade-joined-0:x"] {
            assert_eq!(lines.restore(text), text);
        }
    }
}
