//! Shared by all tests: paths of the built programs and plugins, and a host to run them on.

pub mod forges;
pub mod gate;
pub mod served;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_catalog::{Compiler, Host};
use palisade_sandbox::Sandbox;

/// The top of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The folder of the programs of this build.
fn programs() -> PathBuf {
    // Tests run from `target/PROFILE/deps`, programs from `target/PROFILE`.
    let own = std::env::current_exe().unwrap_or_default();
    let folder = own.parent().unwrap_or(Path::new(""));
    if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder).to_path_buf()
    } else {
        folder.to_path_buf()
    }
}

/// The program `palisade`, which `cargo xtask` builds before it runs the tests.
pub fn palisade() -> PathBuf {
    let program = programs().join("palisade");
    assert!(program.is_file(), "{} is not built: run `cargo xtask test`", program.display());
    program
}

/// The first of two values in an ordinary run, the second with `cargo xtask test --all`, which takes hours.
pub fn quick_or_all<T>((quick, all): (T, T)) -> T {
    if std::env::var_os("PALISADE_TEST_ALL").is_some() { all } else { quick }
}

/// A file that `cargo xtask` builds before it runs the tests, in the folder that a variable names.
fn built(variable: &str, folder: &str, file: &str) -> PathBuf {
    let folder = std::env::var_os(variable).map_or_else(|| top().join("target").join(folder), PathBuf::from);
    let path = folder.join(file);
    assert!(path.is_file(), "{} is not built: run `cargo xtask plugins`", path.display());
    path
}

/// A component of `tests/guests`.
pub fn guest(name: &str) -> PathBuf {
    built("PALISADE_TEST_GUESTS", "test-guests", &format!("{name}.wasm"))
}

/// A built-in plugin as a file, like a third-party plugin.
pub fn built_in(name: &str) -> PathBuf {
    built("PALISADE_BUILTIN_DIR", "plugins", &format!("{name}.wasm"))
}

/// The core module of a built-in plugin.
pub fn core_module(name: &str) -> PathBuf {
    let file = format!("../guests/wasm32-unknown-unknown/guest/{name}.wasm");
    built("PALISADE_BUILTIN_DIR", "plugins", &file)
}

/// Real public trees to scan; `None` if the machine has none.
pub fn corpora() -> Option<PathBuf> {
    let shared = std::env::var_os("PALISADE_SHARED").map_or_else(|| top().join("../shared"), PathBuf::from);
    let corpora = shared.join("corpora");
    corpora.is_dir().then_some(corpora)
}

/// A host that compiles in a child process, as the command line does, and caches no code.
pub fn host(concurrency: usize) -> Host {
    let sandbox = match Sandbox::new(concurrency) {
        Ok(sandbox) => Arc::new(sandbox),
        Err(error) => unreachable!("no engine, no test: {error}"),
    };
    let compiler =
        Compiler { program: palisade(), arguments: vec!["plugin".to_owned(), "compile-child".to_owned()] };
    Host { sandbox, cache: None, compiler }
}
