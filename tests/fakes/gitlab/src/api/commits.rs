//! Commits: read, compared and created.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::diff::{CONTEXT, diffs};
use crate::reply::{absent, message};
use crate::state::Project;
use crate::{Event, Inner, render};

/// A file of a commit: its path, and its content unless it is deleted.
type File = (String, Option<Vec<u8>>);

/// The tree without files, which every repository has.
const EMPTY: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

fn resolve(fake: &Inner, project: &Project, name: &str) -> Result<String, Reply> {
    // Git resolves the begin of an id too, of seven digits at least.
    fake.host.git.resolve(&project.full_path, name).ok_or_else(|| absent("Commit"))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let sha = resolve(fake, &project, call.parameter("sha"))?;
    let mut body = fake.commit(&project, &sha).ok_or_else(|| absent("Commit"))?;
    let parent = fake.host.git.show(&project.full_path, &sha).and_then(|one| one.parents.into_iter().next());
    let files = parent.and_then(|parent| fake.host.git.changes(&project.full_path, &parent, &sha));
    let files = files.unwrap_or_default();
    let additions: u64 = files.iter().map(|one| one.additions).sum();
    let deletions: u64 = files.iter().map(|one| one.deletions).sum();
    let state = fake.state();
    let last = state.pipelines.values().rev().find(|one| one.project == project.id && one.sha == sha);
    body["project_id"] = json!(project.id);
    body["status"] = json!(last.map(|one| state.pipeline_status(one.id)));
    body["last_pipeline"] = json!(last.map(|one| fake.pipeline(&state, one)));
    body["stats"] = json!({ "additions": additions, "deletions": deletions, "total": additions + deletions });
    Ok(Reply::json(200, &body))
}

/// The commits of a branch, newest first.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let wanted = call.query("ref_name").unwrap_or(&project.default_branch);
    let tip = resolve(fake, &project, wanted)?;
    let mut arguments = vec!["rev-list", tip.as_str()];
    if let Some(path) = call.query("path") {
        arguments.extend(["--", path]);
    }
    let all = fake.host.git.run(&project.full_path, &arguments).unwrap_or_default();
    let all = String::from_utf8_lossy(&all);
    let all = all.lines().filter_map(|sha| fake.commit(&project, sha)).collect();
    Ok(fake.page(call, all))
}

/// What a commit changed since its first parent.
pub(super) fn diff(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let sha = resolve(fake, &project, call.parameter("sha"))?;
    let parent = fake.host.git.show(&project.full_path, &sha).and_then(|one| one.parents.into_iter().next());
    let parent = parent.unwrap_or_else(|| EMPTY.to_owned());
    let all = diffs(&fake.host.git, &project.full_path, &parent, &sha, CONTEXT);
    Ok(fake.page(call, all.iter().map(render::diff).collect()))
}

/// The branches that contain a commit.
pub(super) fn references(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let sha = resolve(fake, &project, call.parameter("sha"))?;
    let all = fake.containing(&project, &sha);
    Ok(fake.page(call, all.iter().map(|name| json!({ "type": "branch", "name": name })).collect()))
}

impl Inner {
    /// The branches that contain a commit.
    pub(crate) fn containing(&self, project: &Project, sha: &str) -> Vec<String> {
        let format = "--format=%(refname:lstrip=2)";
        let all =
            self.host.git.run(&project.full_path, &["for-each-ref", format, "--contains", sha, "refs/heads"]);
        String::from_utf8_lossy(&all.unwrap_or_default()).lines().map(ToOwned::to_owned).collect()
    }
}

/// The difference of two commits: since their merge base, unless it is requested straight.
pub(super) fn compare(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let name = |name: &str| call.query(name).unwrap_or_default();
    let find = |name: &str| fake.host.git.resolve(&project.full_path, name).ok_or_else(|| absent("Ref"));
    let (from, to) = (find(name("from"))?, find(name("to"))?);
    let straight = name("straight") == "true";
    let base =
        if straight { Some(from.clone()) } else { fake.host.git.merge_base(&project.full_path, &from, &to) };
    let files =
        base.map_or_else(Vec::new, |base| diffs(&fake.host.git, &project.full_path, &base, &to, CONTEXT));
    let commits = fake.host.git.between(&project.full_path, &from, &to);
    let commits: Vec<Value> = commits.iter().filter_map(|sha| fake.commit(&project, sha)).collect();
    let body = json!({
        "commit": commits.last(), "commits": commits, "diffs": files.iter().map(render::diff).collect::<Vec<_>>(),
        "compare_timeout": false, "compare_same_ref": from == to,
        "web_url": format!("{}/{}/-/compare/{from}...{to}", fake.url, project.full_path),
    });
    Ok(Reply::json(200, &body))
}

