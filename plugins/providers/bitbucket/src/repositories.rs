//! Repositories, their branches and folders.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::{part, path};
use palisade_sdk::provider::{Page, Repository};
use serde_json::Value;

use crate::api::{self, Api, found, good, next};

fn repository_of(it: &Value) -> Repository {
    Repository {
        id: text(it, "/uuid").to_owned(),
        full_name: text(it, "/full_name").to_owned(),
        // An empty repository has none.
        default_branch: text(it, "/mainbranch/name").to_owned(),
        web_url: text(it, "/links/html/href").to_owned(),
        archived: false,
        // Only what is known to be public is.
        private: it.get("is_private") != Some(&Value::Bool(false)),
    }
}

/// Webhooks need an administrator, so only the repositories are listed of which the token's account is one. An access
/// token has no account; its repositories are those that it has access to.
pub(crate) fn repositories(api: &Api<'_>, cursor: Option<&str>) -> Result<Page<Repository>, CallError> {
    let role = if api.settings.email.is_empty() { "" } else { "role=admin&" };
    let workspace = &api.settings.workspace;
    let answer = api.get(&format!("/repositories/{}?{role}pagelen=100", part(workspace)), cursor)?;
    let answer = good(answer, &format!("the repositories of the workspace `{workspace}`"))?;
    Ok(Page { items: answer.list("values").iter().map(repository_of).collect(), next: next(&answer) })
}

pub(crate) fn branches(
    api: &Api<'_>,
    repository: &str,
    cursor: Option<&str>,
) -> Result<Page<String>, CallError> {
    let place = format!("{}/refs/branches?pagelen=100", api::repository(repository));
    let answer = good(api.get(&place, cursor)?, &format!("the branches of `{repository}`"))?;
    let names = answer.list("values").iter().map(|it| text(it, "/name").to_owned());
    Ok(Page { items: names.collect(), next: next(&answer) })
}

/// The default branch; none if the repository does not exist or is empty.
pub(crate) fn default_branch(api: &Api<'_>, repository: &str) -> Result<Option<String>, CallError> {
    let answer = found(api.get(&api::repository(repository), None)?, &format!("`{repository}`"))?;
    let name = answer.map(|it| text(&it.body, "/mainbranch/name").to_owned());
    Ok(name.filter(|it| !it.is_empty()))
}

pub(crate) fn branch(api: &Api<'_>, repository: &str, branch: &str) -> Result<Option<String>, CallError> {
    let name = match branch {
        "" => match default_branch(api, repository)? {
            Some(name) => name,
            None => return Ok(None),
        },
        name => name.to_owned(),
    };
    let place = format!("{}/refs/branches/{}", api::repository(repository), path(&name));
    let answer = found(api.get(&place, None)?, &format!("branch `{name}` of `{repository}`"))?;
    Ok(answer.map(|it| text(&it.body, "/target/hash").to_owned()).filter(|it| !it.is_empty()))
}

/// A branch may have slashes, so the folder is read at its commit. A file has a content instead of entries, so the kind
/// of the path is read first.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/>
pub(crate) fn folders(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    folder: &str,
) -> Result<Option<Page<String>>, CallError> {
    let Some(commit) = self::branch(api, repository, branch)? else { return Ok(None) };
    let what = format!("`{folder}` of `{repository}`");
    let root = format!("{}/src/{}/", api::repository(repository), part(&commit));
    let mut place = format!("{root}{}", path(folder));
    if place != root {
        let Some(it) = found(api.get(&format!("{place}?format=meta"), None)?, &what)? else {
            return Ok(None);
        };
        if text(&it.body, "/type") != "commit_directory" {
            return Ok(None);
        }
        place.push('/');
    }
    let Some(entries) = api.every_found(&format!("{place}?pagelen=100"), &what)? else { return Ok(None) };
    let folders = entries.iter().filter(|it| text(it, "/type") == "commit_directory");
    let names = folders.map(|it| text(it, "/path").trim_end_matches('/').to_owned());
    Ok(Some(Page { items: names.collect(), next: None }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_known_to_be_public_is() {
        for (repository, expected) in [
            (json!({ "is_private": false }), false),
            (json!({ "is_private": true }), true),
            (json!({ "is_private": null }), true),
            (json!({}), true),
        ] {
            assert_eq!(repository_of(&repository).private, expected, "{repository}");
        }
    }
}
