//! From the source in a file to a tree.

use std::collections::HashMap;
use std::io::{self, Seek};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use palisade_source::{EntryKind, PackageLimits, PackageSnapshot, Snapshot, TreePath};
use tempfile::TempDir;
use url::Url;

use crate::archive;
use crate::cache::Cache;
use crate::error::ModuleError;
use crate::git::Git;
use crate::host::{AllowList, AllowedHost};
use crate::name;
use crate::registry::{Registry, pointer};
use crate::resolver::{Package, Resolver};
use crate::secret::Credentials;
use crate::source::{ArchiveFormat, Origin, Source};
use crate::version::Constraint;
use crate::web::{Ask, Bounded, Proof, Times, Web, shown};

/// The supported kinds of needs.
const KINDS: &[&str] = &["terraform-module"];

/// The maximum number of steps from one source to the next: a registry to an archive, a page to a repository.
const HOPS: u32 = 3;

/// Limits of size and time.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum bytes transferred for one package, and the maximum content of one.
    pub package: PackageLimits,
    /// The largest file that is read, in bytes.
    pub file: u64,
    /// The timeout of a connection attempt.
    pub connect: Duration,
    /// The timeout of a request, including the body.
    pub request: Duration,
    /// The pause before a request is retried.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            package: PackageLimits::default(),
            file: 32 << 20,
            connect: Duration::from_secs(10),
            request: Duration::from_mins(2),
            pause: Duration::from_millis(300),
        }
    }
}

/// The settings of the administrator and the user.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Hosts that may be contacted.
    pub allowed: Vec<AllowedHost>,
    /// Whether fetching is disabled.
    pub offline: bool,
    /// The folder of cached packages; without it they are deleted when the process ends.
    pub cache: Option<PathBuf>,
    /// Credentials for registries and Git servers.
    pub credentials: Credentials,
    /// Limits of size and time.
    pub limits: Limits,
}

type Slot = Arc<OnceLock<Result<Package, ModuleError>>>;

/// A package and its name in the cache.
struct Whole {
    name: String,
    key: String,
    tree: Arc<dyn Snapshot>,
}

/// Resolves needs. A source is resolved once in a scan, so that the whole scan sees the same package.
pub struct Modules {
    settings: Settings,
    allowed: Arc<AllowList>,
    cache: Cache,
    web: OnceLock<Result<Arc<Web>, ModuleError>>,
    known: Mutex<HashMap<(String, String), Slot>>,
    open: Mutex<HashMap<String, Arc<dyn Snapshot>>>,
    /// Deleted when this is dropped.
    _temporary: Option<TempDir>,
}

impl Resolver for Modules {
    fn kinds(&self) -> &'static [&'static str] {
        KINDS
    }

    fn resolve(&self, _: &str, source: &str, constraint: &str) -> Result<Package, ModuleError> {
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((source.to_owned(), constraint.to_owned())).or_default())
        };
        slot.get_or_init(|| self.find(source, constraint)).clone()
    }
}

impl Modules {
    /// Prepares; no request is sent.
    pub fn new(settings: Settings) -> io::Result<Modules> {
        let temporary = if settings.cache.is_none() { Some(TempDir::new()?) } else { None };
        let folder = settings.cache.clone().or_else(|| temporary.as_ref().map(|it| it.path().to_owned()));
        Ok(Modules {
            allowed: Arc::new(AllowList(settings.allowed.clone())),
            cache: Cache::new(folder.unwrap_or_default()),
            settings,
            web: OnceLock::new(),
            known: Mutex::default(),
            open: Mutex::default(),
            _temporary: temporary,
        })
    }

    fn find(&self, source: &str, constraint: &str) -> Result<Package, ModuleError> {
        let source = Source::parse(source)?;
        let (Whole { name, tree, .. }, inner) = self.package(&source.origin, constraint, None, HOPS)?;
        let folder = TreePath::parse(&inner)
            .and_then(|it| it.join(&source.folder))
            .map_err(|error| ModuleError::Source(error.to_string()))?;
        let folder = unglob(tree.as_ref(), &folder)?;
        match tree.stat(&folder) {
            Ok(Some(entry)) if entry.kind == EntryKind::Folder => {}
            _ => return Err(ModuleError::NoFolder(folder.to_string())),
        }
        Ok(Package { name, folder: folder.as_str().to_owned(), tree })
    }

    fn web(&self) -> Result<&Arc<Web>, ModuleError> {
        if self.settings.offline {
            return Err(ModuleError::Offline);
        }
        let Limits { connect, request, pause, .. } = self.settings.limits;
        let times = Times { connect, request, pause };
        let web = self.web.get_or_init(|| Web::new(Arc::clone(&self.allowed), times).map(Arc::new));
        web.as_ref().map_err(Clone::clone)
    }

