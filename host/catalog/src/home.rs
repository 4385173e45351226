//! The folders of an installation: plugins, their lock, the key, compiled code.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a folder of the installation cannot be used.
#[derive(Debug, Error)]
#[error("cannot use `{}`; set PALISADE_HOME to a writable folder", path.display())]
pub struct HomeError {
    /// The file or folder.
    pub path: PathBuf,
    /// Error of the operating system.
    #[source]
    pub source: io::Error,
}

/// The folders of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    data: PathBuf,
    cache: PathBuf,
}

impl Home {
    /// The folders of an installation. They are created on the first write.
    pub fn new(data: PathBuf, cache: PathBuf) -> Home {
        Home { data, cache }
    }

    /// Data that cannot be made again.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// The file of the key.
    pub fn key_file(&self) -> PathBuf {
        self.data.join("key")
    }

    /// Folder of installed plugins.
    pub fn plugins(&self) -> PathBuf {
        self.data.join("plugins")
    }

    /// Lock file: installed plugins with digests and grants.
    pub fn lock(&self) -> PathBuf {
        self.data.join("plugins.lock")
    }

    /// Data that can be made again.
    pub fn cache(&self) -> PathBuf {
        self.cache.clone()
    }

    /// Folder of compiled code.
    pub fn code(&self) -> PathBuf {
        self.cache.join("code")
    }

    /// Folder of packs that were built from folders of policies.
    pub fn packs(&self) -> PathBuf {
        self.cache.join("packs")
    }

    /// The key that authenticates what this installation has compiled. Created on first use, readable only by its
    /// owner.
    pub fn key(&self) -> Result<[u8; 32], HomeError> {
        let path = self.key_file();
        let error = |source| HomeError { path: path.clone(), source };
        make_private(&self.data)?;
        for _ in 0..2 {
            match fs::read(&path) {
                Ok(bytes) => {
                    return bytes.try_into().map_err(|_| {
                        error(io::Error::other(
                            "the key does not have 32 bytes: remove it, a new one is created",
                        ))
                    });
                }
                Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
                Err(other) => return Err(error(other)),
            }
            let mut key = [0u8; 32];
            rustix::rand::getrandom(&mut key, rustix::rand::GetRandomFlags::empty())
                .map_err(|errno| error(errno.into()))?;
            let fresh = tempfile::Builder::new().prefix(".key").tempfile_in(&self.data).map_err(error)?;
            fs::write(fresh.path(), key).map_err(error)?;
            // If another process was first, its key counts and is read in the next round.
            let _ = fresh.persist_noclobber(&path);
        }
        Err(error(io::Error::other("the key can be neither read nor created")))
    }
}

/// Creates a folder that only its owner can read.
pub fn make_private(folder: &Path) -> Result<(), HomeError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| HomeError { path: folder.to_owned(), source })
}
