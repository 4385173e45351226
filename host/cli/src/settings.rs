//! Settings of a scan that have several sources, and the source of each value: options, the repository's
//! `palisade.toml`, the user's `config.toml`, environment variables, defaults. Used by scans and by `config show`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use etcetera::BaseStrategy as _;
use palisade_catalog::Home;
use palisade_domain::Severity;
use palisade_modules::{AllowedHost, CredentialVariable, Credentials, Modules, Resolvers};
use palisade_report::clean;
use palisade_scan::{Assignment, Cache, RepositoryConfig, TomlParameters, toml_parameters};
use palisade_source::{Snapshot, TreePath};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::args::{Threshold, TreeOptions};
use crate::failure::Failure;
use crate::notice::complain;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// The default.
    Default,
    /// An option or an argument.
    Option { name: String },
    /// An environment variable.
    Variable { name: String },
    /// A file, and the line if it is known.
    File { path: String, line: Option<u32> },
}

/// A value with its origin.
#[derive(Clone, Debug)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

impl<T> Sourced<T> {
    pub(crate) fn default(value: T) -> Sourced<T> {
        Sourced { value, origin: Origin::Default }
    }

    pub(crate) fn option(value: T, name: &str) -> Sourced<T> {
        Sourced { value, origin: Origin::Option { name: name.to_owned() } }
    }

    pub(crate) fn variable(value: T, name: &str) -> Sourced<T> {
        Sourced { value, origin: Origin::Variable { name: name.to_owned() } }
    }

    pub(crate) fn file(value: T, path: &str, line: u32) -> Sourced<T> {
        Sourced { value, origin: Origin::File { path: path.to_owned(), line: Some(line) } }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|it| !it.is_empty())
}

/// The folders of this installation; none without a home folder.
pub(crate) fn home() -> Option<Sourced<Home>> {
    if let Some(home) = variable("PALISADE_HOME") {
        let home = PathBuf::from(home);
        return Some(Sourced::variable(Home::new(home.clone(), home.join("cache")), "PALISADE_HOME"));
    }
    let folders = etcetera::choose_base_strategy().ok()?;
    let home = Home::new(folders.data_dir().join("palisade"), folders.cache_dir().join("palisade"));
    Some(Sourced::default(home))
}

/// The number of parallel calls.
pub(crate) fn jobs(asked: Option<u16>) -> Sourced<usize> {
    match asked {
        Some(asked) => Sourced::option(usize::from(asked), "--jobs"),
        None => Sourced::default(std::thread::available_parallelism().map_or(1, NonZeroUsize::get)),
    }
}

/// The content of the user's `config.toml`, which a repository cannot change.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct UserFile {
    /// Hosts that modules may be fetched from.
    allow_modules: Vec<Spanned<String>>,
    /// Parameters of controls.
    parameters: TomlParameters,
}

/// The user's configuration, parsed.
#[derive(Debug, Default)]
pub(crate) struct UserConfig {
    /// Path of the file, whether or not it exists.
    pub(crate) path: Option<PathBuf>,
    /// Whether the file exists.
    pub(crate) found: bool,
    /// Hosts that modules may be fetched from.
    pub(crate) allow_modules: Vec<Sourced<AllowedHost>>,
    /// Parameters of controls.
    pub(crate) parameters: Vec<Assignment>,
}

impl UserConfig {
    /// Reads `config.toml` in `PALISADE_HOME`, or in the user's configuration folder.
    pub(crate) fn read() -> Result<UserConfig, Failure> {
        let folder = variable("PALISADE_HOME").map(PathBuf::from);
        let folder =
            folder.or_else(|| Some(etcetera::choose_base_strategy().ok()?.config_dir().join("palisade")));
        let Some(path) = folder.map(|it| it.join("config.toml")) else { return Ok(UserConfig::default()) };
        match std::fs::read_to_string(&path) {
            Ok(text) => UserConfig::parse(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(UserConfig { path: Some(path), ..UserConfig::default() })
            }
            Err(error) => {
                let what = format!("cannot read `{}`", path.display());
                Err(Failure::wrong_use(anyhow!(error).context(what)))
            }
        }
    }

    fn parse(path: PathBuf, text: &str) -> Result<UserConfig, Failure> {
        let name = path.display().to_string();
        let file: UserFile = toml::from_str(text).map_err(|error| {
            Failure::wrong_use(anyhow!("`{name}` is invalid: {}", error.to_string().trim()))
        })?;
        let mut allow_modules = Vec::new();
        for host in file.allow_modules {
            let line = palisade_scan::line_of(text, host.span().start);
            let allowed = host
                .get_ref()
                .parse()
                .with_context(|| format!("`allow-modules` in `config.toml`, line {line}"))
                .map_err(Failure::wrong_use)?;
            allow_modules.push(Sourced::file(allowed, &name, line));
        }
        let parameters = toml_parameters(file.parameters, text, &name)
            .map_err(|why| Failure::wrong_use(anyhow!("`{name}` is invalid: {why}")))?;
        Ok(UserConfig { path: Some(path), found: true, allow_modules, parameters })
    }
}

