//! What the formats of a catalog declare about themselves.

use std::collections::BTreeSet;

use globset::{Glob, GlobMatcher};
use palisade_domain::{Format, Generated};
use palisade_source::{GeneratedFolder, SkipRules};

/// The formats that a catalog reads.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    /// Patterns of files that environments may name, as written, and the format that reads them.
    inputs: Vec<(String, GlobMatcher, String)>,
    /// Tools that read a format in different ways.
    tools: BTreeSet<String>,
    /// Folders that a walk skips.
    skips: SkipRules,
    /// Files in generated folders, as paths from the generated folder.
    unauthored: Vec<String>,
}

impl Formats {
    /// Adds the declarations of a parser. Generated folders are accepted from trusted parsers only: an untrusted one
    /// could hide them from all other parsers.
    pub fn add(&mut self, formats: &[Format], is_trusted: bool) {
        for format in formats {
            // Admission refuses invalid patterns.
            let globs = format.inputs.iter().filter_map(|it| Some((it, Glob::new(it).ok()?)));
            self.inputs
                .extend(globs.map(|(text, it)| (text.clone(), it.compile_matcher(), format.id.clone())));
            self.tools.extend(format.tools.iter().cloned());
            let trusted = if is_trusted { format.generated.as_slice() } else { &[] };
            for Generated { folder, contents, unauthored } in trusted {
                let skipped = GeneratedFolder { name: folder.clone(), contents: contents.clone() };
                self.skips.folders.push(skipped);
                self.unauthored.extend(unauthored.iter().map(|file| format!("{folder}/{file}")));
            }
        }
    }

    /// The formats that read a file as an input of an environment.
    pub fn taking(&self, file: &str) -> BTreeSet<&str> {
        self.inputs
            .iter()
            .filter(|(_, glob, _)| glob.is_match(file))
            .map(|(.., format)| format.as_str())
            .collect()
    }

    /// The files that environments may name, for messages: `**/*.tfvars` (terraform).
    pub fn inputs(&self) -> String {
        let shown = self.inputs.iter().map(|(pattern, _, format)| format!("`{pattern}` ({format})"));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// A list of the tools, for messages; none if `tool` is one of them.
    pub fn not_a_tool(&self, tool: &str) -> Option<String> {
        if self.tools.contains(tool) {
            return None;
        }
        let shown: Vec<String> = self.tools.iter().map(|it| format!("`{it}`")).collect();
        Some(shown.join(", "))
    }

    /// Folders that a walk skips.
    pub fn skips(&self) -> &SkipRules {
        &self.skips
    }

    /// Files in generated folders, as paths from the generated folder. They count only if Git ignores the folder.
    pub fn unauthored(&self) -> &[String] {
        &self.unauthored
    }
}

#[cfg(test)]
mod tests {
    use palisade_domain::{Format, Generated};

    use super::Formats;

    #[test]
    fn what_a_stranger_calls_generated_is_walked() {
        let generated = Generated {
            folder: "app".to_owned(),
            contents: vec!["src".to_owned()],
            unauthored: vec!["list.json".to_owned()],
        };
        let format = Format { generated: vec![generated], ..Format::default() };
        let names = |is_trusted| {
            let mut all = Formats::default();
            all.add(std::slice::from_ref(&format), is_trusted);
            (all.skips().folders.iter().any(|it| it.name == "app"), all.unauthored().to_vec())
        };
        assert_eq!(names(true), (true, vec!["app/list.json".to_owned()]));
        assert_eq!(names(false), (false, Vec::new()));
    }
}
