//! The fake as its server uses it: which requests are Git, and the rest is the API.

use hyper::HeaderMap;
use palisade_fake_host::{Host, Provider, Raw, Reply, Specification, basic, guid};
use percent_encoding::percent_decode_str;

use crate::Inner;

impl Provider for Inner {
    fn host(&self) -> &Host {
        &self.host
    }

    fn specification(&self) -> Option<&Specification> {
        self.gate.specification.as_ref()
    }

    fn answer(&self, request: &Raw) -> Reply {
        self.call(request)
    }

    /// `/ORGANIZATION/PROJECT/_git/REPOSITORY`, or without the project if both have one name.
    fn repository(&self, path: &str) -> Option<String> {
        let decoded =
            |part: &str| percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
        let parts: Vec<String> = path.strip_prefix('/')?.split('/').map(decoded).collect::<Option<_>>()?;
        let (organization, project, name) = match &parts[..] {
            [organization, project, git, name] if git == "_git" => (organization, project, name),
            [organization, git, name] if git == "_git" => (organization, name, name),
            _ => return None,
        };
        let state = self.state();
        let known = state.project(organization, project).and_then(|project| {
            let of = |one: &&crate::Repository| {
                one.project == project.id
                    && (one.name.eq_ignore_ascii_case(name) || one.id.eq_ignore_ascii_case(name))
            };
            state.repositories.iter().find(of)
        });
        // An unknown one has a name that no repository has.
        Some(known.map_or_else(|| "/".to_owned(), |one| one.full_name.clone()))
    }

    /// The name of the user is not relevant, the password is the token (learn.microsoft.com, "Use personal access tokens",
    /// section "Use a PAT"). The realm is that of Azure DevOps.
    fn git_access(&self, headers: &HeaderMap, repository: &str) -> Result<(), Reply> {
        let sign_in = || {
            Reply::text(401, "Unauthorized")
                .header("www-authenticate", format!("Basic realm=\"{}/\"", self.url))
        };
        let (_, token) = basic(headers).ok_or_else(sign_in)?;
        let grant = self.grant(&token).map_err(|_| sign_in())?;
        let state = self.state();
        let known = state.named(repository);
        let Some(known) = known.filter(|one| state.project_of(one).organization == grant.organization) else {
            return Err(Reply::text(
                404,
                "TF401019: The Git repository does not exist or you do not have permissions.",
            ));
        };
        if known.disabled {
            return Err(Reply::text(403, "The repository is disabled."));
        }
        if grant.has(&["vso.code"]) {
            return Ok(());
        }
        Err(Reply::text(403, "TF401027: You need the 'GenericRead' permission to perform this action."))
    }

    /// The ids by which support finds a request.
    fn complete(&self, headers: &mut HeaderMap) {
        for name in ["activityid", "x-vss-e2eid"] {
            if let Ok(value) = guid().parse() {
                headers.entry(name).or_insert(value);
            }
        }
    }
}
