//! Repositories, their branches and folders.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::{invalid_cursor, part};
use palisade_sdk::provider::{Page, Repository};
use serde_json::Value;

use crate::api::{Api, branch_name, full_name, git};

/// Projects whose repositories are one page.
const PROJECTS: usize = 10;

fn repository_of(it: &Value, project: &Value) -> Repository {
    let visibility = match text(it, "/project/visibility") {
        "" => text(project, "/visibility"),
        visibility => visibility,
    };
    Repository {
        id: id(it, "/id"),
        full_name: full_name(it),
        default_branch: branch_name(text(it, "/defaultBranch")).to_owned(),
        web_url: text(it, "/webUrl").to_owned(),
        // A disabled repository can be neither read nor written.
        archived: flag(it, "/isDisabled"),
        private: visibility != "public",
    }
}

/// The cursor is the number of projects that were read of a page of projects, and the token of that page.
fn position(cursor: Option<&str>) -> Result<(usize, Option<&str>), CallError> {
    let Some(cursor) = cursor else { return Ok((0, None)) };
    let (skip, token) = cursor.split_once(' ').ok_or_else(invalid_cursor)?;
    Ok((skip.parse().map_err(|_| invalid_cursor())?, Some(token).filter(|it| !it.is_empty())))
}

pub(crate) fn repositories(api: &Api<'_>, cursor: Option<&str>) -> Result<Page<Repository>, CallError> {
    let (skip, token) = position(cursor)?;
    let (answer, next) = api.page("/_apis/projects?stateFilter=wellFormed&$top=100", token)?;
    let answer = api.good(answer, "the projects")?;
    let projects = answer.list("value");
    let mut items = Vec::new();
    for project in projects.iter().skip(skip).take(PROJECTS) {
        let place = format!("/{}/_apis/git/repositories", part(&id(project, "/id")));
        let what = format!("the repositories of project `{}`", text(project, "/name"));
        // A project may have been deleted since the list was read, or have no repositories.
        let Some(found) = api.found(api.get(&place)?, &what)? else { continue };
        let found = found.list("value").iter().map(|it| repository_of(it, project));
        items.extend(found.filter(|it| !it.full_name.is_empty()));
    }
    let read = skip.saturating_add(PROJECTS);
    let next = if read < projects.len() {
        Some(format!("{read} {}", token.unwrap_or_default()))
    } else {
        next.map(|token| format!("0 {token}"))
    };
    Ok(Page { items, next })
}

/// A repository; none if it does not exist.
pub(crate) fn repository(api: &Api<'_>, full_name: &str) -> Result<Option<Value>, CallError> {
    let answer = api.get(&git(full_name)?)?;
    Ok(api.found(answer, &format!("`{full_name}`"))?.map(|it| it.body))
}

pub(crate) fn branches(
    api: &Api<'_>,
    repository: &str,
    cursor: Option<&str>,
) -> Result<Page<String>, CallError> {
    let (answer, next) = api.page(&format!("{}/refs?filter=heads%2F&$top=1000", git(repository)?), cursor)?;
    let answer = api.good(answer, &format!("the branches of `{repository}`"))?;
    let names = answer.list("value").iter().map(|it| branch_name(text(it, "/name")).to_owned());
    Ok(Page { items: names.collect(), next })
}

/// The head of a branch; none if it does not exist.
pub(crate) fn head(api: &Api<'_>, repository: &str, branch: &str) -> Result<Option<String>, CallError> {
    // The filter is a prefix, and the shortest name is the first one.
    let place = format!("{}/refs?filter={}", git(repository)?, part(&format!("heads/{branch}")));
    let answer = api.get(&place)?;
    let Some(answer) = api.found(answer, &format!("branch `{branch}` of `{repository}`"))? else {
        return Ok(None);
    };
    let is = |it: &&Value| branch_name(text(it, "/name")) == branch;
    Ok(answer.list("value").iter().find(is).map(|it| text(it, "/objectId").to_owned()))
}

pub(crate) fn branch(api: &Api<'_>, full_name: &str, branch: &str) -> Result<Option<String>, CallError> {
    if !branch.is_empty() {
        return head(api, full_name, branch);
    }
    let Some(repository) = repository(api, full_name)? else { return Ok(None) };
    match branch_name(text(&repository, "/defaultBranch")) {
        // An empty repository.
        "" => Ok(None),
        default => head(api, full_name, default),
    }
}

pub(crate) fn folders(
    api: &Api<'_>,
    repository: &str,
    branch: &str,
    folder: &str,
) -> Result<Option<Page<String>>, CallError> {
    let folder = folder.trim_matches('/');
    let place = format!(
        "{}/items?scopePath={}&recursionLevel=oneLevel&versionDescriptor.version={}&versionDescriptor.versionType=branch",
        git(repository)?,
        part(&format!("/{folder}")),
        part(branch)
    );
    let answer = api.get(&place)?;
    let Some(answer) = api.found(answer, &format!("`{folder}` of `{repository}`"))? else { return Ok(None) };
    let path = |it: &Value| text(it, "/path").trim_matches('/').to_owned();
    let folders = answer.list("value").iter().filter(|it| flag(it, "/isFolder")).map(path);
    let folders: Vec<String> = folders.collect();
    // The folder itself is in the list; a file is the only item of its list.
    if !folders.iter().any(|it| it == folder) {
        return Ok(None);
    }
    Ok(Some(Page { items: folders.into_iter().filter(|it| it != folder).collect(), next: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_has_a_number_and_a_token() {
        for (cursor, expected) in [
            (None, Some((0, None))),
            (Some("10 "), Some((10, None))),
            (Some("0 abc"), Some((0, Some("abc")))),
            (Some("20 a b"), Some((20, Some("a b")))),
            (Some(""), None),
            (Some("x y"), None),
            (Some("-1 y"), None),
        ] {
            assert_eq!(position(cursor).ok(), expected, "{cursor:?}");
        }
    }
}
