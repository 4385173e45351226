//! How to fetch a commit: with Git, or as an archive.

use palisade_sdk::CallError;
use palisade_sdk::provider::Content;
use palisade_sdk::provider::rest::{part, path, url};

use crate::api::{Api, project};
use crate::tree;

/// Commits of forks are fetched from the target: it has them as `refs/merge-requests/N/head`.
pub(crate) fn content(
    api: &Api<'_>,
    repository: &str,
    want: &[String],
    archive: bool,
) -> Result<Content, CallError> {
    if !archive {
        return Ok(Content::Git {
            url: url(&api.settings.web, &format!("/{}.git", path(repository)))?,
            // Any user name works with a token as the password.
            // <https://docs.gitlab.com/user/profile/personal_access_tokens/#clone-repository-using-personal-access-token>
            user: "oauth2".to_owned(),
            password: api.token(),
            want: want.to_vec(),
        });
    }
    let first = want.first().map(String::as_str).unwrap_or_default();
    // The tree is read first: GitLab limits archives to 5 a minute for a user.
    // <https://docs.gitlab.com/security/rate_limits/>
    let tree = tree::id_of_commit(api, repository, first)?;
    // The default format is tar.gz. Files of Git LFS stay the pointers that the tree has.
    // <https://docs.gitlab.com/api/repositories/#retrieve-file-archive>
    let place =
        format!("{}/repository/archive?sha={}&include_lfs_blobs=false", project(repository), part(first));
    match api.download(&place)? {
        (200, blob) => Ok(Content::Archive { blob, tree }),
        (429, _) => Err(CallError::RateLimited(None)),
        (status, _) => {
            Err(CallError::Unavailable(format!("GitLab returns {status} for the archive of `{repository}`")))
        }
    }
}
