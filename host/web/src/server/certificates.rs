//! Certificates in files, which are reloaded when they change: a renewal needs no restart of the service.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::tls::{ServeError, Tls};

/// Metadata that identify the state of a file without reading it.
type Stamp = Option<[i128; 7]>;

fn stamp(path: &Path) -> Stamp {
    // The metadata of a link's target, so that another target is detected.
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

/// A certificate chain and its key, in files.
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
        // Before the files are read: a change during that causes a reload.
        let seen = paths.each_ref().map(|path| stamp(path));
        let tls = Tls::new(&read(certificate)?, &read(key)?)?;
        Ok(Certificates { paths, seen, tls })
    }

    /// Returns TLS with these certificates.
    pub fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Reloads the files if they have changed since they were last read; returns whether they have. Existing
    /// connections are not affected.
    ///
    /// # Errors
    /// If the new files cannot be read or used: the previous certificates stay in use, and the files are read again
    /// when they change.
    pub fn refresh(&mut self) -> Result<bool, ServeError> {
        let now = self.paths.each_ref().map(|path| stamp(path));
        if now == self.seen {
            return Ok(false);
        }
        self.seen = now;
        self.reload().map(|()| true)
    }

    /// Reloads the files.
    ///
    /// # Errors
    /// As for [`Certificates::refresh`].
    pub fn reload(&mut self) -> Result<(), ServeError> {
        let [certificate, key] = &self.paths;
        self.tls.replace(&read(certificate)?, &read(key)?)
    }
}