/// Environment variables with credentials. Their values are not read.
pub(crate) fn credentials() -> Vec<CredentialVariable> {
    let names = std::env::vars_os().filter(|(_, value)| !value.is_empty());
    let mut all: Vec<CredentialVariable> =
        names.filter_map(|(name, _)| CredentialVariable::of(name.to_str()?)).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// The settings of a scan of a tree.
pub(crate) struct Settings {
    pub(crate) home: Option<Sourced<Home>>,
    pub(crate) user: UserConfig,
    pub(crate) repository: RepositoryConfig,
    pub(crate) fail_on: Sourced<Option<Severity>>,
    pub(crate) strict: Sourced<bool>,
    pub(crate) jobs: Sourced<usize>,
    /// Hosts that modules may be fetched from.
    pub(crate) allow_modules: Vec<Sourced<AllowedHost>>,
    /// Folder of data that can be made again.
    pub(crate) cache: Option<Sourced<PathBuf>>,
}

/// The repository's configuration: that of the base, if there is one, since a change must not weaken its own gate.
fn repository(
    options: &TreeOptions,
    snapshot: &dyn Snapshot,
    base: Option<&dyn Snapshot>,
    path: &TreePath,
) -> Result<RepositoryConfig, Failure> {
    let Some(file) = &options.config else {
        let own = RepositoryConfig::find(snapshot, path).map_err(Failure::wrong_use)?;
        let Some(base) = base else { return Ok(own) };
        let before = RepositoryConfig::find(base, path).context("in the base").map_err(Failure::wrong_use)?;
        let changed = before.differences(&own);
        if !changed.is_empty() {
            complain(&clean(&format!(
                "note: the settings of the base apply; the change modifies in `palisade.toml`: {}",
                changed.join(", ")
            )));
        }
        return Ok(before);
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read `{name}`"))
        .map_err(Failure::wrong_use)?;
    RepositoryConfig::parse(&text, &name, "").map_err(Failure::wrong_use)
}

impl Settings {
    /// Resolves each setting from its sources.
    pub(crate) fn resolve(
        options: &TreeOptions,
        fail_on: Option<Threshold>,
        snapshot: &dyn Snapshot,
        base: Option<&dyn Snapshot>,
        path: &TreePath,
    ) -> Result<Settings, Failure> {
        let repository = repository(options, snapshot, base, path)?;
        let home = home();
        let user = UserConfig::read()?;
        let option = options.allow_modules.iter().cloned().map(|it| Sourced::option(it, "--allow-modules"));
        let own = user.allow_modules.iter().cloned();
        let cache = match &options.cache_dir {
            Some(folder) => Some(Sourced::option(folder.clone(), "--cache-dir")),
            None => home.clone().map(|home| home.map(|it| it.cache())),
        };
        Ok(Settings {
            fail_on: threshold(fail_on, &repository),
            strict: strict(options.strict, &repository, base.is_some()),
            jobs: jobs(options.jobs),
            allow_modules: option.chain(own).collect(),
            cache,
            home,
            user,
            repository,
        })
    }

    /// The cache of scan results; none without a home, which has the key that authenticates them.
    pub(crate) fn results(&self, options: &TreeOptions) -> Option<Arc<Cache>> {
        let home = self.home.as_ref().filter(|_| !options.no_cache)?;
        let folder = self.cache.as_ref()?.value.join("results");
        // A scan needs no installation; `palisade doctor` reports what is wrong with it.
        let key = home.value.key().ok()?;
        Some(Arc::new(Cache::open(folder, &key, Cache::LIMIT)))
    }

    /// Resolvers of needs from outside the tree.
    pub(crate) fn resolvers(&self, options: &TreeOptions) -> Result<Resolvers, Failure> {
        let settings = palisade_modules::Settings {
            allowed: self.allow_modules.iter().map(|it| it.value.clone()).collect(),
            offline: options.offline,
            cache: self.cache.as_ref().map(|it| it.value.join("modules")),
            credentials: module_credentials(),
            limits: palisade_modules::Limits { file: options.max_file_size << 20, ..Default::default() },
        };
        let modules = Modules::new(settings)
            .context("cannot create a folder for modules")
            .map_err(Failure::incomplete)?;
        Ok(Resolvers::default().with(Arc::new(modules)))
    }
}

/// Tokens of registries and Git hosts in the environment.
pub(crate) fn module_credentials() -> Credentials {
    // A variable that is not UTF-8 is not a token.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Credentials::from_variables(variables)
}

/// The threshold: the stricter one of the caller and the repository.
fn threshold(asked: Option<Threshold>, repository: &RepositoryConfig) -> Sourced<Option<Severity>> {
    let caller = match asked {
        Some(threshold) => Sourced::option(threshold.severity(), "--fail-on"),
        None => Sourced::default(Some(Severity::High)),
    };
    match repository.fail_on {
        Some(own) if caller.value.is_none_or(|it| own.value < it) => {
            Sourced::file(Some(own.value), &repository.path, own.line)
        }
        _ => caller,
    }
}

/// Whether everything must be judged; by default with a base only.
fn strict(asked: Option<bool>, repository: &RepositoryConfig, base: bool) -> Sourced<bool> {
    match (asked, repository.strict) {
        (Some(true), _) => Sourced::option(true, "--strict"),
        (_, Some(own)) if own.value => Sourced::file(true, &repository.path, own.line),
        (Some(false), _) => Sourced::option(false, "--strict"),
        (None, Some(own)) if !base => Sourced::file(own.value, &repository.path, own.line),
        (None, _) => Sourced::default(base),
    }
}

/// A path as text.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}
