//! Fetching a repository's commit without its history.

use std::io::{self, Read, Write};
use std::sync::Arc;

use palisade_source::{CommitSnapshot, Fetch, FetchError, GitAnswer, GitWeb, Limits, PackageWriter};
use reqwest::header::CONTENT_TYPE;
use tempfile::TempDir;
use url::Url;

use crate::error::ModuleError;
use crate::web::{Ask, Bounded, Proof, Web, shown};

/// Sends the requests of gix with our own client.
struct Carrier {
    web: Arc<Web>,
    proof: Option<Proof>,
    most: u64,
}

impl GitWeb for Carrier {
    fn request(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Option<Vec<u8>>,
    ) -> io::Result<GitAnswer> {
        let url = Url::parse(url).map_err(io::Error::other)?;
        let ask = Ask { headers, body: body.as_deref(), proof: self.proof.clone() };
        let answer = self.web.send(&url, &ask).map_err(io::Error::other)?;
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        Ok(GitAnswer {
            content_type: kind.to_owned(),
            body: Box::new(Bounded::new(answer.body, self.most)) as Box<dyn Read + Send>,
        })
    }
}

/// A repository on a server.
pub(crate) struct Git {
    fetch: Fetch,
    folder: TempDir,
    url: Url,
}

fn error(url: &Url, error: &FetchError) -> ModuleError {
    ModuleError::Web { url: shown(url), why: error.to_string() }
}

impl Git {
    /// Prepares to fetch. At most `most` bytes are transferred.
    pub(crate) fn new(
        web: &Arc<Web>,
        url: &Url,
        proof: Option<Proof>,
        most: u64,
    ) -> Result<Git, ModuleError> {
        web.check(url)?;
        let folder = TempDir::new().map_err(|error| ModuleError::Cache(error.to_string()))?;
        let carrier = Carrier { web: Arc::clone(web), proof, most };
        let fetch =
            Fetch::new(folder.path(), url.as_str(), Arc::new(carrier)).map_err(|it| error(url, &it))?;
        Ok(Git { fetch, folder, url: url.clone() })
    }

    /// Returns the reference and the commit of a revision.
    pub(crate) fn find(&self, rev: Option<&str>) -> Result<(String, String), ModuleError> {
        self.fetch.find(rev).map_err(|it| error(&self.url, &it))
    }

    /// Adds the tree of the commit that was found.
    pub(crate) fn read<W: Write>(
        &self,
        found: &(String, String),
        largest: u64,
        into: &mut PackageWriter<W>,
    ) -> Result<(), ModuleError> {
        let (name, commit) = found;
        let fetched = self.fetch.fetch(name).map_err(|it| error(&self.url, &it))?;
        if fetched != *commit {
            let why = format!("`{name}` moved while it was fetched: scan again");
            return Err(ModuleError::Web { url: shown(&self.url), why });
        }
        let package = |error: &dyn std::fmt::Display| ModuleError::Package(error.to_string());
        let snapshot = CommitSnapshot::open(self.folder.path(), commit, Limits { file: largest })
            .map_err(|error| package(&error))?;
        into.commit(&snapshot).map_err(|error| package(&error))
    }
}
