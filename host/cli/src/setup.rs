//! From options to what a scan needs: the engine, the plugins, the tree.

use std::future::Future;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use etcetera::BaseStrategy as _;
use palisade_catalog::{Catalog, CodeCache, Compiler, Home, Host};
use palisade_modules::{Credentials, Modules, Settings};
use palisade_sandbox::Sandbox;
use palisade_scan::Cache;
use palisade_source::{CommitSnapshot, FolderSnapshot, Limits, Snapshot, TreePath, find_root, merge_base};
use serde::Deserialize;

use crate::args::TreeOptions;
use crate::failure::Failure;
use crate::output::complain;

/// How many calls at a time.
pub(crate) fn jobs(asked: Option<u16>) -> usize {
    let own = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    asked.map_or_else(own, usize::from)
}

/// Runs the asynchronous part of a command on its own threads.
pub(crate) fn run<T>(jobs: usize, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(jobs)
        .max_blocking_threads(jobs + 2)
        .enable_all()
        .build()
        .context("cannot start the threads")
        .map_err(Failure::incomplete)?
        .block_on(work)
}

/// The folders of this installation; none where there is no home.
pub(crate) fn home() -> Option<Home> {
    if let Some(home) = std::env::var_os("PALISADE_HOME").filter(|it| !it.is_empty()) {
        let home = PathBuf::from(home);
        return Some(Home::new(home.clone(), home.join("cache")));
    }
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(Home::new(folders.data_dir().join("palisade"), folders.cache_dir().join("palisade")))
}

/// What plugins are admitted to. The cache of compiled code is opened where `strangers` are expected.
pub(crate) fn host(jobs: usize, home: Option<&Home>, strangers: bool) -> Result<Host, Failure> {
    let sandbox = Sandbox::new(jobs).map_err(Failure::incomplete)?;
    let cache = match home.filter(|_| strangers).map(|home| CodeCache::open(home, &sandbox.compatibility())) {
        None => None,
        Some(Ok(cache)) => Some(cache),
        Some(Err(error)) => {
            complain(&format!("warning: compiled plugins are not kept: {:#}", anyhow!(error)));
            None
        }
    };
    let program = std::env::current_exe()
        .context("cannot find this program to start it again")
        .map_err(Failure::incomplete)?;
    let arguments = ["plugin", "compile-child"].map(str::to_owned).to_vec();
    Ok(Host { sandbox: Arc::new(sandbox), cache, compiler: Compiler { program, arguments } })
}

/// The plugins.
pub(crate) async fn catalog(jobs: usize, files: &[PathBuf]) -> Result<Catalog, Failure> {
    let home = home();
    let installed = home.as_ref().is_some_and(|home| home.lock().exists());
    let host = host(jobs, home.as_ref(), installed || !files.is_empty())?;
    let catalog = Catalog::load(&host, home.as_ref(), files).await.map_err(Failure::wrong_use)?;
    if catalog.plugins().is_empty() {
        return Err(Failure::wrong_use(anyhow!(
            "there is no plugin: this program was built without the built-in ones; build it with \
             `cargo xtask build`, or give plugins with `--plugin`"
        )));
    }
    Ok(catalog)
}

/// The user's own configuration; a repository has no say in what it says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct UserConfig {
    /// Hosts that modules may be fetched from.
    allow_modules: Vec<String>,
}

/// `config.toml` in `PALISADE_HOME`, or in the user's folder for configurations.
fn user_config() -> Result<UserConfig, Failure> {
    let home = std::env::var_os("PALISADE_HOME").filter(|it| !it.is_empty()).map(PathBuf::from);
    let folder = home.or_else(|| Some(etcetera::choose_base_strategy().ok()?.config_dir().join("palisade")));
    let Some(path) = folder.map(|it| it.join("config.toml")) else { return Ok(UserConfig::default()) };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(UserConfig::default()),
        Err(error) => {
            let what = format!("cannot read `{}`", path.display());
            return Err(Failure::wrong_use(anyhow!(error).context(what)));
        }
    };
    toml::from_str(&text).map_err(|error| {
        Failure::wrong_use(anyhow!("`{}` is not right: {}", path.display(), error.to_string().trim()))
    })
}

