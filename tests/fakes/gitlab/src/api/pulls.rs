//! Merge requests.

use std::collections::BTreeMap;
use std::time::Instant;

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::diff::{CONTEXT, FileDiff, WHOLE, diffs, lines};
use crate::reply::{absent, message};
use crate::state::{Position, Project, Pull, State, Version};
use crate::{Event, Inner, render};

/// A merge request to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Opened<'a> {
    pub(crate) user: u64,
    pub(crate) source: u64,
    pub(crate) target: u64,
    pub(crate) source_branch: &'a str,
    pub(crate) target_branch: &'a str,
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
}

impl Inner {
    /// The merge request that the path of a request names, with its project.
    pub(crate) fn pull_of(&self, call: &Call) -> Result<(Project, Pull), Reply> {
        let project = self.project_of(call)?;
        let found = self.state().pulls.get(&(project.id, call.number("merge_request_iid"))).cloned();
        Ok((project, found.ok_or_else(|| message(404, "404 Not found"))?))
    }

    /// Opens a merge request and sends the event. Returns its number.
    pub(crate) fn open(&self, wanted: &Opened<'_>) -> Result<u64, Reply> {
        let (source, target) = {
            let state = self.state();
            let find = |id: u64| state.projects.get(&id).cloned().ok_or_else(|| absent("Project"));
            (find(wanted.source)?, find(wanted.target)?)
        };
        let errors = |status: u16, text: String| Reply::json(status, &json!({ "message": [text] }));
        for (project, branch, what) in
            [(&source, wanted.source_branch, "Source"), (&target, wanted.target_branch, "Target")]
        {
            if self.host.git.resolve(&project.full_path, &format!("refs/heads/{branch}")).is_none() {
                return Err(errors(400, format!("{what} branch \"{branch}\" does not exist")));
            }
        }
        let number = {
            let mut state = self.state();
            let same = |one: &&Pull| {
                one.state == "opened"
                    && (one.source, one.project) == (Some(source.id), target.id)
                    && (one.source_branch.as_str(), one.target_branch.as_str())
                        == (wanted.source_branch, wanted.target_branch)
            };
            if let Some(one) = state.pulls.values().find(same) {
                let text = format!(
                    "Another open merge request already exists for this source branch: !{}",
                    one.number
                );
                return Err(errors(409, text));
            }
            let number = state.pulls.keys().filter(|(project, _)| *project == target.id).count() as u64 + 1;
            let now = clock::now();
            let pull = Pull {
                id: state.next(),
                number,
                project: target.id,
                source: Some(source.id),
                title: wanted.title.to_owned(),
                body: wanted.body.to_owned(),
                author: wanted.user,
                source_branch: wanted.source_branch.to_owned(),
                target_branch: wanted.target_branch.to_owned(),
                state: "opened",
                versions: Vec::new(),
                merge_sha: None,
                created_at: now.clone(),
                updated_at: now,
                responses: BTreeMap::new(),
            };
            self.add_version(&mut state, &pull).map(|version| {
                state.pulls.insert((target.id, number), Pull { versions: vec![version], ..pull });
                number
            })
        };
        let number = number.ok_or_else(|| errors(400, "The diff cannot be created".to_owned()))?;
        self.emit(wanted.user, &Event::Pull(target.full_path, number, "open", None, json!({})));
        Ok(number)
    }

    /// The version of a merge request between the tips of its branches. The head gets a reference in the target
    /// project, as in `refs/merge-requests/1/head`.
    pub(crate) fn add_version(&self, state: &mut State, pull: &Pull) -> Option<Version> {
        let target = state.projects.get(&pull.project)?.full_path.clone();
        let tip =
            |project: &str, branch: &str| self.host.git.resolve(project, &format!("refs/heads/{branch}"));
        let name = format!("refs/merge-requests/{}/head", pull.number);
        let source = pull.source.and_then(|id| state.projects.get(&id)).map(|one| one.full_path.clone());
        let head = match source {
            Some(source) => {
                let head = tip(&source, &pull.source_branch)?;
                if source == target {
                    self.host.git.point(&target, &name, &head);
                } else {
                    self.host.git.fetch(&target, &source, &format!("+{head}:{name}")).ok()?;
                }
                head
            }
            None => pull.versions.last()?.head.clone(),
        };
        let start = tip(&target, &pull.target_branch)?;
        let base = self.host.git.merge_base(&target, &start, &head).unwrap_or_else(|| start.clone());
        Some(Version { id: state.next(), base, start, head, created_at: clock::now() })
    }

