//! Converts options to what a scan needs: the engine, the plugins, the tree.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use palisade_catalog::{Catalog, CodeCache, Compiler, Given, Home, Host};
use palisade_packs::{Folder, PackBuilder};
use palisade_sandbox::Sandbox;
use palisade_source::{CommitSnapshot, FolderSnapshot, Limits, Snapshot, TreePath, find_root, merge_base};

use crate::args::{ScanOptions, TreeOptions};
use crate::failure::Failure;
use crate::notice::complain;
use crate::settings;

/// The number of parallel calls.
pub(crate) fn jobs(asked: Option<u16>) -> usize {
    settings::jobs(asked).value
}

/// Runs the asynchronous part of a command on its own threads.
pub(crate) fn run<T>(jobs: usize, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(jobs)
        .max_blocking_threads(jobs + 2)
        .enable_all()
        .build()
        .context("cannot start threads")
        .map_err(Failure::incomplete)?
        .block_on(work)
}

/// The folders of this installation; none without a home folder.
pub(crate) fn home() -> Option<Home> {
    settings::home().map(|it| it.value)
}

/// The host of plugins. The cache of compiled code is opened if `third_party` plugins are expected.
pub(crate) fn host(jobs: usize, home: Option<&Home>, third_party: bool) -> Result<Host, Failure> {
    let sandbox = Sandbox::new(jobs).map_err(Failure::incomplete)?;
    let cache = match home.filter(|_| third_party).map(|home| CodeCache::open(home, &sandbox.compatibility()))
    {
        None => None,
        Some(Ok(cache)) => Some(cache),
        Some(Err(error)) => {
            complain(&format!("warning: compiled plugins are not cached: {:#}", anyhow!(error)));
            None
        }
    };
    let program = std::env::current_exe()
        .context("cannot find the path of this program, which it starts as a child process")
        .map_err(Failure::incomplete)?;
    let arguments = ["plugin", "compile-child"].map(str::to_owned).to_vec();
    Ok(Host { sandbox: Arc::new(sandbox), cache, compiler: Compiler { program, arguments } })
}

/// The plugins: built in, installed, and given as files or, for packs of Rego, as folders.
pub(crate) async fn catalog(jobs: usize, given: &[PathBuf], replace: &[String]) -> Result<Catalog, Failure> {
    let home = home();
    let installed = home.as_ref().is_some_and(|home| home.lock().exists());
    let host = host(jobs, home.as_ref(), installed || !given.is_empty())?;
    let builder = PackBuilder::new(&host, home.as_ref());
    let mut plugins = Vec::new();
    for path in given {
        plugins.push(if path.is_dir() {
            let folder = Folder::read(path).map_err(Failure::wrong_use)?;
            let built = builder.pack(&folder).await;
            let built = built
                .with_context(|| format!("`{}` is not a valid pack", path.display()))
                .map_err(Failure::wrong_use)?;
            Given::Made { of: path.clone(), component: built.component }
        } else {
            Given::File(path.clone())
        });
    }
    let catalog = Catalog::load(&host, home.as_ref(), &plugins, replace).await.map_err(Failure::wrong_use)?;
    if catalog.plugins().is_empty() {
        return Err(Failure::wrong_use(anyhow!(
            "no plugins found: build the program with `cargo xtask build`, which includes the built-in plugins, or \
             give plugins with `--plugin`"
        )));
    }
    Ok(catalog)
}

fn limits(options: &TreeOptions) -> Limits {
    Limits { file: options.max_file_size << 20 }
}

/// The tree, and the requested path in it.
pub(crate) fn tree(options: &TreeOptions) -> Result<(Arc<dyn Snapshot>, TreePath), Failure> {
    let limits = limits(options);
    let found = find_root(&options.path).map_err(Failure::wrong_use)?;
    let (root, inside) = match &options.root {
        None => (found.root.clone(), found.inside.clone()),
        Some(root) => inside(root, &options.path)?,
    };
    let Some(rev) = &options.rev else {
        let snapshot = FolderSnapshot::open(&root, limits).map_err(Failure::wrong_use)?;
        return Ok((Arc::new(snapshot), inside));
    };
    let Some(repository) = &found.git else {
        return Err(Failure::wrong_use(anyhow!(
            "`{}` is not in a Git repository: omit `--rev` to scan the files",
            options.path.display()
        )));
    };
    if found.root != root {
        return Err(Failure::wrong_use(anyhow!(
            "`--rev` reads the whole repository at `{}`: omit `--root`",
            found.root.display()
        )));
    }
    let snapshot = CommitSnapshot::open(repository, rev, limits).map_err(Failure::wrong_use)?;
    Ok((Arc::new(snapshot), inside))
}

/// The tree of the merge base, if a scan has a base.
pub(crate) fn base(scan: &ScanOptions) -> Result<Option<Arc<dyn Snapshot>>, Failure> {
    let Some(base) = &scan.base else { return Ok(None) };
    let options = &scan.tree;
    let found = find_root(&options.path).map_err(Failure::wrong_use)?;
    let Some(repository) = &found.git else {
        return Err(Failure::wrong_use(anyhow!(
            "`{}` is not in a Git repository: compare with a saved report, `--baseline FILE`",
            options.path.display()
        )));
    };
    if let Some(root) = &options.root
        && root.canonicalize().ok().as_deref() != Some(&found.root)
    {
        return Err(Failure::wrong_use(anyhow!(
            "`--base` reads the whole repository at `{}`: omit `--root`",
            found.root.display()
        )));
    }
    let head = options.rev.as_deref().unwrap_or("HEAD");
    let commit = merge_base(repository, base, head).map_err(Failure::wrong_use)?;
    let limits = limits(options);
    let snapshot = CommitSnapshot::open(repository, &commit, limits).map_err(Failure::wrong_use)?;
    Ok(Some(Arc::new(snapshot)))
}

/// A path relative to a root that the user chose.
fn inside(root: &Path, path: &Path) -> Result<(PathBuf, TreePath), Failure> {
    let full = |path: &Path| {
        path.canonicalize()
            .with_context(|| format!("cannot access `{}`", path.display()))
            .map_err(Failure::wrong_use)
    };
    let (root, path) = (full(root)?, full(path)?);
    let rest = path.strip_prefix(&root).map_err(|_| {
        let (path, root) = (path.display(), root.display());
        Failure::wrong_use(anyhow!("`{path}` is not in the root `{root}`"))
    })?;
    let text = rest
        .to_str()
        .ok_or_else(|| Failure::wrong_use(anyhow!("`{}` is not UTF-8: rename it", path.display())))?;
    let inside = TreePath::parse(text).map_err(Failure::wrong_use)?;
    Ok((root, inside))
}
