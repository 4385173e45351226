//! Several files in one: the line `-- path --` begins a file.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes the files of an archive into a folder.
pub(crate) fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    let text = fs::read_to_string(archive).with_context(|| format!("cannot read {}", archive.display()))?;
    for (path, content) in files(&text) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The files of an archive: paths and contents.
fn files(text: &str) -> Vec<(&str, String)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let header = line.trim_end().strip_prefix("-- ").and_then(|it| it.strip_suffix(" --"));
        match (header, files.last_mut()) {
            (Some(path), _) => files.push((path, String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => {}
        }
    }
    files
}
