//! Projects, their branches and folders.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::{invalid_cursor, part};
use palisade_sdk::provider::{Page, Repository};
use serde_json::Value;

use crate::api::{Api, found, good, project};
use crate::connection::PROJECTS;

/// The number of projects on a page.
const PAGE: usize = 100;

/// Projects in which the user may create webhooks. The cursor is the ID of the last one: pages by number end at 50,000
/// projects. <https://docs.gitlab.com/api/rest/#pagination>
pub(crate) fn repositories(api: &Api<'_>, cursor: Option<&str>) -> Result<Page<Repository>, CallError> {
    let after = match cursor {
        None => String::new(),
        Some(it) if !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()) => format!("&id_after={it}"),
        Some(_) => return Err(invalid_cursor()),
    };
    let answer = api.get(&format!("{PROJECTS}&per_page={PAGE}{after}"), None)?;
    let answer = good(answer, "the projects of the token's user")?;
    let repository = |it: &Value| Repository {
        id: id(it, "/id"),
        full_name: text(it, "/path_with_namespace").to_owned(),
        default_branch: text(it, "/default_branch").to_owned(),
        web_url: text(it, "/web_url").to_owned(),
        archived: flag(it, "/archived"),
        // The short form of a project may lack its visibility: then only the owner knows it.
        private: text(it, "/visibility") != "public",
    };
    let items: Vec<Repository> = answer.list("").iter().map(repository).collect();
    let last = items.last().map(|it| it.id.clone());
    Ok(Page { next: last.filter(|_| items.len() >= PAGE), items })
}

pub(crate) fn branches(
    api: &Api<'_>,
    repository: &str,
    cursor: Option<&str>,
) -> Result<Page<String>, CallError> {
    let path = format!("{}/repository/branches?per_page=100", project(repository));
    let answer = good(api.get(&path, cursor)?, &format!("the branches of `{repository}`"))?;
    let names = answer.list("").iter().map(|it| text(it, "/name").to_owned());
    Ok(Page { items: names.collect(), next: answer.next() })
}

/// Git has only folders with files, so an empty list is not a folder, except at the top.
pub(crate) fn folders(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    folder: &str,
) -> Result<Option<Page<String>>, CallError> {
    let folder = folder.trim_matches('/');
    let path = format!(
        "{}/repository/tree?path={}&ref={}&per_page=100",
        project(repository),
        part(folder),
        part(branch)
    );
    let what = format!("`{folder}` of `{repository}`");
    // A folder that does not exist is "404 Tree Not Found". <https://docs.gitlab.com/api/repositories/>
    let Ok(entries) = api.every_or(&path, &what, &[404])? else { return Ok(None) };
    if entries.is_empty() && !folder.is_empty() {
        return Ok(None);
    }
    let folders = entries.iter().filter(|it| text(it, "/type") == "tree");
    Ok(Some(Page { items: folders.map(|it| text(it, "/path").to_owned()).collect(), next: None }))
}

/// The name of the default branch; none if the project does not exist or is empty.
pub(crate) fn default_branch(api: &Api<'_>, repository: &str) -> Result<Option<String>, CallError> {
    let answer = found(api.get(&project(repository), None)?, &format!("`{repository}`"))?;
    let name = answer.map(|it| text(&it.body, "/default_branch").to_owned());
    Ok(name.filter(|it| !it.is_empty()))
}

pub(crate) fn branch(api: &Api<'_>, repository: &str, branch: &str) -> Result<Option<String>, CallError> {
    let name = if branch.is_empty() {
        let Some(name) = default_branch(api, repository)? else { return Ok(None) };
        name
    } else {
        branch.to_owned()
    };
    let path = format!("{}/repository/branches/{}", project(repository), part(&name));
    let answer = found(api.get(&path, None)?, &format!("branch `{name}` of `{repository}`"))?;
    Ok(answer.map(|it| text(&it.body, "/commit/id").to_owned()).filter(|it| !it.is_empty()))
}
