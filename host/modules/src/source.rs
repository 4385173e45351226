//! Parses `source = "…"` in all forms that Terraform supports.
//! <https://developer.hashicorp.com/terraform/language/modules/sources>

use url::Url;

use crate::error::ModuleError;

/// The registry of sources that do not name one.
const PUBLIC: &str = "registry.terraform.io";

/// Hosts of repositories, which are not registries.
const REPOSITORIES: [&str; 2] = ["github.com", "bitbucket.org"];

/// The origin of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A module of a registry.
    Registry { host: String, namespace: String, name: String, provider: String },
    /// A Git repository over HTTP, at a revision or at the server's default branch.
    Git { url: Url, rev: Option<String> },
    /// An archive.
    Archive { url: Url, format: ArchiveFormat },
    /// A page with a header that contains the source of the module.
    Page { url: Url },
}

/// The format of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArchiveFormat {
    Zip,
    Tar,
    TarGz,
}

/// A package and the folder in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) origin: Origin,
    /// Without `/` at its ends; empty for the whole package.
    pub(crate) folder: String,
}

/// Archive file name extensions. Longer ones first.
const ENDINGS: [(&str, Option<ArchiveFormat>); 9] = [
    ("tar.gz", Some(ArchiveFormat::TarGz)),
    ("tgz", Some(ArchiveFormat::TarGz)),
    ("tar.bz2", None),
    ("tbz2", None),
    ("tar.xz", None),
    ("txz", None),
    ("tar.zst", None),
    ("tar", Some(ArchiveFormat::Tar)),
    ("zip", Some(ArchiveFormat::Zip)),
];

/// Splits `//folder` from a source; it may be in front of a query. The `//` after a scheme is not a separator.
fn split_folder(text: &str) -> (String, String) {
    let start = text.find("://").map_or(0, |at| at + 3);
    let (path, query) = match text.find('?') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let Some(at) = path.get(start..).and_then(|rest| rest.find("//")).map(|at| at + start) else {
        return (text.to_owned(), String::new());
    };
    let (package, folder) = path.split_at(at);
    (format!("{package}{query}"), folder.trim_matches('/').to_owned())
}

/// Whether registries accept a name.
fn is_name(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    !text.is_empty() && text.len() <= 64 && text.chars().all(inner) && !text.starts_with(['-', '_'])
}

fn is_host(text: &str) -> bool {
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    (name.contains('.') || name == "localhost" || text.contains(':')) && !text.contains(['@', '?'])
}

fn registry(text: &str) -> Option<Origin> {
    let parts: Vec<&str> = text.split('/').collect();
    let (host, parts) = match parts[..] {
        [_, _, _] => (PUBLIC, parts),
        [host, ref rest @ ..] if rest.len() == 3 && is_host(host) => (host, rest.to_vec()),
        _ => return None,
    };
    let [namespace, name, provider] = parts[..] else { return None };
    let fits = [namespace, name, provider].into_iter().all(is_name) && !REPOSITORIES.contains(&host);
    fits.then(|| Origin::Registry {
        host: host.to_ascii_lowercase(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        provider: provider.to_owned(),
    })
}

fn url(text: &str) -> Result<Url, ModuleError> {
    let mut url = Url::parse(text)
        .map_err(|error| ModuleError::Source(format!("invalid URL `{}`: {error}", without_secrets(text))))?;
    if url.password().is_some() {
        let what = "it contains a password: remove it, and set `PALISADE_GIT_TOKEN_HOST` or `TF_TOKEN_HOST`";
        return Err(ModuleError::Source(what.to_owned()));
    }
    url.set_fragment(None);
    Ok(url)
}

/// The printable parts of a text that may be a URL.
fn without_secrets(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{}", rest.escape_debug()),
        None => text.escape_debug().to_string(),
    }
}

/// Removes our parameters from a URL's query.
fn take(url: &mut Url, names: &[&str]) -> Vec<Option<String>> {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let value = |name: &&str| pairs.iter().find(|(it, _)| it == name).map(|(_, value)| value.clone());
    let taken = names.iter().map(value).collect();
    let rest: Vec<_> = pairs.iter().filter(|(name, _)| !names.contains(&name.as_str())).collect();
    if rest.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(rest);
    }
    taken
}

