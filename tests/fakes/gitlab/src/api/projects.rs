//! Projects, their members and their branches.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::reply::{absent, error, forbidden, message, number};
use crate::state::{MAINTAINER, OWNER, Project};
use crate::{Event, Inner};

impl Inner {
    /// The project that the path of a request names.
    pub(crate) fn project_of(&self, call: &Call) -> Result<Project, Reply> {
        self.state().projects.get(&call.caller.project).cloned().ok_or_else(|| absent("Project"))
    }
}

/// The projects of a user, with both ways of paging (docs.gitlab.com, "REST API", section "Pagination").
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let flag = |name: &str| call.query(name).map(|text| text == "true");
    // A list without an end returns the same projects after each one.
    let is_endless = fake.host.faults.is_endless(&call.path);
    let bound = |name: &str| number(call, name).filter(|_| !is_endless).and_then(|id| u64::try_from(id).ok());
    let least: u8 = call.query("min_access_level").and_then(|it| it.parse().ok()).unwrap_or(0);
    let least = if flag("owned") == Some(true) { least.max(OWNER) } else { least };
    let least = if flag("membership") == Some(true) { least.max(1) } else { least };
    let keyset = call.query("pagination") == Some("keyset");
    if keyset && call.query("order_by").is_some_and(|it| it != "id") {
        return Err(error(405, "Keyset pagination is not yet available for this type of request"));
    }
    let mut all: Vec<Value> = {
        let state = fake.state();
        let found = state.projects.values().filter(|one| {
            let role = state.role(call.caller.user, one);
            (role > 0 || !one.private)
                && role >= least
                && flag("archived").is_none_or(|it| it == one.archived)
                && call.query("search").is_none_or(|text| one.full_path.contains(&text.to_lowercase()))
                && bound("id_after").is_none_or(|id| one.id > id)
                && bound("id_before").is_none_or(|id| one.id < id)
        });
        let simple = flag("simple") == Some(true);
        let shown = |one: &Project| {
            if simple { fake.simple(&state, one) } else { fake.project(&state, one, call.caller.user) }
        };
        found.map(shown).collect()
    };
    let ascending = call.query("sort") == Some("asc");
    if !ascending {
        all.reverse();
    }
    if keyset {
        let parameter = if ascending { "id_after" } else { "id_before" };
        return Ok(fake.keyset(call, all, parameter, |one| one["id"].to_string()));
    }
    Ok(fake.page(call, all))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let one = fake.project_of(call)?;
    let state = fake.state();
    Ok(Reply::json(200, &fake.project(&state, &one, call.caller.user)))
}

/// A member with the role that they have, by the project or its group.
pub(super) fn member(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let state = fake.state();
    let role = state.role(call.number("user_id"), &project);
    if role == 0 {
        return Err(absent("Member"));
    }
    let mut body = fake.user(&state, call.number("user_id"));
    body["access_level"] = json!(role);
    body["expires_at"] = Value::Null;
    Ok(Reply::json(200, &body))
}

fn protection(fake: &Inner, project: &Project, name: &str) -> Value {
    let level =
        |level: u8, text: &str| json!({ "id": 1, "access_level": level, "access_level_description": text });
    let id =
        fake.state().projects.get(&project.id).and_then(|one| one.protected.iter().position(|it| it == name));
    json!({
        "id": id.map_or(0, |at| at + 1), "name": name, "push_access_levels": [level(MAINTAINER, "Maintainers")],
        "merge_access_levels": [level(MAINTAINER, "Maintainers")], "allow_force_push": false,
        "unprotect_access_levels": [], "code_owner_approval_required": false, "inherited": false,
    })
}

pub(super) fn protected(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let all = project.protected.iter().map(|name| protection(fake, &project, name)).collect();
    Ok(fake.page(call, all))
}

pub(super) fn protected_branch(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let name = call.parameter("name");
    if !project.protected.contains(name) {
        return Err(message(404, "404 Not found"));
    }
    Ok(Reply::json(200, &protection(fake, &project, name)))
}

/// A branch with its commit.
fn shown(fake: &Inner, project: &Project, name: &str, sha: &str) -> Value {
    let merged = name != project.default_branch
        && fake.host.git.merge_base(&project.full_path, sha, &project.default_branch).as_deref() == Some(sha);
    json!({
        "name": name, "merged": merged, "protected": project.protected.contains(name),
        "developers_can_push": false, "developers_can_merge": false, "can_push": true,
        "default": name == project.default_branch, "commit": fake.commit(project, sha),
        "web_url": format!("{}/{}/-/tree/{name}", fake.url, project.full_path),
    })
}

/// Branches by name, with both ways of paging. `search` finds a part of a name; `^` and `$` bind it to the begin and
/// the end.
pub(super) fn branches(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let meets = |name: &str| {
        call.query("search").is_none_or(|text| match (text.strip_prefix('^'), text.strip_suffix('$')) {
            (Some(begin), _) => name.starts_with(begin),
            (None, Some(end)) => name.ends_with(end),
            (None, None) => name.contains(text),
        })
    };
    let keyset = call.query("pagination") == Some("keyset");
    let after = |name: &str| call.query("page_token").is_none_or(|token| !keyset || name > token);
    let all = fake.host.git.branches(&project.full_path);
    let all = all.iter().filter(|(name, _)| meets(name) && after(name));
    if keyset {
        // One more than a page shows whether another page follows.
        let all =
            all.take(crate::reply::page_size(call) + 1).map(|(name, sha)| shown(fake, &project, name, sha));
        let name = |one: &Value| one["name"].as_str().unwrap_or_default().to_owned();
        return Ok(fake.keyset(call, all.collect(), "page_token", name));
    }
    Ok(fake.page(call, all.map(|(name, sha)| shown(fake, &project, name, sha)).collect()))
}

pub(super) fn branch(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let name = call.parameter("branch");
    let sha = fake.host.git.resolve(&project.full_path, &format!("refs/heads/{name}"));
    let sha = sha.ok_or_else(|| absent("Branch"))?;
    Ok(Reply::json(200, &shown(fake, &project, name, &sha)))
}

pub(super) fn create_branch(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let text = |name: &str| call.body[name].as_str().unwrap_or_default();
    let (name, from) = (text("branch"), text("ref"));
    let reference = format!("refs/heads/{name}");
    if fake.host.git.resolve(&project.full_path, &reference).is_some() {
        return Err(message(400, "Branch already exists"));
    }
    let sha = fake.host.git.resolve(&project.full_path, from);
    let sha = sha.ok_or_else(|| message(400, &format!("Invalid reference name: {from}")))?;
    fake.host.git.point(&project.full_path, &reference, &sha);
    let event = Event::Push(project.full_path.clone(), name.to_owned(), None, Some(sha.clone()));
    fake.emit(call.caller.user, &event);
    Ok(Reply::json(201, &shown(fake, &project, name, &sha)))
}

pub(super) fn delete_branch(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let name = call.parameter("branch");
    let reference = format!("refs/heads/{name}");
    let sha = fake.host.git.resolve(&project.full_path, &reference).ok_or_else(|| absent("Branch"))?;
    if project.protected.contains(name) || project.default_branch == name {
        return Err(forbidden());
    }
    fake.host.git.run(&project.full_path, &["update-ref", "-d", &reference]);
    fake.emit(call.caller.user, &Event::Push(project.full_path, name.to_owned(), Some(sha), None));
    Ok(Reply::empty(204))
}
