//! Tries every known way out of the tree, and reports the results.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The result of each way to look at a path, in one line.
fn look(tree: &Tree, path: &str) -> String {
    let short: String = path.chars().take(40).collect();
    let read = tree.read_text(path);
    let bytes = tree.read_bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let list = tree.list(path).map(|it| it.into_iter().map(|entry| entry.name).collect::<Vec<_>>());
    let stat = tree.stat(path).map(|entry| entry.kind);
    format!("{short:?}: text {read:?}, bytes {bytes:?}, list {list:?}, stat {stat:?}")
}

/// The guest.
#[derive(Debug)]
pub struct PathTricks;

impl Parser for PathTricks {
    const NAME: &'static str = "path-tricks";

    fn parse(tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let long = "x/".repeat(100_000);
        let paths = [
            "/etc/passwd",
            "//etc/passwd",
            "../../../../../../../../etc/passwd",
            "..",
            "a/../../..",
            "a/../../../../../../etc/passwd",
            "./../secret.txt",
            "%2e%2e/secret.txt",
            "..\\secret.txt",
            "/proc/self/environ",
            "file:///etc/passwd",
            "app\0/../../secret.txt",
            "\0",
            "link-out",
            "link-out/",
            "link-absolute",
            "link-folder/secret.txt",
            "link-folder/../secret.txt",
            "link-round",
            "link-chain",
            ".git/config",
            "app/../.git/config",
            long.as_str(),
        ];
        let names: Vec<String> = paths.iter().map(|path| look(tree, path)).collect();
        Ok(parsed(work, batch(work, &names)))
    }
}

palisade_test_guests::export_parser!(PathTricks);
