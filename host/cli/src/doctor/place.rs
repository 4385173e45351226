//! Checks of the folders and files of this installation, and of environment variables.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use palisade_catalog::Home;
use rustix::fs::{Access, access};

use super::Check;
use crate::settings::{self, UserConfig};
use crate::setup;

/// Permissions of other users than the owner: to write, and any.
const OTHERS_WRITE: u32 = 0o022;
const OTHERS: u32 = 0o077;
/// Length of a key in bytes.
const KEY: u64 = 32;

/// The fix for folders of this installation that cannot be used.
const ELSEWHERE: &str = "set PALISADE_HOME to a writable folder";

/// Checks a folder that is created on first use.
pub(super) fn folder(name: &'static str, folder: &Path, elsewhere: &str) -> Check {
    let shown = folder.display();
    let Ok(meta) = std::fs::metadata(folder) else {
        let above = folder.ancestors().skip(1).find(|it| it.exists());
        return match above {
            Some(above) if above.is_dir() && access(above, Access::WRITE_OK).is_ok() => {
                Check::ok(name, format!("`{shown}` will be created when it is needed"))
            }
            _ => Check::problem(name, format!("`{shown}` does not exist and cannot be created"), elsewhere),
        };
    };
    if !meta.is_dir() {
        return Check::problem(
            name,
            format!("`{shown}` is not a folder"),
            format!("remove it, or {elsewhere}"),
        );
    }
    if access(folder, Access::WRITE_OK | Access::READ_OK | Access::EXEC_OK).is_err() {
        return Check::problem(name, format!("`{shown}` is not readable and writable"), elsewhere);
    }
    let mode = meta.permissions().mode();
    if mode & OTHERS_WRITE != 0 {
        let found = format!("other users can write to `{shown}` (mode {:03o})", mode & 0o777);
        return Check::problem(name, found, format!("run `chmod go-rwx {shown}`"));
    }
    if mode & OTHERS != 0 {
        let found = format!("other users can access `{shown}` (mode {:03o})", mode & 0o777);
        return Check::warning(name, found, format!("run `chmod go-rwx {shown}`"));
    }
    Check::ok(name, format!("`{shown}` is private and writable"))
}

fn key(home: &Home) -> Check {
    const NAME: &str = "key";
    let path = home.key_file();
    let shown = path.display();
    let meta = match std::fs::metadata(&path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Check::ok(NAME, "will be created when the first compiled plugin is cached");
        }
        Err(error) => {
            return Check::problem(
                NAME,
                format!("cannot access `{shown}`: {error}"),
                "make it readable for its owner",
            );
        }
    };
    if !meta.is_file() || meta.len() != KEY {
        return Check::problem(
            NAME,
            format!("`{shown}` is not a key of {KEY} bytes"),
            "remove it: a new one is created",
        );
    }
    let mode = meta.permissions().mode();
    if mode & OTHERS != 0 {
        return Check::problem(
            NAME,
            format!("other users can access `{shown}` (mode {:03o})", mode & 0o777),
            "remove it and the folder `code` of the cache: both are created again",
        );
    }
    if access(&path, Access::READ_OK).is_err() {
        return Check::problem(NAME, format!("`{shown}` is not readable"), "change its owner to this user");
    }
    Check::ok(NAME, format!("only its owner can access `{shown}`"))
}

fn user_config() -> Check {
    const NAME: &str = "config.toml";
    match UserConfig::read() {
        Err(failure) => {
            Check::problem(NAME, failure.to_string(), "fix the file, or remove it to use the defaults")
        }
        Ok(UserConfig { found: true, path: Some(path), allow_modules, .. }) => {
            let hosts = allow_modules.len();
            Check::ok(NAME, format!("`{}` is valid; hosts for modules: {hosts}", path.display()))
        }
        Ok(_) => Check::ok(NAME, "not found: the defaults apply"),
    }
}

/// Reads only the names of the variables.
fn credentials() -> Vec<Check> {
    const NAME: &str = "credentials";
    let all = settings::credentials();
    if all.is_empty() {
        return vec![Check::ok(NAME, "no variable is set")];
    }
    let check = |it: palisade_modules::CredentialVariable| match it.fault {
        None => Check::ok(NAME, format!("`{}` is set, for `{}`", it.name, it.host)),
        Some(fault) => {
            Check::warning(NAME, format!("`{}` is set, but is never used: {fault}", it.name), "rename it")
        }
    };
    all.into_iter().map(check).collect()
}

/// All checks of this file.
pub(super) fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    match setup::home() {
        None => checks.push(Check::warning(
            "home",
            "not found: no plugin can be installed and nothing is cached",
            "set HOME, or set PALISADE_HOME to a writable folder",
        )),
        Some(home) => {
            checks.push(folder("home", &home.data(), ELSEWHERE));
            checks.push(folder("cache", &home.cache(), ELSEWHERE));
            checks.push(key(&home));
        }
    }
    checks.push(user_config());
    checks.extend(credentials());
    checks
}