/// Where modules from outside the tree come from.
pub(crate) fn modules(options: &TreeOptions) -> Result<Arc<Modules>, Failure> {
    let mut allowed = options.allow_modules.clone();
    for host in user_config()?.allow_modules {
        let host = host.parse().context("`allow-modules` in `config.toml`").map_err(Failure::wrong_use)?;
        allowed.push(host);
    }
    // A variable that is not UTF-8 is no token.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let cache = options.cache_dir.clone().or_else(|| Some(home()?.cache()));
    let settings = Settings {
        allowed,
        offline: options.offline,
        cache: cache.map(|it| it.join("modules")),
        credentials: Credentials::from_variables(variables),
        limits: palisade_modules::Limits { file: options.max_file_size << 20, ..Default::default() },
    };
    Modules::new(settings)
        .context("cannot make a folder for modules")
        .map(Arc::new)
        .map_err(Failure::incomplete)
}

/// Where the results of scans are kept; without a home there is no key that makes them ours.
pub(crate) fn cache(options: &TreeOptions) -> Option<Arc<Cache>> {
    let home = home().filter(|_| !options.no_cache)?;
    let folder = options.cache_dir.clone().unwrap_or_else(|| home.cache()).join("results");
    match home.key() {
        Ok(key) => Some(Arc::new(Cache::open(folder, &key, Cache::LIMIT))),
        Err(error) => {
            complain(&format!("warning: results are not kept: {:#}", anyhow!(error)));
            None
        }
    }
}

/// The tree, and the place in it that was asked for.
pub(crate) fn tree(options: &TreeOptions) -> Result<(Arc<dyn Snapshot>, TreePath), Failure> {
    let limits = Limits { file: options.max_file_size << 20 };
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
            "`{}` is in no Git repository, so it has no commit `{rev}`: leave out `--rev` to scan the files",
            options.path.display()
        )));
    };
    if found.root != root {
        return Err(Failure::wrong_use(anyhow!(
            "`--rev` reads the whole repository at `{}`: leave out `--root`",
            found.root.display()
        )));
    }
    let snapshot = CommitSnapshot::open(repository, rev, limits).map_err(Failure::wrong_use)?;
    Ok((Arc::new(snapshot), inside))
}

/// The tree where a change began: the commit that `base` and what is scanned have in common.
pub(crate) fn base(options: &TreeOptions, base: &str) -> Result<Arc<dyn Snapshot>, Failure> {
    let found = find_root(&options.path).map_err(Failure::wrong_use)?;
    let Some(repository) = &found.git else {
        return Err(Failure::wrong_use(anyhow!(
            "`{}` is in no Git repository, so it has no base `{base}`: compare with a saved report, `--baseline FILE`",
            options.path.display()
        )));
    };
    if let Some(root) = &options.root
        && root.canonicalize().ok().as_deref() != Some(&found.root)
    {
        return Err(Failure::wrong_use(anyhow!(
            "`--base` reads the whole repository at `{}`: leave out `--root`",
            found.root.display()
        )));
    }
    let head = options.rev.as_deref().unwrap_or("HEAD");
    let commit = merge_base(repository, base, head).map_err(Failure::wrong_use)?;
    let limits = Limits { file: options.max_file_size << 20 };
    let snapshot = CommitSnapshot::open(repository, &commit, limits).map_err(Failure::wrong_use)?;
    Ok(Arc::new(snapshot))
}

/// A path relative to a root that the user chose.
fn inside(root: &Path, path: &Path) -> Result<(PathBuf, TreePath), Failure> {
    let full = |path: &Path| {
        path.canonicalize()
            .with_context(|| format!("cannot reach `{}`", path.display()))
            .map_err(Failure::wrong_use)
    };
    let (root, path) = (full(root)?, full(path)?);
    let rest = path.strip_prefix(&root).map_err(|_| {
        let (path, root) = (path.display(), root.display());
        Failure::wrong_use(anyhow!("`{path}` is not inside of the root `{root}`"))
    })?;
    let text = rest
        .to_str()
        .ok_or_else(|| Failure::wrong_use(anyhow!("`{}` is not UTF-8: rename it", path.display())))?;
    let inside = TreePath::parse(text).map_err(Failure::wrong_use)?;
    Ok((root, inside))
}