    /// Adds a version to each open merge request from a branch whose head moved. Returns the events.
    pub(crate) fn refresh(&self, project: &Project, branch: &str) -> Vec<Event> {
        let Some(tip) = self.host.git.resolve(&project.full_path, &format!("refs/heads/{branch}")) else {
            return Vec::new();
        };
        let mut state = self.state();
        let moved = |one: &&Pull| {
            one.state == "opened"
                && one.source == Some(project.id)
                && one.source_branch == branch
                && one.head() != tip
        };
        let moved: Vec<Pull> = state.pulls.values().filter(moved).cloned().collect();
        let mut events = Vec::new();
        for pull in moved {
            let Some(version) = self.add_version(&mut state, &pull) else { continue };
            let Some(target) = state.projects.get(&pull.project).map(|one| one.full_path.clone()) else {
                continue;
            };
            self.follow(&mut state, &target, &pull, &version);
            if let Some(one) = state.pulls.get_mut(&(pull.project, pull.number)) {
                one.versions.push(version);
                one.updated_at = clock::now();
            }
            let before = Some(pull.head().to_owned());
            events.push(Event::Pull(target, pull.number, "update", before, json!({})));
        }
        events
    }

    /// Moves the positions of discussions to the same lines of a new version. A position whose line was changed stays
    /// where it was (docs.gitlab.com, "Comments and threads", section "Outdated").
    pub(crate) fn follow(&self, state: &mut State, target: &str, pull: &Pull, new: &Version) {
        let heads = diffs(&self.host.git, target, pull.head(), &new.head, WHOLE);
        let whole = diffs(&self.host.git, target, &new.base, &new.head, WHOLE);
        for discussion in &mut state.discussions {
            if (discussion.project, discussion.pull) != (pull.project, pull.number) {
                continue;
            }
            for note in &mut discussion.notes {
                let Some(old) = note.position.clone() else { continue };
                let place = old.new_line.filter(|_| old.head == pull.head());
                let Some((path, line)) = place.and_then(|line| traced(&heads, &old.new_path, line)) else {
                    continue;
                };
                let file = whole.iter().find(|one| one.new_path == path);
                let Some(file) = file else { continue };
                let Some(at) = lines(&file.text).into_iter().find(|one| one.new == Some(line)) else {
                    continue;
                };
                note.position = Some(Position {
                    base: new.base.clone(),
                    start: new.start.clone(),
                    head: new.head.clone(),
                    old_path: file.old_path.clone(),
                    new_path: path,
                    old_line: at.old,
                    new_line: Some(line),
                });
            }
        }
    }
}

/// Where a line of a file is after a change; `None` if it was changed or removed.
fn traced(files: &[FileDiff], path: &str, line: u64) -> Option<(String, u64)> {
    let Some(file) = files.iter().find(|one| one.old_path == path) else {
        return Some((path.to_owned(), line));
    };
    if file.text.is_empty() && file.kind == 'R' {
        return Some((file.new_path.clone(), line));
    }
    let same = lines(&file.text).into_iter().find(|one| one.old == Some(line));
    same.and_then(|one| one.new).map(|line| (file.new_path.clone(), line))
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let state = fake.state();
    let wanted = call.query("state").unwrap_or("all");
    let iids: Vec<&str> =
        call.query.iter().filter(|(name, _)| name == "iids[]").map(|(_, it)| it.as_str()).collect();
    let is = |name: &str, value: &str| call.query(name).is_none_or(|it| it == value);
    let found = state.pulls.values().rev().filter(|one| {
        one.project == project.id
            && (wanted == "all" || one.state == wanted)
            && is("source_branch", &one.source_branch)
            && is("target_branch", &one.target_branch)
            && call.query("updated_after").is_none_or(|at| one.updated_at.as_str() >= at)
            && (iids.is_empty() || iids.contains(&one.number.to_string().as_str()))
    });
    let mut all: Vec<Value> = found.map(|one| fake.pull(&state, one)).collect();
    drop(state);
    if call.query("sort") == Some("asc") {
        all.reverse();
    }
    Ok(fake.page(call, all))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let state = fake.state();
    let stale = state.stale.get(&(project.id, pull.number)).filter(|(until, _)| *until > Instant::now());
    let pull = stale.map_or(pull, |(_, old)| old.clone());
    Ok(Reply::json(200, &fake.whole_pull(&state, &pull)))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let text = |name: &str| call.body[name].as_str().unwrap_or_default();
    let source = call.caller.project;
    let target = call.body["target_project_id"].as_u64().unwrap_or(source);
    let (source_branch, target_branch) = (text("source_branch"), text("target_branch"));
    let (title, body) = (text("title"), text("description"));
    let wanted = Opened { user: call.caller.user, source, target, source_branch, target_branch, title, body };
    let number = fake.open(&wanted)?;
    let state = fake.state();
    let pull = state.pulls.get(&(target, number)).ok_or_else(|| absent("Merge Request"))?;
    Ok(Reply::json(201, &fake.whole_pull(&state, pull)))
}

pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    if let Some(title) = call.body["title"].as_str()
        && let Some(one) = fake.state().pulls.get_mut(&(project.id, pull.number))
    {
        title.clone_into(&mut one.title);
    }
    if let Some(branch) = call.body["target_branch"].as_str() {
        fake.retarget(call.caller.user, &project, pull.number, branch).ok_or_else(|| absent("Branch"))?;
    }
    match call.body["state_event"].as_str() {
        Some("close") => fake.set_state(call.caller.user, &project, pull.number, "closed", "close"),
        Some("reopen") => fake.set_state(call.caller.user, &project, pull.number, "opened", "reopen"),
        _ => {}
    }
    let state = fake.state();
    let pull = state.pulls.get(&(project.id, pull.number)).ok_or_else(|| absent("Merge Request"))?;
    Ok(Reply::json(200, &fake.whole_pull(&state, pull)))
}

