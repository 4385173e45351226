//! Installed plugins: their files, and the lock with their digests and grants.

use std::fs;
use std::io;
use std::path::PathBuf;

use palisade_source::Digest;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::grants::Grants;
use crate::home::{Home, HomeError, make_private};

/// Why a plugin could not be installed or removed.
#[derive(Debug, Error)]
pub enum InstallError {
    /// A folder cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The lock is invalid.
    #[error("`{}` is invalid: {why}; fix it, or remove it and install the plugins again", path.display())]
    Lock {
        /// The lock.
        path: PathBuf,
        /// Reason.
        why: String,
    },
    /// No plugin of that name is installed.
    #[error("plugin `{0}` is not installed: see `palisade plugin list`")]
    Unknown(String),
}

/// One installed plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installed {
    /// Its name; only one version of a plugin is installed.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the component, in hexadecimal; also the name of the file.
    pub sha256: String,
    /// Its grants.
    #[serde(default)]
    pub grants: Grants,
    /// Whether it replaces the built-in plugin of its name.
    #[serde(default)]
    pub replaces: bool,
}

impl Installed {
    /// The digest it must have; none if `sha256` is invalid.
    pub fn digest(&self) -> Option<Digest> {
        let mut bytes = [0u8; 32];
        if self.sha256.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(self.sha256.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Digest(bytes))
    }
}

/// The content of `plugins.lock`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Installed plugins, by name.
    #[serde(default, rename = "plugin")]
    pub plugins: Vec<Installed>,
}

impl Lock {
    /// Reads the lock of an installation.
    pub fn read(home: &Home) -> Result<Lock, InstallError> {
        let path = home.lock();
        match fs::read_to_string(&path) {
            Ok(text) => {
                let wrong = |why: String| InstallError::Lock { path: path.clone(), why };
                let lock: Lock = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
                match lock.plugins.iter().find(|it| it.digest().is_none()) {
                    Some(it) => Err(wrong(format!("invalid digest of `{}`", it.name))),
                    None => Ok(lock),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lock::default()),
            Err(source) => Err(HomeError { path, source }.into()),
        }
    }

    fn write(&self, home: &Home) -> Result<(), InstallError> {
        let path = home.lock();
        let error = |source| HomeError { path: path.clone(), source };
        let text = toml::to_string_pretty(self)
            .map_err(|wrong| InstallError::Lock { path: path.clone(), why: wrong.to_string() })?;
        let folder = path.parent().map(PathBuf::from).unwrap_or_default();
        make_private(&folder)?;
        let fresh = tempfile::Builder::new().prefix(".lock").tempfile_in(&folder).map_err(error)?;
        fs::write(fresh.path(), text).map_err(error)?;
        fresh.persist(&path).map_err(|persist| error(persist.error))?;
        Ok(())
    }

    /// The file of an installed plugin.
    pub fn file(home: &Home, plugin: &Installed) -> PathBuf {
        home.plugins().join(format!("{}.wasm", plugin.sha256))
    }

    /// Installs an admitted component, in place of another version.
    pub fn install(home: &Home, plugin: Installed, component: &[u8]) -> Result<(), InstallError> {
        let mut lock = Lock::read(home)?;
        let folder = home.plugins();
        make_private(&folder)?;
        let path = Lock::file(home, &plugin);
        let error = |source| HomeError { path: path.clone(), source };
        let fresh = tempfile::Builder::new().prefix(".plugin").tempfile_in(&folder).map_err(error)?;
        fs::write(fresh.path(), component).map_err(error)?;
        fresh.persist(&path).map_err(|persist| error(persist.error))?;
        lock.plugins.retain(|it| it.name != plugin.name);
        lock.plugins.push(plugin);
        lock.plugins.sort_by(|one, other| one.name.cmp(&other.name));
        lock.write(home)
    }

    /// Removes a plugin.
    pub fn remove(home: &Home, name: &str) -> Result<Installed, InstallError> {
        let mut lock = Lock::read(home)?;
        let at = lock.plugins.iter().position(|it| it.name == name);
        let at = at.ok_or_else(|| InstallError::Unknown(name.to_owned()))?;
        let removed = lock.plugins.remove(at);
        lock.write(home)?;
        // The lock decides; a file that cannot be deleted only wastes space.
        if !lock.plugins.iter().any(|it| it.sha256 == removed.sha256) {
            let _ = fs::remove_file(Lock::file(home, &removed));
        }
        Ok(removed)
    }
}
