//! The engine that makes packs out of folders, compiled once for all tests: each test is an installation, which would
//! compile it at its first pack.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use palisade_tests::palisade;

use crate::place::copy;

/// Whether a command makes or needs a pack of a folder.
fn makes_a_pack(arguments: &[&str]) -> bool {
    let is_pack = arguments.first() == Some(&"pack");
    (is_pack && matches!(arguments.get(1), Some(&("build" | "test")))) || arguments.contains(&"--pack")
}

/// The folder of an installation that has compiled the engine of this program.
fn installation() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let program = fs::metadata(palisade()).unwrap();
    let now = format!("{} {:?}", program.len(), program.modified().unwrap());
    let (home, made_by) = (folder.join("home"), folder.join("made-by"));
    if fs::read_to_string(&made_by).is_ok_and(|it| it == now) {
        return home;
    }
    let packs = tempfile::tempdir().unwrap();
    let _ = fs::remove_dir_all(&home);
    for arguments in [&["pack", "new", "one"][..], &["pack", "build", "one", "-o", "one.wasm"]] {
        let mut command = Command::new(palisade());
        command.args(arguments).current_dir(packs.path()).env_clear().env("PALISADE_HOME", &home);
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // Only the compiled engine is kept.
    fs::remove_dir_all(home.join("cache/packs")).unwrap();
    fs::write(made_by, now).unwrap();
    home
}

/// Copies the compiled engine into the home of a command that needs it, unless the home exists.
pub(crate) fn ready(home: &Path, arguments: &[&str]) {
    if home.exists() || !makes_a_pack(arguments) {
        return;
    }
    copy(&installation(), home);
    fs::set_permissions(home, Permissions::from_mode(0o700)).unwrap();
}
