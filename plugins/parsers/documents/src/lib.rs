//! Whole files as documents, for policies that judge files instead of resources.
//!
//! Each document of a file is one resource, and its tree is the `input` that Conftest passes to policies: the result of
//! the parsers under `parser/` in open-policy-agent/conftest. In addition, each value keeps its place in the file.
//!
//! `file` reads a file and returns its coverage. `structured` reads YAML and JSON directly into the batch; the other
//! formats have a module each, which returns a `value` that is then written to the batch.

mod dockerfile;
mod dotenv;
mod file;
mod hcl;
mod ini;
mod lines;
mod properties;
mod read;
mod resource;
mod structured;
mod toml;
mod value;

use palisade_sdk::CallError;
use palisade_sdk::parser::{Coverage, Environment, Format, Mount, Parsed, Parser, Status, Tree, Unit, Work};
use palisade_sdk::tape::Builder;

/// For each format its id, which is that of Conftest, its title, and the patterns of its files.
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

    /// Only the name decides: no file is read here.
    fn claim(&self, _tree: &dyn Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        let units = (0u32..).zip(candidates).filter_map(|(index, path)| {
            Some(Unit {
                root: path.clone(),
                format: format_of(path)?,
                owned: Vec::new(),
                // Other parsers read resources from the same file.
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

/// Index of the format of a file, by its name, as `NewFromPath` in Conftest's `parser/parser.go` decides.
fn format_of(path: &str) -> Option<u32> {
    let name = palisade_text::path::name(path).to_ascii_lowercase();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let id = match end {
        // The beginning of the name decides for `Dockerfile.json` and `.env.json`.
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
