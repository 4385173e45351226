//! Reads a folder of policies.

use std::path::{Path, PathBuf};

use palisade_source::{FolderSnapshot, Limits, SkipRules, Snapshot, TreePath, WalkItem, walk};
use thiserror::Error;

use crate::manifest::PackFile;

/// The largest file, in bytes; the engine accepts less.
const FILE_BYTES: u64 = 32 << 20;
/// The largest total size of all files, in bytes.
const FOLDER_BYTES: u64 = 64 << 20;
/// The largest number of files.
const FILES: usize = 20_000;
/// The file that describes the pack.
const PACK_FILE: &str = "pack.toml";

/// Why a folder cannot be read.
#[derive(Debug, Error)]
#[error("pack `{}`: {what}", folder.display())]
pub struct FolderError {
    /// The folder.
    pub folder: PathBuf,
    /// Reason, and how to fix it.
    pub what: String,
}

/// A folder of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The content of `pack.toml`.
    pub pack: PackFile,
    /// Rego and data files: paths relative to the folder, sorted, and texts.
    pub files: Vec<(String, String)>,
}

impl Folder {
    /// Reads a folder. Links are not followed and hidden folders are skipped. Only Rego, JSON and YAML files are read.
    pub fn read(path: &Path) -> Result<Folder, FolderError> {
        let wrong = |what: String| FolderError { folder: path.to_owned(), what };
        let limits = Limits { file: FILE_BYTES };
        let snapshot = FolderSnapshot::open(path, limits).map_err(|error| wrong(error.to_string()))?;
        let mut found = Vec::new();
        let mut unreadable = None;
        walk(&snapshot, &TreePath::root(), &SkipRules::default(), &mut |item| match item {
            WalkItem::File { path, size } => found.push((path, size)),
            WalkItem::UnreadableFolder { path, error } => {
                unreadable.get_or_insert(format!("`{path}`: {error}"));
            }
            WalkItem::Link { .. } | WalkItem::Submodule { .. } | WalkItem::SkippedFolder { .. } => {}
        })
        .map_err(|error| wrong(error.to_string()))?;
        if let Some(what) = unreadable {
            return Err(wrong(what));
        }
        found.retain(|(path, _)| is_used(path.as_str()));
        let total = found.iter().map(|(_, size)| *size).fold(0, u64::saturating_add);
        if found.len() > FILES || total > FOLDER_BYTES {
            return Err(wrong(format!(
                "{} files and {total} bytes, more than {FILES} files and {} MiB: check that it is the folder of the policies",
                found.len(),
                FOLDER_BYTES >> 20
            )));
        }
        let mut files = Vec::new();
        let mut manifest = None;
        for (file, _) in found {
            let content = snapshot.read(&file).map_err(|error| wrong(error.to_string()))?;
            let text = String::from_utf8(content.bytes.to_vec())
                .map_err(|_| wrong(format!("`{file}` is not UTF-8: save it as UTF-8")))?;
            if file.as_str() == PACK_FILE {
                manifest = Some(text);
            } else {
                files.push((file.as_str().to_owned(), text));
            }
        }
        if !files.iter().any(|(file, _)| is_rego(file)) {
            return Err(wrong("it contains no Rego file (`*.rego`)".to_owned()));
        }
        files.sort();
        let pack = PackFile::read(manifest.as_deref(), path)
            .map_err(|what| wrong(format!("{PACK_FILE}: {what}")))?;
        Ok(Folder { pack, files })
    }
}

fn is_rego(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == "rego")
}

fn is_used(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|it| it.to_str());
    path == PACK_FILE || matches!(ending, Some("rego" | "json" | "yaml" | "yml"))
}
