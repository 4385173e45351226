//! The fake as its server uses it: which requests are Git, the API or archives.

use hyper::HeaderMap;
use palisade_fake_host::{Host, Provider, Raw, Reply, Specification, basic, clock, random};

use crate::Inner;
use crate::api::Caller;
use crate::reply::not_found;

/// Where the API is on GitHub Enterprise Server.
const API: &str = "/api/v3";

/// Where archives are.
const ARCHIVES: &str = "/codeload/";

impl Provider for Inner {
    fn host(&self) -> &Host {
        &self.host
    }

    fn specification(&self) -> Option<&Specification> {
        self.gate.specification.as_ref()
    }

    fn answer(&self, request: &Raw) -> Reply {
        if let Some(rest) = request.path.strip_prefix(ARCHIVES) {
            return self.archive(rest, request);
        }
        match request.path.strip_prefix(API) {
            Some(rest) => self.call(&Raw { path: rest.to_owned(), ..request.clone() }),
            None => Reply::text(404, "Not Found"),
        }
    }

    /// `/OWNER/REPO.git`, or the same without `.git`.
    fn repository(&self, path: &str) -> Option<String> {
        let (owner, name) = path.strip_prefix('/')?.split_once('/')?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        (!name.contains('/')).then(|| format!("{owner}/{name}"))
    }

    fn git_access(&self, headers: &HeaderMap, repository: &str) -> Result<(), Reply> {
        let known = self.state().repository(repository).cloned();
        if known.as_ref().is_some_and(|one| !one.private) && !headers.contains_key("authorization") {
            return Ok(());
        }
        let token = basic(headers).filter(|(user, _)| user == "x-access-token").map(|(_, password)| password);
        let caller = token.and_then(|token| self.bearer(&token).ok());
        match (caller, known) {
            (Some(Caller::Installation(id, only)), Some(one))
                if one.installation == id && (only.is_empty() || only.contains(&one.full_name)) =>
            {
                Ok(())
            }
            (Some(_), _) => Err(Reply::text(404, "Repository not found.")),
            (None, _) => Err(Reply::text(401, "Invalid username or token.")
                .header("www-authenticate", "Basic realm=\"GitHub\"")),
        }
    }

    /// The headers of the rate limit, unless a fault set them (docs.github.com, "Rate limits for the REST API", section
    /// "Checking the status of your rate limit").
    fn complete(&self, headers: &mut HeaderMap) {
        let used = {
            let mut state = self.state();
            state.served += 1;
            state.served
        };
        let pairs = [
            ("x-ratelimit-limit", "5000".to_owned()),
            ("x-ratelimit-remaining", 5000_u64.saturating_sub(used).to_string()),
            ("x-ratelimit-used", used.to_string()),
            ("x-ratelimit-reset", (clock::seconds() + 3600).to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
            ("x-github-request-id", random(8).to_uppercase()),
        ];
        for (name, value) in pairs {
            if let Ok(value) = value.parse() {
                headers.entry(name).or_insert(value);
            }
        }
    }
}

impl Inner {
    /// Creates credentials for the address of an archive.
    pub(crate) fn ticket(&self, repository: &str, sha: &str) -> String {
        let ticket = random(20);
        self.state().tickets.insert(ticket.clone(), (repository.to_owned(), sha.to_owned()));
        ticket
    }

    /// An archive: `OWNER/REPO/legacy.tar.gz/SHA?token=TICKET`.
    fn archive(&self, path: &str, request: &Raw) -> Reply {
        let token = request.pairs().into_iter().find(|(name, _)| name == "token");
        let known = token.and_then(|(_, ticket)| self.state().tickets.get(&ticket).cloned());
        let Some((repository, sha)) = known else { return not_found() };
        if path != format!("{repository}/legacy.tar.gz/{sha}") {
            return not_found();
        }
        let prefix = format!("--prefix={}-{}/", repository.replace('/', "-"), &sha[..7]);
        match self.host.git.run(&repository, &["archive", "--format=tar.gz", &prefix, &sha]) {
            Some(bytes) => Reply::with(200, "application/x-gzip", bytes),
            None => not_found(),
        }
    }
}
