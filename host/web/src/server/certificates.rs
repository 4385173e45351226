//! Certificates in files, which are read again when they change: nobody has to stop the service for a renewal.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::tls::{ServeError, Tls};

/// What tells one state of a file from another one without reading it.
type Stamp = Option<[i128; 7]>;

fn stamp(path: &Path) -> Stamp {
    // What a link leads to, so that another target is another state.
    let meta = fs::metadata(path).ok()?;
    Some([
        meta.dev().into(),
        meta.ino().into(),
        meta.size().into(),
        meta.mtime().into(),
        meta.mtime_nsec().into(),
        meta.ctime().into(),
        meta.ctime_nsec().into(),
    ])
}

/// A chain of certificates and its key, in files.
pub struct Certificates {
    paths: [PathBuf; 2],
    seen: [Stamp; 2],
    tls: Tls,
}

fn read(path: &Path) -> Result<Vec<u8>, ServeError> {
    fs::read(path).map_err(|error| ServeError::Tls(format!("cannot read `{}`: {error}", path.display())))
}

impl Certificates {
    /// Reads both files, in PEM.
    ///
    /// # Errors
    /// If they cannot be read or used.
    pub fn open(certificate: &Path, key: &Path) -> Result<Certificates, ServeError> {
        let paths = [certificate.to_owned(), key.to_owned()];
        // Before they are read: what changes while they are is read again.
        let seen = paths.each_ref().map(|path| stamp(path));
        let tls = Tls::new(&read(certificate)?, &read(key)?)?;
        Ok(Certificates { paths, seen, tls })
    }

    /// What serves with them.
    pub fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Reads the files again, where they have changed since they were read last; answers whether. Connections that there
    /// are stay as they are.
    ///
    /// # Errors
    /// If the new ones cannot be read or used: then the ones before stay in use, and the files are read again once
    /// they change.
    pub fn refresh(&mut self) -> Result<bool, ServeError> {
        let now = self.paths.each_ref().map(|path| stamp(path));
        if now == self.seen {
            return Ok(false);
        }
        self.seen = now;
        self.reload().map(|()| true)
    }

    /// Reads the files again.
    ///
    /// # Errors
    /// As of [`Certificates::refresh`].
    pub fn reload(&mut self) -> Result<(), ServeError> {
        let [certificate, key] = &self.paths;
        self.tls.replace(&read(certificate)?, &read(key)?)
    }
}
