//! Real configurations, if the shared folder with public projects exists.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palisade_parser_terraform::syntax::{json, native};
use palisade_text::Lines;

/// Path suffixes of files that no tool reads, and why.
const BROKEN: &[(&str, &str)] = &[];

pub(crate) fn files() -> Vec<(PathBuf, String)> {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"), PathBuf::from);
    let mut files = Vec::new();
    let mut folders = vec![shared.join("corpora/terraform")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if [".tf", ".tf.json", ".tfvars", ".tfvars.json"].iter().any(|end| name.ends_with(end))
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                files.push((path, text));
            }
        }
    }
    files
}

#[test]
fn corpora() {
    let files = files();
    if files.is_empty() {
        println!("skipped, there are no corpora here");
        return;
    }
    let (mut bytes, mut took, mut comments) = (0, Duration::ZERO, 0);
    let mut failures = Vec::new();
    for (path, text) in &files {
        let name = path.to_string_lossy();
        let start = Instant::now();
        let parsed = if name.ends_with(".tfvars.json") {
            json::parse_values(text).map(|_| 0)
        } else if name.ends_with(".json") {
            json::parse(text).map(|_| 0)
        } else {
            native::parse(text).map(|file| file.comments.len())
        };
        took += start.elapsed();
        bytes += text.len();
        match parsed {
            Ok(found) => comments += found,
            Err(error) if BROKEN.iter().any(|(end, _)| name.ends_with(end)) => {
                println!("{name}: {}", error.message);
            }
            Err(error) => {
                let (line, column) = Lines::new(text).position(error.at);
                failures.push(format!("{name}:{line}:{column}: {}", error.message));
            }
        }
    }
    let rate = f64::from(u32::try_from(bytes).unwrap()) / 1e6 / took.as_secs_f64();
    println!("{} files, {bytes} bytes, {comments} comments at {rate:.1} MB/s", files.len());
    assert_eq!(failures, [""; 0]);
}
