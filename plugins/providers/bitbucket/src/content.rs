//! How to fetch a commit.

use palisade_sdk::CallError;
use palisade_sdk::provider::Content;
use palisade_sdk::provider::rest::{path, url};

use crate::api::Api;

/// Bitbucket has archives, but its API does not return the tree of a commit, so that an archive cannot be compared:
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/>.
pub(crate) fn content(
    api: &Api<'_>,
    repository: &str,
    want: &[String],
    archive: bool,
) -> Result<Content, CallError> {
    if archive {
        return Err(CallError::Other(
            "Bitbucket's API does not return the tree of a commit, with which an archive would be compared"
                .to_owned(),
        ));
    }
    // The user names for API tokens and for access tokens:
    // <https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/>,
    // <https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/>.
    let user = if api.settings.email.is_empty() { "x-token-auth" } else { "x-bitbucket-api-token-auth" };
    Ok(Content::Git {
        url: url(&api.settings.web, &format!("/{}.git", path(repository)))?,
        user: user.to_owned(),
        password: api.host().auth(),
        want: want.to_vec(),
    })
}
