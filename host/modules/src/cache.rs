//! The cache of fetched packages, for all scans of this installation.
//!
//! - `packages/DIGEST`: a package, named by the SHA-256 of its bytes, which is verified when it is opened.
//! - `records/DIGEST.json`: the package of a source at a version or commit, named by the SHA-256 of the source.
//! - `latest/DIGEST.json`: the last result for a source with its constraint or revision, for scans that are offline.
//!
//! Files are written to a temporary name and renamed in one step, so that processes can share the cache.

use std::fmt::Display;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use palisade_source::{Digest, Limits, PackageError, PackageLimits, PackageSnapshot, PackageWriter};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::error::ModuleError;

/// The maximum size of a record, in bytes.
const LONGEST: u64 = 64 << 10;

/// The cached packages.
pub(crate) struct Cache {
    folder: PathBuf,
}

/// The package of a source.
#[derive(Debug, Deserialize, Serialize)]
struct Record {
    /// The source, for debugging.
    what: String,
    digest: String,
}

/// The version or commit that a constraint or a revision was resolved to.
#[derive(Debug, Deserialize, Serialize)]
struct Latest {
    what: String,
    resolved: String,
}

fn error(path: &Path, error: &dyn Display) -> ModuleError {
    ModuleError::Cache(format!("`{}`: {error}", path.display()))
}

fn parse_digest(text: &str) -> Option<Digest> {
    let mut bytes = [0u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (row, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(row * 2..row * 2 + 2)?, 16).ok()?;
    }
    Some(Digest(bytes))
}

impl Cache {
    pub(crate) fn new(folder: PathBuf) -> Cache {
        Cache { folder }
    }

    fn place(&self, kind: &str, what: &str) -> PathBuf {
        self.folder.join(kind).join(format!("{}.json", Digest::of(what.as_bytes())))
    }

    fn package(&self, digest: Digest) -> PathBuf {
        self.folder.join("packages").join(digest.to_string())
    }

    fn fresh(&self, kind: &str) -> Result<NamedTempFile, ModuleError> {
        let folder = self.folder.join(kind);
        make_private(&folder).map_err(|it| error(&folder, &it))?;
        tempfile::Builder::new().prefix(".new").tempfile_in(&folder).map_err(|it| error(&folder, &it))
    }

    fn write(&self, kind: &str, what: &str, value: &impl Serialize) -> Result<(), ModuleError> {
        let path = self.place(kind, what);
        let mut fresh = self.fresh(kind)?;
        let text = serde_json::to_vec(value).map_err(|it| error(&path, &it))?;
        fresh.write_all(&text).map_err(|it| error(&path, &it))?;
        fresh.persist(&path).map_err(|it| error(&path, &it.error))?;
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self, kind: &str, what: &str) -> Option<T> {
        let path = self.place(kind, what);
        if fs::metadata(&path).ok()?.len() > LONGEST {
            return None;
        }
        serde_json::from_slice(&fs::read(&path).ok()?).ok()
    }

    /// Returns the package of a source, if it is cached. A package whose bytes do not match its digest is an error,
    /// since someone has changed it.
    pub(crate) fn get(&self, what: &str, limits: Limits) -> Result<Option<PackageSnapshot>, ModuleError> {
        let Some(record) = self.read::<Record>("records", what).filter(|it| it.what == what) else {
            return Ok(None);
        };
        let Some(digest) = parse_digest(&record.digest) else { return Ok(None) };
        let path = self.package(digest);
        match PackageSnapshot::open(&path, digest, limits) {
            Ok(package) => Ok(Some(package)),
            Err(PackageError::Io(missing)) if missing.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(other) => Err(error(&path, &other)),
        }
    }

    /// Caches the package of a source; `fill` writes it.
    pub(crate) fn put(
        &self,
        what: &str,
        limits: PackageLimits,
        fill: impl FnOnce(&mut PackageWriter<BufWriter<&mut fs::File>>) -> Result<(), ModuleError>,
    ) -> Result<(), ModuleError> {
        let mut fresh = self.fresh("packages")?;
        let bad = |error: PackageError| ModuleError::Package(error.to_string());
        let mut writer = PackageWriter::new(BufWriter::new(fresh.as_file_mut()), limits).map_err(bad)?;
        fill(&mut writer)?;
        let digest = writer.finish().map_err(bad)?;
        let path = self.package(digest);
        fresh.persist(&path).map_err(|it| error(&path, &it.error))?;
        self.write("records", what, &Record { what: what.to_owned(), digest: digest.to_string() })
    }

    /// Caches the package of a source under another name too.
    pub(crate) fn alias(&self, what: &str, of: &str) -> Result<(), ModuleError> {
        let record = self.read::<Record>("records", of).filter(|it| it.what == of);
        let record = record.ok_or_else(|| {
            ModuleError::Cache("an entry that was just written no longer exists".to_owned())
        })?;
        self.write("records", what, &Record { what: what.to_owned(), digest: record.digest })
    }

    /// Returns the last result for a source.
    pub(crate) fn latest(&self, what: &str) -> Option<String> {
        self.read::<Latest>("latest", what).filter(|it| it.what == what).map(|it| it.resolved)
    }

    /// Stores the current result for a source.
    pub(crate) fn note(&self, what: &str, resolved: &str) -> Result<(), ModuleError> {
        self.write("latest", what, &Latest { what: what.to_owned(), resolved: resolved.to_owned() })
    }
}

/// Creates a folder that only its owner can access.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