fn git(text: &str) -> Result<Origin, ModuleError> {
    let by_ssh = "SSH repositories are not supported";
    let is_path = !text.contains("://") && text.contains('@') && text.contains(':');
    if is_path || text.starts_with("ssh://") {
        return Err(ModuleError::Unsupported(by_ssh.to_owned()));
    }
    let mut url = url(text)?;
    if !matches!(url.scheme(), "https" | "http") {
        let what = format!("`{}` repositories are not supported", url.scheme());
        return Err(ModuleError::Unsupported(what));
    }
    // The depth of the history does not change the content of a commit.
    let mut taken = take(&mut url, &["ref", "depth", "sshkey"]).into_iter();
    let rev = taken.next().flatten().filter(|it| !it.is_empty());
    if rev
        .as_ref()
        .is_some_and(|it| it.starts_with('-') || it.len() > 256 || it.chars().any(char::is_control))
    {
        return Err(ModuleError::Source("invalid `ref`: expected a branch, tag or commit id".to_owned()));
    }
    Ok(Origin::Git { url, rev })
}

/// Expands `github.com/owner/name` and similar forms to a URL.
fn shorthand(text: &str) -> Option<String> {
    let (path, query) =
        text.split_once('?').map_or((text, String::new()), |(path, query)| (path, format!("?{query}")));
    let mut parts = path.split('/');
    let host = parts.next().filter(|host| REPOSITORIES.contains(host))?;
    let (owner, name) = (parts.next()?, parts.next().filter(|it| !it.is_empty())?);
    let name = name.strip_suffix(".git").unwrap_or(name);
    let rest: Vec<&str> = parts.collect();
    let separator = if rest.is_empty() { "" } else { "/" };
    Some(format!("https://{host}/{owner}/{name}.git{separator}{}{query}", rest.join("/")))
}

fn web(text: &str) -> Result<Origin, ModuleError> {
    let mut url = url(text)?;
    let asked = take(&mut url, &["archive", "checksum"]);
    let [asked, checksum] = &asked[..] else {
        return Err(ModuleError::Source("it has no parameters".to_owned()));
    };
    if checksum.is_some() {
        return Err(ModuleError::Unsupported("archives with a `checksum` are not supported".to_owned()));
    }
    let path = url.path().to_ascii_lowercase();
    let ending = match asked.as_deref() {
        Some("false") => None,
        Some(name) => Some(ENDINGS.iter().find(|(ending, _)| *ending == name).ok_or_else(|| {
            ModuleError::Source(format!("unsupported archive format `archive={}`", name.escape_debug()))
        })?),
        None => ENDINGS.iter().find(|(ending, _)| path.ends_with(&format!(".{ending}"))),
    };
    match ending {
        None => Ok(Origin::Page { url }),
        Some((_, Some(format))) => Ok(Origin::Archive { url, format: *format }),
        Some((ending, None)) => {
            Err(ModuleError::Unsupported(format!("`.{ending}` archives are not supported")))
        }
    }
}

impl Source {
    /// Parses a source as written in a file.
    pub(crate) fn parse(text: &str) -> Result<Source, ModuleError> {
        let text = text.trim();
        let (package, folder) = split_folder(text);
        if folder.split('/').any(|name| name == "..") {
            return Err(ModuleError::Source("the path after `//` leads out of the package".to_owned()));
        }
        if package.starts_with("./") || package.starts_with("../") || package.starts_with('/') {
            return Err(ModuleError::Source("a path is not fetched: it must be in the tree".to_owned()));
        }
        let origin = match package.split_once("::") {
            Some(("git", rest)) => git(&shorthand(rest).unwrap_or_else(|| rest.to_owned()))?,
            Some(("http" | "https", rest)) => web(rest)?,
            Some((getter, _)) => {
                return Err(ModuleError::Unsupported(format!(
                    "`{}::` sources are not supported",
                    getter.escape_debug()
                )));
            }
            None => Source::detect(&package)?,
        };
        Ok(Source { origin, folder })
    }