    /// Returns the package of an origin, and the folder in it that a registry points to.
    fn package(
        &self,
        origin: &Origin,
        constraint: &str,
        proof: Option<Proof>,
        hops: u32,
    ) -> Result<(Whole, String), ModuleError> {
        let versionless = || match constraint.trim() {
            "" => Ok(()),
            version => Err(ModuleError::Version {
                version: version.to_owned(),
                why: "only modules of a registry have versions".to_owned(),
            }),
        };
        match origin {
            Origin::Registry { host, namespace, name, provider } => {
                self.of_registry(origin, host, [namespace, name, provider], constraint, hops)
            }
            Origin::Git { url, rev } => {
                versionless()?;
                self.of_git(origin, url, rev.as_deref()).map(|whole| (whole, String::new()))
            }
            Origin::Archive { url, format } => {
                versionless()?;
                self.of_archive(origin, url, *format, proof).map(|whole| (whole, String::new()))
            }
            Origin::Page { url } => {
                versionless()?;
                self.of_page(url, hops)
            }
        }
    }

    /// Returns a cached package, if there is one.
    fn kept(&self, what: &str) -> Result<Option<Arc<dyn Snapshot>>, ModuleError> {
        let open = || self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = open().get(what) {
            return Ok(Some(Arc::clone(tree)));
        }
        let limits = palisade_source::Limits { file: self.settings.limits.file };
        let Some(package) = self.cache.get(what, limits)? else { return Ok(None) };
        let tree: Arc<dyn Snapshot> = Arc::<PackageSnapshot>::new(package);
        open().insert(what.to_owned(), Arc::clone(&tree));
        Ok(Some(tree))
    }

    fn of_registry(
        &self,
        origin: &Origin,
        host: &str,
        [namespace, name, provider]: [&str; 3],
        text: &str,
        hops: u32,
    ) -> Result<(Whole, String), ModuleError> {
        let constraint = Constraint::parse(text)
            .map_err(|why| ModuleError::Version { version: text.escape_debug().to_string(), why })?;
        let module = format!("registry {host} {namespace} {name} {provider}");
        let asked = format!("{module} {}", text.trim());
        let at = |version: &str| format!("{module} @{version}");
        // The cache stores the package of a version, and the folder in it, as the meaning of the version.
        let whole = |version: &str| -> Result<Option<(Whole, String)>, ModuleError> {
            let Some(inner) = self.cache.latest(&at(version)) else { return Ok(None) };
            let tree = self.kept(&at(version))?;
            let whole = |tree| Whole { name: name::of(origin, version), key: at(version), tree };
            Ok(tree.map(|tree| (whole(tree), inner)))
        };
        if let Some(version) = constraint.exact().map(ToString::to_string)
            && let Some(found) = whole(&version)?
        {
            return Ok(found);
        }
        if self.settings.offline {
            let version = self.cache.latest(&asked).ok_or(ModuleError::Offline)?;
            return whole(&version)?.ok_or(ModuleError::Offline);
        }
        let web = self.web()?;
        let path = [namespace, name, provider];
        let registry = Registry::discover(web, &self.allowed, &self.settings.credentials, host, path)?;
        let (best, written) = registry.version(&constraint, text.trim())?;
        let best = best.to_string();
        if let Some(found) = whole(&best)? {
            self.cache.note(&asked, &best)?;
            return Ok(found);
        }
        let (base, pointed) = registry.download(&written)?;
        let pointed = Self::pointed(&base, &pointed)?;
        let proof = match &pointed.origin {
            Origin::Archive { url, .. } => registry.proof_for(url),
            _ => None,
        };
        let left = hops.checked_sub(1).ok_or_else(|| too_many(&base))?;
        let (whole_of, inner) = self.package(&pointed.origin, "", proof, left)?;
        let folder = TreePath::parse(&inner).and_then(|it| it.join(&pointed.folder));
        let folder = folder.map_err(|error| ModuleError::Source(error.to_string()))?;
        let folder = unglob(whole_of.tree.as_ref(), &folder)?.as_str().to_owned();
        self.cache.alias(&at(&best), &whole_of.key)?;
        self.cache.note(&at(&best), &folder)?;
        self.cache.note(&asked, &best)?;
        whole(&best)?.ok_or_else(gone)
    }

    /// The source that a registry or a page points to; it may be relative to its own URL.
    fn pointed(base: &Url, text: &str) -> Result<Source, ModuleError> {
        let relative = ["/", "./", "../"].iter().any(|start| text.starts_with(start));
        if relative {
            // `//folder` stays unchanged, since a URL may contain it.
            let full = base.join(text).map_err(|error| ModuleError::Source(error.to_string()))?;
            return Source::parse(full.as_str());
        }
        match Source::parse(text)? {
            Source { origin: Origin::Registry { .. }, .. } => {
                Err(ModuleError::Source(format!("`{}` points to another registry's module", shown(base))))
            }
            source => Ok(source),
        }
    }

