//! Shared by all benchmarks: the built-in plugins, and a request for a whole folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_catalog::{Catalog, Compiler, Host};
use palisade_sandbox::Sandbox;
use palisade_scan::Request;
use palisade_source::{FolderSnapshot, Limits, Snapshot, TreePath};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// The built-in plugins.
pub(crate) fn catalog() -> Result<Catalog, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sandbox = Arc::new(Sandbox::new(2)?);
    let compiler = Compiler { program: PathBuf::new(), arguments: Vec::new() };
    let host = Host { sandbox, cache: None, compiler };
    Ok(runtime.block_on(Catalog::load(&host, None, &[], &[]))?)
}

/// A request for a whole folder, with every control.
pub(crate) fn request(top: &Path, jobs: usize) -> Result<Request, Failure> {
    let snapshot: Arc<dyn Snapshot> = Arc::new(FolderSnapshot::open(top, Limits::default())?);
    Ok(Request { jobs, ..Request::new(snapshot, TreePath::root(), jiff::civil::date(2026, 1, 1)) })
}
