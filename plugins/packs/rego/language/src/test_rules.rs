//! The `test_` rules of a folder, and the lines that they can reach.

use std::collections::BTreeMap;

use crate::source::Folder;

/// A rule that is a test.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) name: String,
    pub(crate) package: Vec<String>,
}

/// Finds the tests of a folder; a test in several rules is one.
pub(crate) fn find(folder: &Folder) -> Vec<Test> {
    let mut found: Vec<Test> = Vec::new();
    for source in folder.sources.iter().filter(|source| source.is_test) {
        for rule in &source.module.rules {
            let is_test = rule.name.starts_with("test_") || rule.name.starts_with("todo_test_");
            let known = found.iter().any(|it| it.name == rule.name && it.package == source.module.package);
            if is_test && !known && rule.steps.is_empty() {
                found.push(Test {
                    file: source.path.clone(),
                    line: rule.place.line,
                    name: rule.name.clone(),
                    package: source.module.package.clone(),
                });
            }
        }
    }
    found
}

/// The lines on which rules and the literals of their bodies begin, by file, without tests.
pub(crate) fn rule_lines(folder: &Folder) -> BTreeMap<String, Vec<u32>> {
    let files = folder.sources.iter().filter(|source| !source.is_test);
    let lines = |source: &crate::source::Source| {
        let rules = source.module.rules.iter().filter(|rule| !rule.default);
        let mut lines: Vec<u32> = rules
            .flat_map(|rule| {
                let literals = rule.bodies().flatten().map(|literal| literal.place.line);
                std::iter::once(rule.place.line).chain(literals).collect::<Vec<_>>()
            })
            .filter(|line| *line > 0)
            .collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    };
    files.map(|source| (source.path.clone(), lines(source))).filter(|(_, lines)| !lines.is_empty()).collect()
}
