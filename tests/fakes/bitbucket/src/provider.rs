//! The fake as its server uses it: which requests are Git, the API or archives.

use hyper::HeaderMap;
use palisade_fake_host::{Host, Provider, Raw, Reply, Specification, random};

use crate::Inner;
use crate::access::{Purpose, REPOSITORY};
use crate::reply::not_found;

/// Where the API is.
const API: &str = "/2.0";

impl Provider for Inner {
    fn host(&self) -> &Host {
        &self.host
    }

    fn specification(&self) -> Option<&Specification> {
        self.gate.specification.as_ref()
    }

    fn answer(&self, request: &Raw) -> Reply {
        if let Some(rest) = request.path.strip_prefix(API).filter(|rest| rest.starts_with('/')) {
            return self.call(&Raw { path: rest.to_owned(), ..request.clone() });
        }
        self.archive(request).unwrap_or_else(|| Reply::text(404, "Not Found"))
    }

    /// `/WORKSPACE/REPO.git`, or the same without `.git`.
    fn repository(&self, path: &str) -> Option<String> {
        let (workspace, name) = path.strip_prefix('/')?.split_once('/')?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        (!name.contains('/')).then(|| format!("{workspace}/{name}"))
    }

    fn git_access(&self, headers: &HeaderMap, repository: &str) -> Result<(), Reply> {
        let known = self.state().repository(repository).cloned();
        if known.as_ref().is_some_and(|one| !one.private) && !headers.contains_key("authorization") {
            return Ok(());
        }
        let caller = self.caller(headers, Purpose::Git).map_err(|_| {
            Reply::text(401, "Invalid credentials")
                .header("www-authenticate", "Basic realm=\"Bitbucket.org HTTP\"")
        })?;
        if caller.lacks(&[REPOSITORY]).is_some() {
            return Err(Reply::text(403, "Your credentials lack one or more required privilege scopes."));
        }
        match self.state().role(&caller.nickname, repository) {
            Some(_) => Ok(()),
            None => Err(Reply::text(404, "Repository not found")),
        }
    }

    fn complete(&self, headers: &mut HeaderMap) {
        if let Ok(id) = random(8).parse() {
            headers.entry("x-request-id").or_insert(id);
        }
    }
}

impl Inner {
    /// An archive: `/WORKSPACE/REPO/get/REVISION.tar.gz` (support.atlassian.com, "Download a repository archive using
    /// an API token"), with the credentials of Git. `None` if the path is another one.
    fn archive(&self, request: &Raw) -> Option<Reply> {
        let (repository, rest) = request.path.strip_prefix('/')?.split_once("/get/")?;
        let revision = rest.strip_suffix(".tar.gz").filter(|_| request.method == "GET")?;
        let revision = percent_encoding::percent_decode_str(revision).decode_utf8().ok()?;
        if let Err(refusal) = self.git_access(&request.headers, repository) {
            return Some(refusal);
        }
        let sha = self.host.git.resolve(repository, &revision);
        let Some(sha) = sha else { return Some(not_found("Revision")) };
        let prefix = format!("--prefix={}-{}/", repository.replace('/', "-"), &sha[..12]);
        let bytes = self.host.git.run(repository, &["archive", "--format=tar.gz", &prefix, &sha]);
        Some(
            bytes
                .map_or_else(|| not_found("Revision"), |bytes| Reply::with(200, "application/x-gzip", bytes)),
        )
    }
}
