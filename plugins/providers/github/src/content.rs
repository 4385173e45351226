//! How to fetch a commit: with Git, or as an archive.

use palisade_sdk::CallError;
use palisade_sdk::provider::Content;
use palisade_sdk::provider::rest::{part, path, url};

use crate::api::{Api, good, http_error};
use palisade_sdk::provider::json::text;

pub(crate) fn content(
    api: &Api<'_>,
    repository: &str,
    want: &[String],
    archive: bool,
) -> Result<Content, CallError> {
    if !archive {
        return Ok(Content::Git {
            url: url(&api.settings.web, &format!("/{}.git", path(repository)))?,
            // GitHub expects this user name with a token as the password.
            user: "x-access-token".to_owned(),
            password: api.token()?,
            want: want.to_vec(),
        });
    }
    let first = want.first().map(String::as_str).unwrap_or_default();
    let request = api.archive(&format!("/repos/{}/tarball/{}", path(repository), part(first)))?;
    let (status, blob) = api.host().download(request).map_err(http_error)?;
    if status == 200 {
        let place = format!("/repos/{}/git/commits/{}", path(repository), part(first));
        let commit = good(api.get(&place, None)?, &format!("commit {first} of `{repository}`"))?;
        return Ok(Content::Archive { blob, tree: text(&commit.body, "/tree/sha").to_owned() });
    }
    Err(CallError::Unavailable(format!("GitHub returns {status} for the archive of `{repository}`")))
}
