//! Files of one package as one module of the engine.
//!
//! With each module the engine keeps the names of all rules of its package, and at each evaluation it looks through all
//! modules. A package of 300 files of one rule would hold 90,000 names, which are most of the memory that becomes a
//! pack. So modules that mean the same by a name, those of one package and the same imports, are joined. What the engine
//! reports has the line of the joined module: [`Lines`] finds the file and its line again.

use std::collections::BTreeMap;

use crate::ast::Module;
use crate::print;

/// What names of joined modules begin with. Files of a pack end in `.rego`.
const NAME: &str = "palisade-joined-";

/// A module as the engine gets it.
pub(crate) struct Text {
    /// What the engine calls it: the file, where it is one.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// By joined module: the lines before each file's first one, and the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(BTreeMap<String, Vec<(u32, String)>>);

/// Joins files, given by their paths. The order of files stays in each module.
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

/// What decides the meaning of names: the package, and paths and names of imports.
type Key<'m> = (&'m [String], Vec<(&'m [String], Option<&'m str>)>);

fn key(module: &Module) -> Key<'_> {
    let imports = module.imports.iter().filter(|it| !it.is_syntax());
    (&module.package, imports.map(|it| (it.path.as_slice(), it.alias.as_deref())).collect())
}

impl Lines {
    /// An error of the engine with files and lines as their authors know them.
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

    /// The file and line at the beginning of a text such as `3:120:1`, and what follows.
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
