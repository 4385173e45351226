//! The files of the repository.

use std::path::Path;
use std::process::Command;

use palisade_tests::top;

/// Paths that Git tracks or does not ignore, relative to the top, sorted.
pub(crate) fn all() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(top())
        .output()
        .expect("Git is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).expect("our paths are UTF-8");
    let mut paths: Vec<String> = paths.split_terminator('\0').map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    assert!(paths.iter().any(|path| path == "Cargo.toml"), "not our repository: {paths:?}");
    paths
}

/// Rust files with their text. Files whose deletion is not committed yet are skipped.
pub(crate) fn rust() -> impl Iterator<Item = (String, String)> {
    let rust = |path: &String| Path::new(path).extension().is_some_and(|it| it == "rs");
    all().into_iter().filter(rust).filter_map(|path| {
        let text = std::fs::read_to_string(top().join(&path)).ok()?;
        Some((path, text))
    })
}

/// The text of a file that must exist.
pub(crate) fn text(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}
