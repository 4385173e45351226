//! How to fetch a commit.

use palisade_sdk::CallError;
use palisade_sdk::provider::Content;

use crate::api::{Api, web};

pub(crate) fn content(
    api: &Api<'_>,
    repository: &str,
    want: &[String],
    archive: bool,
) -> Result<Content, CallError> {
    if archive {
        return Err(CallError::Other(
            "Azure DevOps offers archives as zip only: fetch the repository with Git".to_owned(),
        ));
    }
    Ok(Content::Git {
        url: web(api, repository)?,
        // Any name: the token is the password.
        // <https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate>
        user: "palisade".to_owned(),
        password: api.auth(),
        want: want.to_vec(),
    })
}