impl Inner {
    /// Gives a merge request another target branch and sends the event; `None` if the branch does not exist.
    pub(crate) fn retarget(&self, user: u64, project: &Project, number: u64, branch: &str) -> Option<()> {
        let before = {
            let mut state = self.state();
            let old = state.pulls.get(&(project.id, number))?.clone();
            let wanted = Pull { target_branch: branch.to_owned(), ..old.clone() };
            let version = self.add_version(&mut state, &wanted)?;
            self.follow(&mut state, &project.full_path, &old, &version);
            let one = state.pulls.get_mut(&(project.id, number))?;
            branch.clone_into(&mut one.target_branch);
            one.versions.push(version);
            one.updated_at = clock::now();
            old.target_branch
        };
        let changes = json!({ "target_branch": { "previous": before, "current": branch } });
        self.emit(user, &Event::Pull(project.full_path.clone(), number, "update", None, changes));
        Some(())
    }

    /// Closes, reopens or merges a merge request, and sends the event.
    pub(crate) fn set_state(
        &self,
        user: u64,
        project: &Project,
        number: u64,
        new: &'static str,
        action: &'static str,
    ) {
        if let Some(one) = self.state().pulls.get_mut(&(project.id, number)) {
            one.state = new;
            one.updated_at = clock::now();
        }
        self.emit(user, &Event::Pull(project.full_path.clone(), number, action, None, json!({})));
    }
}

fn files(fake: &Inner, project: &Project, version: &Version) -> Vec<Value> {
    let all = diffs(&fake.host.git, &project.full_path, &version.base, &version.head, CONTEXT);
    all.iter().map(render::diff).collect()
}

pub(super) fn diffs_of(fake: &Inner, call: &Call) -> Result<(Pull, Vec<Value>), Reply> {
    let (project, pull) = fake.pull_of(call)?;
    let files = files(fake, &project, pull.version());
    Ok((pull, files))
}

pub(super) fn diffs_in_pages(fake: &Inner, call: &Call) -> Answer {
    let (_, all) = diffs_of(fake, call)?;
    Ok(fake.page(call, all))
}

pub(super) fn changes(fake: &Inner, call: &Call) -> Answer {
    let (pull, all) = diffs_of(fake, call)?;
    let state = fake.state();
    let mut body = fake.whole_pull(&state, &pull);
    body["changes"] = Value::Array(all);
    body["overflow"] = json!(false);
    Ok(Reply::json(200, &body))
}

pub(super) fn versions(fake: &Inner, call: &Call) -> Answer {
    let (_, pull) = fake.pull_of(call)?;
    let state = fake.state();
    let all = pull.versions.iter().rev().map(|one| fake.version(&state, &pull, one)).collect();
    drop(state);
    Ok(fake.page(call, all))
}

pub(super) fn version(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let one = pull.versions.iter().find(|one| one.id == call.number("version_id"));
    let one = one.ok_or_else(|| message(404, "404 Not found"))?;
    let mut body = fake.version(&fake.state(), &pull, one);
    let commits = fake.host.git.between(&project.full_path, &one.base, &one.head);
    body["commits"] = commits.iter().rev().filter_map(|sha| fake.commit(&project, sha)).collect();
    body["diffs"] = Value::Array(files(fake, &project, one));
    Ok(Reply::json(200, &body))
}

pub(super) fn commits(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let all = fake.host.git.between(&project.full_path, &pull.version().base, pull.head());
    Ok(fake.page(call, all.iter().rev().filter_map(|sha| fake.commit(&project, sha)).collect()))
}

pub(super) fn pipelines(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let state = fake.state();
    let own = state.pipelines.values().rev().filter(|one| {
        let of_branch = Some(one.project) == pull.source && one.reference == pull.source_branch;
        of_branch || (one.project == project.id && one.pull == Some(pull.number))
    });
    let all = own.map(|one| fake.pipeline(&state, one)).collect();
    drop(state);
    Ok(fake.page(call, all))
}

/// The merge requests that a commit is in (docs.gitlab.com, "Commits API", section "List merge requests associated with
/// a commit").
pub(super) fn of_commit(fake: &Inner, call: &Call) -> Answer {
    let project = fake.project_of(call)?;
    let sha =
        fake.host.git.resolve(&project.full_path, call.parameter("sha")).ok_or_else(|| absent("Commit"))?;
    let pulls: Vec<Pull> =
        fake.state().pulls.values().filter(|one| one.project == project.id).cloned().collect();
    let within = |one: &&Pull| {
        one.versions.iter().any(|version| {
            version.head == sha
                || fake.host.git.between(&project.full_path, &version.base, &version.head).contains(&sha)
        })
    };
    let found: Vec<&Pull> = pulls.iter().filter(within).collect();
    let state = fake.state();
    let all = found.into_iter().map(|one| fake.pull(&state, one)).collect();
    drop(state);
    Ok(fake.page(call, all))
}
