//! Whole files as documents, for policies that look at files rather than at resources.
//!
//! Each document of a file is one resource, and its tree is what Conftest hands its policies as `input`: what
//! the parsers under `parser/` in open-policy-agent/conftest make of a file. Unlike there each value keeps the
//! place where it was written.
//!
//! The way of a file: `file` reads one and says how far. YAML and JSON go by `structured`, straight into the
//! batch; the other formats, a module each, give a `value` that is written there afterwards.

mod dockerfile;
mod dotenv;
mod file;
mod hcl;
mod ini;
mod lines;
mod properties;
mod structured;
mod toml;
mod value;

use palisade_sdk::CallError;
use palisade_sdk::parser::{Coverage, Environment, Format, Mount, Parsed, Parser, Status, Tree, Unit, Work};
use palisade_sdk::tape::Builder;

/// Of each format its id, which is Conftest's, what readers call it, and the files that may be of it.
const FORMATS: [(&str, &str, &[&str]); 8] = [
    ("yaml", "YAML document", &["**/*.yaml", "**/*.yml"]),
    ("json", "JSON document", &["**/*.json"]),
    ("toml", "TOML document", &["**/*.toml"]),
    ("hcl2", "HCL document", &["**/*.tf", "**/*.hcl", "**/*.tfvars"]),
    (
        "dockerfile",
        "Dockerfile",
        &[
            "**/Dockerfile",
            "**/Dockerfile.*",
            "**/*.Dockerfile",
            "**/dockerfile",
            "**/dockerfile.*",
            "**/*.dockerfile",
        ],
    ),
    ("ini", "INI document", &["**/*.ini"]),
    ("dotenv", "Environment file", &["**/.env", "**/.env.*", "**/*.env"]),
    ("properties", "Properties document", &["**/*.properties"]),
];

/// The parser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Documents;

impl Parser for Documents {
    fn describe(&self) -> Vec<Format> {
        FORMATS.iter().map(|(id, title, globs)| Format::new(id, title, globs).apart().documents()).collect()
    }

    /// The name alone decides: no file is read here.
    fn claim(&self, _tree: &dyn Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        let units = (0u32..).zip(candidates).filter_map(|(index, path)| {
            Some(Unit {
                root: path.clone(),
                format: format_of(path)?,
                owned: Vec::new(),
                // Other parsers make resources of the same file.
                shared: vec![index],
                variants: Vec::new(),
            })
        });
        Ok(units.collect())
    }

    fn parse(
        &self,
        tree: &dyn Tree,
        work: &Work,
        _mounts: &[Mount],
        _environment: &Environment,
    ) -> Result<Parsed, CallError> {
        let mut out = Builder::new();
        let mut parsed = Parsed::default();
        for path in &work.files {
            let covered = match tree.read_text(path) {
                Ok(text) => file::read(&mut out, &mut parsed.diagnostics, path, &work.format, &text),
                Err(error) => Coverage::new(path, Status::Failed, &error.to_string(), None),
            };
            parsed.coverage.push(covered);
        }
        if !out.batch().resources.is_empty() {
            parsed.batch = out.finish();
        }
        Ok(parsed)
    }
}

/// Index of the format of a file, by its name: as `NewFromPath` of Conftest's `parser/parser.go` decides.
fn format_of(path: &str) -> Option<u32> {
    let name = palisade_text::path::name(path).to_ascii_lowercase();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let id = match end {
        // `Dockerfile.json` and `.env.json` are what they say at their beginning.
        _ if name == "dockerfile" || name.starts_with("dockerfile.") => "dockerfile",
        _ if name.starts_with(".env.") => "dotenv",
        "env" => "dotenv",
        "yaml" | "yml" => "yaml",
        "tf" | "hcl" | "tfvars" => "hcl2",
        "json" | "toml" | "dockerfile" | "ini" | "properties" => end,
        _ => return None,
    };
    (0u32..).zip(FORMATS).find(|(_, (it, ..))| *it == id).map(|(index, _)| index)
}

palisade_sdk::export_parser!(Documents);
