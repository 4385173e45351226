//! The fake as its server uses it: which requests are Git and which the API.

use hyper::HeaderMap;
use palisade_fake_host::{Host, Provider, Raw, Reply, Specification, basic, clock, random};

use crate::Inner;

impl Provider for Inner {
    fn host(&self) -> &Host {
        &self.host
    }

    fn specification(&self) -> Option<&Specification> {
        self.gate.specification.as_ref()
    }

    /// The API; every other page is one of the web interface, which redirects to the page for signing in.
    fn answer(&self, request: &Raw) -> Reply {
        if request.path.starts_with("/api/v4/") {
            return self.call(request);
        }
        Reply::empty(302).header("location", format!("{}/users/sign_in", self.url))
    }

    /// `/GROUP/PROJECT.git`, with any number of groups.
    fn repository(&self, path: &str) -> Option<String> {
        let name = path.strip_prefix('/')?.strip_suffix(".git")?;
        Some(self.state().project(name).map_or_else(|| name.to_owned(), |one| one.full_path.clone()))
    }

    /// The password is a token; the user can be any name that is not empty (docs.gitlab.com, "Personal access tokens",
    /// section "Clone repository using personal access token").
    fn git_access(&self, headers: &HeaderMap, repository: &str) -> Result<(), Reply> {
        let refused = || {
            Reply::text(401, "HTTP Basic: Access denied.")
                .header("www-authenticate", "Basic realm=\"GitLab\"")
        };
        let reader = match basic(headers) {
            Some((user, token)) if !user.is_empty() => Some(self.reader(&token).ok_or_else(refused)?),
            Some(_) => return Err(refused()),
            None => None,
        };
        let state = self.state();
        let found = state.project(repository);
        match (found, reader) {
            (Some(one), _) if !one.private => Ok(()),
            (_, None) => Err(refused()),
            (Some(one), Some(user)) if state.role(user, one) > 0 => Ok(()),
            _ => Err(Reply::text(
                404,
                "The project you were looking for could not be found or you don't have permission to view it.",
            )),
        }
    }

    /// The headers of the rate limit, unless a fault set them (docs.gitlab.com, "User and IP rate limits", section
    /// "Response headers").
    fn complete(&self, headers: &mut HeaderMap) {
        let used = {
            let mut state = self.state();
            state.served += 1;
            state.served
        };
        let pairs = [
            ("ratelimit-limit", "2000".to_owned()),
            ("ratelimit-name", "throttle_authenticated_api".to_owned()),
            ("ratelimit-observed", used.to_string()),
            ("ratelimit-remaining", 2000_u64.saturating_sub(used).to_string()),
            ("ratelimit-reset", (clock::seconds() + 60).to_string()),
            ("x-request-id", random(13).to_uppercase()),
        ];
        for (name, value) in pairs {
            if let Ok(value) = value.parse() {
                headers.entry(name).or_insert(value);
            }
        }
    }
}