    fn of_git(&self, origin: &Origin, url: &Url, rev: Option<&str>) -> Result<Whole, ModuleError> {
        let asked = format!("git {url} {}", rev.unwrap_or("HEAD"));
        let at = |commit: &str| format!("git {url} @{commit}");
        let named = |commit: &str, tree| Whole { name: name::of(origin, commit), key: at(commit), tree };
        if let Some(commit) = rev.filter(|it| it.len() == 40 && it.bytes().all(|it| it.is_ascii_hexdigit())) {
            let commit = commit.to_ascii_lowercase();
            if let Some(tree) = self.kept(&at(&commit))? {
                return Ok(named(&commit, tree));
            }
        }
        if self.settings.offline {
            let commit = self.cache.latest(&asked).ok_or(ModuleError::Offline)?;
            return Ok(named(&commit, self.kept(&at(&commit))?.ok_or(ModuleError::Offline)?));
        }
        let limits = self.settings.limits;
        let proof = url.host_str().and_then(|host| self.settings.credentials.git(host));
        let proof = proof.map(|(user, token)| Proof::Basic(user, token));
        let git = Git::new(self.web()?, url, proof, limits.package.bytes)?;
        let found = git.find(rev)?;
        let commit = found.1.clone();
        if self.kept(&at(&commit))?.is_none() {
            self.cache
                .put(&at(&commit), limits.package, |writer| git.read(&found, limits.package.bytes, writer))?;
        }
        self.cache.note(&asked, &commit)?;
        Ok(named(&commit, self.kept(&at(&commit))?.ok_or_else(gone)?))
    }

    /// An archive has no version: it is fetched once for each scan; the cached copy is for scans that are offline.
    fn of_archive(
        &self,
        origin: &Origin,
        url: &Url,
        format: ArchiveFormat,
        proof: Option<Proof>,
    ) -> Result<Whole, ModuleError> {
        let what = format!("archive {url}");
        if !self.settings.offline {
            let answer = self.web()?.send(url, &Ask { proof, ..Ask::default() })?;
            let most = self.settings.limits.package.bytes;
            let mut file = tempfile::tempfile().map_err(|error| ModuleError::Cache(error.to_string()))?;
            let wrong =
                |error: io::Error| ModuleError::Web { url: shown(&answer.url), why: error.to_string() };
            io::copy(&mut Bounded::new(answer.body, most), &mut file).map_err(wrong)?;
            file.rewind().map_err(wrong)?;
            self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&what);
            // Headers and padding of an archive add to the size of its content.
            let bound = most.saturating_add(most / 4).saturating_add(1 << 20);
            self.cache.put(&what, self.settings.limits.package, |writer| {
                archive::read(&mut file, format, bound, writer)
            })?;
        }
        let tree = self.kept(&what)?.ok_or(ModuleError::Offline)?;
        Ok(Whole { name: name::of(origin, ""), key: what, tree })
    }

    /// A page whose header contains the source of the module.
    fn of_page(&self, url: &Url, hops: u32) -> Result<(Whole, String), ModuleError> {
        let what = format!("page {url}");
        let (base, text) = if self.settings.offline {
            (url.clone(), self.cache.latest(&what).ok_or(ModuleError::Offline)?)
        } else {
            let mut asked = url.clone();
            asked.query_pairs_mut().append_pair("terraform-get", "1");
            let answer = self.web()?.send(&asked, &Ask::default())?;
            let text = pointer(&answer).ok_or_else(|| ModuleError::Web {
                url: shown(url),
                why: "it is neither an archive nor a page with the header `X-Terraform-Get`: end it with `.zip` or `.tar.gz`, \
                      or begin it with `git::`"
                    .to_owned(),
            })?;
            self.cache.note(&what, &text)?;
            (answer.url, text)
        };
        let pointed = Self::pointed(&base, &text)?;
        let left = hops.checked_sub(1).ok_or_else(|| too_many(&base))?;
        let (whole, inner) = self.package(&pointed.origin, "", None, left)?;
        let folder = TreePath::parse(&inner).and_then(|it| it.join(&pointed.folder));
        let folder = folder.map_err(|error| ModuleError::Source(error.to_string()))?;
        Ok((whole, folder.as_str().to_owned()))
    }
}

fn gone() -> ModuleError {
    ModuleError::Cache("an entry that was just written no longer exists".to_owned())
}

fn too_many(url: &Url) -> ModuleError {
    ModuleError::Web { url: shown(url), why: "too many pages that point to another source".to_owned() }
}

/// Archives of repositories have everything in one folder with an unpredictable name, which registries write as `*`.
fn unglob(tree: &dyn Snapshot, folder: &TreePath) -> Result<TreePath, ModuleError> {
    if folder.components().all(|name| name != "*") {
        return Ok(folder.clone());
    }
    let missing = || ModuleError::NoFolder(folder.to_string());
    let mut at = TreePath::root();
    for name in folder.components() {
        if name != "*" {
            at = at.join(name).map_err(|_| missing())?;
            continue;
        }
        let entries = tree.list(&at).map_err(|_| missing())?;
        let mut folders = entries.iter().filter(|it| it.kind == EntryKind::Folder);
        let (Some(only), None) = (folders.next(), folders.next()) else { return Err(missing()) };
        at = at.join(&only.name).map_err(|_| missing())?;
    }
    Ok(at)
}