    fn detect(package: &str) -> Result<Origin, ModuleError> {
        if let Some(registry) = registry(package) {
            return Ok(registry);
        }
        if let Some(url) = shorthand(package) {
            return git(&url);
        }
        if package.starts_with("https://") || package.starts_with("http://") {
            return web(package);
        }
        if package.contains('@') && package.contains(':') {
            return git(package);
        }
        let storage = |part: &str| part.contains("amazonaws.com") || part.contains("googleapis.com");
        if package.split('/').next().is_some_and(storage) {
            return Err(ModuleError::Unsupported("buckets are not supported".to_owned()));
        }
        Err(ModuleError::Source(format!(
            "`{}`: expected a path (`./modules/x`), a registry's module (`namespace/name/provider`) or a URL",
            without_secrets(package)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let source = match Source::parse(text) {
            Ok(source) => source,
            Err(error) => return format!("no: {error}"),
        };
        let origin = match source.origin {
            Origin::Registry { host, namespace, name, provider } => {
                format!("registry {host} {namespace} {name} {provider}")
            }
            Origin::Git { url, rev } => format!("git {url} {}", rev.as_deref().unwrap_or("-")),
            Origin::Archive { url, format } => format!("{format:?} {url}"),
            Origin::Page { url } => format!("page {url}"),
        };
        if source.folder.is_empty() { origin } else { format!("{origin} // {}", source.folder) }
    }

    #[test]
    fn every_form_is_understood() {
        for (text, expected) in [
            ("hashicorp/consul/aws", "registry registry.terraform.io hashicorp consul aws"),
            (
                "hashicorp/consul/aws//modules/x",
                "registry registry.terraform.io hashicorp consul aws // modules/x",
            ),
            ("app.terraform.io/org/vpc/aws", "registry app.terraform.io org vpc aws"),
            ("localhost:8080/org/vpc/aws//a", "registry localhost:8080 org vpc aws // a"),
            ("github.com/hashicorp/example", "git https://github.com/hashicorp/example.git -"),
            ("github.com/o/r//sub?ref=v1.2", "git https://github.com/o/r.git v1.2 // sub"),
            ("github.com/o/r.git?ref=a%2Fb", "git https://github.com/o/r.git a/b"),
            ("bitbucket.org/o/r", "git https://bitbucket.org/o/r.git -"),
            ("git::https://example.com/vpc.git", "git https://example.com/vpc.git -"),
            (
                "git::https://example.com/vpc.git//m/x?ref=v1&depth=1",
                "git https://example.com/vpc.git v1 // m/x",
            ),
            ("git::https://example.com/v?ref=v1&x=y", "git https://example.com/v?x=y v1"),
            ("git::github.com/o/r?ref=v1", "git https://github.com/o/r.git v1"),
            ("https://example.com/vpc.zip", "Zip https://example.com/vpc.zip"),
            ("https://example.com/vpc.tar.gz//inner/x", "TarGz https://example.com/vpc.tar.gz // inner/x"),
            ("https://example.com/vpc.tgz?token=1", "TarGz https://example.com/vpc.tgz?token=1"),
            ("https://example.com/vpc?archive=tar", "Tar https://example.com/vpc"),
            (
                "https://example.com/vpc?archive=zip//x",
                "no: invalid source: unsupported archive format `archive=zip//x`",
            ),
            ("https::https://example.com/vpc.zip", "Zip https://example.com/vpc.zip"),
            ("https://example.com/vpc", "page https://example.com/vpc"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_fetched_says_so_and_shows_no_secret() {
        for (text, words) in [
            ("./x", "a path is not fetched"),
            (
                "git::ssh://git@example.com/vpc.git",
                "SSH repositories are not supported: run `terraform init`",
            ),
            ("git@github.com:o/r.git", "SSH repositories are not supported"),
            ("git::git@github.com:o/r.git//x?ref=v1", "SSH repositories are not supported"),
            ("git::file:///etc", "`file` repositories are not supported"),
            ("hg::http://example.com/vpc.hg", "`hg::` sources are not supported"),
            ("s3::https://s3.amazonaws.com/b/vpc.zip", "`s3::` sources"),
            ("gcs::https://www.googleapis.com/storage/v1/m/f.zip", "`gcs::` sources"),
            ("bucket.s3.amazonaws.com/vpc.zip", "buckets are not supported"),
            ("https://example.com/vpc.tar.xz", "`.tar.xz` archives are not supported"),
            ("https://example.com/v.zip?checksum=md5:1", "`checksum`"),
            ("https://me:s3cret@example.com/v.zip", "contains a password"),
            ("git::https://me:s3cret@example.com/v.git", "contains a password"),
            ("git::https://me:s3cret@exa mple.com/v.git", "…@exa mple.com"),
            ("github.com/a/b/aws/..//../x", "leads out of the package"),
            ("a/b", "expected a path"),
            ("git::https://example.com/v?ref=--upload-pack", "invalid `ref`"),
        ] {
            let shown = shown(text);
            assert!(shown.starts_with("no: ") && shown.contains(words), "{text}: {shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
}