/// The common ancestor of two or more commits.
pub(super) fn merge_base(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let wanted: Vec<&str> = call
        .query
        .iter()
        .filter(|(name, _)| name == "refs[]" || name == "refs")
        .map(|(_, it)| it.as_str())
        .collect();
    let [one, other] = wanted.as_slice() else {
        return Err(message(400, "400 Bad request - Provide at least 2 refs"));
    };
    for name in [one, other] {
        if fake.host.git.resolve(&project.full_path, name).is_none() {
            return Err(message(400, &format!("400 Bad request - Could not find ref: {name}")));
        }
    }
    let found =
        fake.host.git.merge_base(&project.full_path, one, other).ok_or_else(|| absent("Merge Base"))?;
    let body = fake.commit(&project, &found).ok_or_else(|| absent("Merge Base"))?;
    Ok(Reply::json(200, &body))
}

/// A commit of several files (docs.gitlab.com, "Commits API", section "Create a commit with multiple files and actions").
pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let text = |name: &str| call.body[name].as_str();
    let branch = text("branch").unwrap_or_default();
    let tip = fake.host.git.resolve(&project.full_path, &format!("refs/heads/{branch}"));
    let start = text("start_sha").or_else(|| text("start_branch"));
    let parent = match (&tip, start) {
        (Some(_), Some(_)) if call.body["force"] != true => {
            let why = format!(
                "A branch called '{branch}' already exists. Switch to that branch in order to make changes"
            );
            return Err(message(400, &why));
        }
        (None, None) => {
            return Err(message(400, "You can only create or edit files when you are on a branch"));
        }
        (_, Some(start)) => {
            let found = fake.host.git.resolve(&project.full_path, start);
            found.ok_or_else(|| message(400, "Cannot find start commit"))?
        }
        (Some(tip), None) => tip.clone(),
    };
    let mut files: Vec<File> = Vec::new();
    for action in call.body["actions"].as_array().into_iter().flatten() {
        files.extend(change(fake, &project, &parent, action)?);
    }
    if start.is_some() {
        fake.host.git.point(&project.full_path, &format!("refs/heads/{branch}"), &parent);
    }
    let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_deref())).collect();
    let words = text("commit_message").unwrap_or_default();
    let made = fake.host.git.commit_bytes(&project.full_path, branch, Some(&parent), words, &files);
    let sha = made.map_err(|error| message(400, &error.to_string()))?;
    fake.moved(call.caller.user, &project, branch, tip, &sha);
    let body = fake.commit(&project, &sha).ok_or_else(|| absent("Commit"))?;
    Ok(Reply::json(201, &body))
}

/// The files that an action of a commit writes and deletes.
fn change(fake: &Inner, project: &Project, parent: &str, action: &Value) -> Result<Vec<File>, Reply> {
    let text = |name: &str| action[name].as_str().unwrap_or_default();
    let path = text("file_path").to_owned();
    let content = match text("encoding") {
        "base64" => STANDARD.decode(text("content")).map_err(|_| message(400, "invalid base64"))?,
        _ => text("content").as_bytes().to_vec(),
    };
    let old = |path: &str| {
        fake.host.git.run(&project.full_path, &["cat-file", "blob", &format!("{parent}:{path}")])
    };
    let exists = old(&path).is_some();
    let missing = || message(400, "A file with this name doesn't exist");
    match text("action") {
        "create" if exists => Err(message(400, "A file with this name already exists")),
        "update" | "delete" | "chmod" if !exists => Err(missing()),
        "delete" => Ok(vec![(path, None)]),
        "chmod" => Ok(Vec::new()),
        "move" => {
            let before = text("previous_path").to_owned();
            let kept = old(&before).ok_or_else(missing)?;
            let content = if action["content"].is_string() { content } else { kept };
            Ok(vec![(before, None), (path, Some(content))])
        }
        _ => Ok(vec![(path, Some(content))]),
    }
}

impl Inner {
    /// What follows a push: the merge requests from the branch get a new version, and the events are sent.
    pub(crate) fn moved(
        &self,
        user: u64,
        project: &Project,
        branch: &str,
        before: Option<String>,
        after: &str,
    ) {
        let event = Event::Push(project.full_path.clone(), branch.to_owned(), before, Some(after.to_owned()));
        self.emit(user, &event);
        for event in self.refresh(project, branch) {
            self.emit(user, &event);
        }
    }
}
