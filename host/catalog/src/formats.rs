//! What the formats of a catalog declare about themselves.

use std::collections::BTreeSet;

use globset::{Glob, GlobMatcher};
use palisade_domain::{Format, Generated};
use palisade_source::{GeneratedFolder, SkipRules};

/// The formats that a catalog reads.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    /// Patterns of files that environments name, as written, and the format that takes them.
    inputs: Vec<(String, GlobMatcher, String)>,
    /// Tools that read a format in different ways.
    tools: BTreeSet<String>,
    /// What a walk leaves out.
    skips: SkipRules,
    /// Files in generated folders, from those folders on.
    unauthored: Vec<String>,
}

impl Formats {
    /// Adds those of a parser. Which folders are generated is what a trusted parser declares: a stranger's word would hide
    /// them from all other parsers.
    pub fn add(&mut self, formats: &[Format], is_trusted: bool) {
        for format in formats {
            // Admission lets no other patterns pass.
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

    /// The formats that take a file as an input.
    pub fn taking(&self, file: &str) -> BTreeSet<&str> {
        self.inputs
            .iter()
            .filter(|(_, glob, _)| glob.is_match(file))
            .map(|(.., format)| format.as_str())
            .collect()
    }

    /// What environments may name, for readers: `**/*.tfvars` (terraform).
    pub fn inputs(&self) -> String {
        let shown = self.inputs.iter().map(|(pattern, _, format)| format!("`{pattern}` ({format})"));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The tools, for readers; none where `tool` is one of them.
    pub fn not_a_tool(&self, tool: &str) -> Option<String> {
        if self.tools.contains(tool) {
            return None;
        }
        let shown: Vec<String> = self.tools.iter().map(|it| format!("`{it}`")).collect();
        Some(shown.join(", "))
    }

    /// What a walk leaves out.
    pub fn skips(&self) -> &SkipRules {
        &self.skips
    }

    /// Files in generated folders, from those folders on: they count only where Git ignores the folder.
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
