//! The whole state of the fake, behind one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use palisade_fake_host::{clock, random};

/// The role Reporter (docs.gitlab.com, "Access requests API", section "Valid access levels").
pub(crate) const REPORTER: u8 = 20;
/// The role Developer.
pub(crate) const DEVELOPER: u8 = 30;
/// The role Maintainer.
pub(crate) const MAINTAINER: u8 = 40;
/// The role Owner.
pub(crate) const OWNER: u8 = 50;

/// The user whose token the program under test has.
pub(crate) const OURS: &str = "palisade";
/// The author of merge requests.
pub(crate) const AUTHOR: &str = "ada";
/// Another user with write access.
pub(crate) const OTHER: &str = "mallory";
/// A user of another group.
pub(crate) const OUTSIDER: &str = "eve";

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// Number.
    pub id: u64,
    /// Name in addresses.
    pub username: String,
    /// Displayed name.
    pub name: String,
}

/// A personal access token.
#[derive(Clone)]
pub struct Token {
    /// Number.
    pub id: u64,
    /// Its user.
    pub user: u64,
    /// Its scopes, such as `api`.
    pub scopes: Vec<String>,
    /// The end of its last day, in seconds since 1970.
    pub expires: i64,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// The plan of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plan {
    /// Without paid features.
    Free,
    /// With group hooks and merge trains.
    Premium,
    /// With external status checks.
    Ultimate,
}

/// A group of the top level.
#[derive(Clone, Debug)]
pub struct Group {
    /// Number.
    pub id: u64,
    /// Name in addresses.
    pub path: String,
    /// Its plan.
    pub plan: Plan,
    /// Users with their roles.
    pub members: BTreeMap<u64, u8>,
}

/// What a project requires before a merge request can be merged.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Rules {
    /// "Pipelines must succeed".
    pub pipeline: bool,
    /// "All threads must be resolved".
    pub discussions: bool,
    /// "Status checks must succeed".
    pub checks: bool,
    /// "Enable merge trains".
    pub trains: bool,
}

/// An external status check of a project.
#[derive(Clone, Debug)]
pub struct ExternalCheck {
    /// Number.
    pub id: u64,
    /// Name.
    pub name: String,
    /// The address that GitLab informs.
    pub url: String,
}

/// A project. Its contents are in a bare Git repository.
#[derive(Clone, Debug)]
pub struct Project {
    /// Number.
    pub id: u64,
    /// The path with all groups, such as `acme/shop`.
    pub full_path: String,
    /// The default branch.
    pub default_branch: String,
    /// Whether only members see it.
    pub private: bool,
    /// Whether it can only be read.
    pub archived: bool,
    /// The project it was forked from.
    pub fork_of: Option<u64>,
    /// Users with their roles, beside those of the group.
    pub members: BTreeMap<u64, u8>,
    /// The protected branches.
    pub protected: BTreeSet<String>,
    /// What merging requires.
    pub rules: Rules,
    /// External status checks.
    pub checks: Vec<ExternalCheck>,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// A version of the diff of a merge request.
#[derive(Clone, Debug)]
pub struct Version {
    /// Number.
    pub id: u64,
    /// The merge base.
    pub base: String,
    /// The commit of the target branch.
    pub start: String,
    /// The head commit.
    pub head: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// A merge request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Global number.
    pub id: u64,
    /// Number within the target project.
    pub number: u64,
    /// The target project.
    pub project: u64,
    /// The source project; `None` if that was a fork that was deleted.
    pub source: Option<u64>,
    /// Title.
    pub title: String,
    /// Description, Markdown.
    pub body: String,
    /// Its author.
    pub author: u64,
    /// Name of the source branch.
    pub source_branch: String,
    /// Name of the target branch.
    pub target_branch: String,
    /// `opened`, `closed` or `merged`.
    pub state: &'static str,
    /// The versions of its diff, oldest first; at least one.
    pub versions: Vec<Version>,
    /// The commit that merged it.
    pub merge_sha: Option<String>,
    /// When it was opened, RFC 3339.
    pub created_at: String,
    /// When it was changed, RFC 3339.
    pub updated_at: String,
    /// Responses of external status checks: number of the check and commit, with the status.
    pub responses: BTreeMap<(u64, String), String>,
}

impl Pull {
    /// The latest version of the diff.
    pub fn version(&self) -> &Version {
        &self.versions[self.versions.len() - 1]
    }

    /// The head commit.
    pub fn head(&self) -> &str {
        &self.version().head
    }
}

/// A pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Number.
    pub id: u64,
    /// Its project.
    pub project: u64,
    /// Its commit.
    pub sha: String,
    /// Its branch, or another reference.
    pub reference: String,
    /// `external` or `merge_request_event`.
    pub source: &'static str,
    /// The merge request that it belongs to.
    pub pull: Option<u64>,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// A commit status.
#[derive(Clone, Debug)]
pub struct Status {
    /// Number.
    pub id: u64,
    /// Its project.
    pub project: u64,
    /// Its pipeline.
    pub pipeline: u64,
    /// Its commit.
    pub sha: String,
    /// Its branch, or another reference.
    pub reference: String,
    /// Name.
    pub name: String,
    /// `created`, `pending`, `running`, `success`, `failed`, `canceled` or `skipped`.
    pub state: String,
    /// Address of the details.
    pub target_url: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Who created it.
    pub author: u64,
    /// Whether a newer one of that name replaces it.
    pub retried: bool,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it began, RFC 3339.
    pub started_at: Option<String>,
    /// When it ended, RFC 3339.
    pub finished_at: Option<String>,
    /// All states that it has had, oldest first.
    pub history: Vec<String>,
}

/// Where a note is in a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The merge base.
    pub base: String,
    /// The commit of the target branch.
    pub start: String,
    /// The head commit.
    pub head: String,
    /// Path before the change.
    pub old_path: String,
    /// Path after the change.
    pub new_path: String,
    /// Line before the change, from 1; `None` for an added line.
    pub old_line: Option<u64>,
    /// Line after the change, from 1; `None` for a removed line.
    pub new_line: Option<u64>,
}

/// A comment.
#[derive(Clone, Debug)]
pub struct Note {
    /// Number.
    pub id: u64,
    /// Its author.
    pub author: u64,
    /// Text, Markdown.
    pub body: String,
    /// Where it is in the diff.
    pub position: Option<Position>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was changed, RFC 3339.
    pub updated_at: String,
}

/// A discussion of a merge request, or a single note.
#[derive(Clone, Debug)]
pub struct Discussion {
    /// Forty hexadecimal digits.
    pub id: String,
    /// The project of the merge request.
    pub project: u64,
    /// Number of the merge request in it.
    pub pull: u64,
    /// Whether it is a single note, which cannot be resolved.
    pub individual: bool,
    /// The notes, oldest first; at least one.
    pub notes: Vec<Note>,
    /// Who resolved it, and when (RFC 3339).
    pub resolved: Option<(u64, String)>,
}

/// The object that a hook belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A project.
    Project(u64),
    /// A group, with all of its projects.
    Group(u64),
}

/// A webhook. It holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct Hook {
    /// Number.
    pub id: u64,
    /// What it belongs to.
    pub place: Place,
    /// The address.
    pub url: String,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// The flags of events, such as `merge_requests_events`.
    pub events: BTreeMap<String, bool>,
    /// Whether certificates are verified.
    pub verify: bool,
    /// What is sent as `X-Gitlab-Token`.
    pub token: Option<String>,
    /// What deliveries are signed with, after `whsec_`.
    pub signing_token: Option<String>,
    /// Names and values of further headers.
    pub headers: Vec<(String, String)>,
    /// Failures in a row.
    pub failures: u32,
    /// When deliveries continue, in seconds since 1970; 0 if they do not pause.
    pub disabled_until: i64,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// The whole state of the fake.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: BTreeMap<u64, User>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) groups: BTreeMap<u64, Group>,
    pub(crate) projects: BTreeMap<u64, Project>,
    pub(crate) pulls: BTreeMap<(u64, u64), Pull>,
    /// Merge requests that are returned in an old state until a time.
    pub(crate) stale: BTreeMap<(u64, u64), (Instant, Pull)>,
    pub(crate) pipelines: BTreeMap<u64, Pipeline>,
    pub(crate) statuses: BTreeMap<u64, Status>,
    pub(crate) discussions: Vec<Discussion>,
    pub(crate) hooks: BTreeMap<u64, Hook>,
    /// The certificate authority that deliveries trust, PEM.
    pub(crate) ca: Option<String>,
    /// Whether hooks ignore signing tokens.
    pub(crate) unsigned: bool,
    /// When archives were requested, in seconds since 1970, by user.
    pub(crate) archives: Vec<(u64, i64)>,
    pub(crate) served: u64,
    pub(crate) last: u64,
}

impl State {
    /// A new number. They begin above `i32`, as those of notes on gitlab.com do.
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        3_000_000_000 + self.last
    }

    /// Adds a user.
    pub(crate) fn add_user(&mut self, username: &str, name: &str) -> u64 {
        let id = self.next();
        self.users.insert(id, User { id, username: username.to_owned(), name: name.to_owned() });
        id
    }

    /// The number of a user; 0, which no user has, if there is none.
    pub(crate) fn user(&self, username: &str) -> u64 {
        self.users.values().find(|one| one.username == username).map_or(0, |one| one.id)
    }

    /// Issues a token: `glpat-` and random characters (docs.gitlab.com, "GitLab token overview", section "Token
    /// prefixes").
    pub(crate) fn issue(&mut self, user: u64, scopes: &[&str], expires: i64) -> String {
        let value = format!("glpat-{}", random(20));
        let scopes = scopes.iter().map(|one| (*one).to_owned()).collect();
        let token = Token { id: self.next(), user, scopes, expires, revoked: false };
        self.tokens.insert(value.clone(), token);
        value
    }

    /// Adds a group of the top level.
    pub(crate) fn add_group(&mut self, path: &str, plan: Plan, members: &[(u64, u8)]) -> u64 {
        let id = self.next();
        let members = members.iter().copied().collect();
        self.groups.insert(id, Group { id, path: path.to_owned(), plan, members });
        id
    }

    /// The project of a number or a full path, case-insensitive.
    pub(crate) fn project(&self, name: &str) -> Option<&Project> {
        let by_number = name.parse().ok().and_then(|id: u64| self.projects.get(&id));
        by_number.or_else(|| self.projects.values().find(|one| one.full_path.eq_ignore_ascii_case(name)))
    }

    /// The group of a number or a path, case-insensitive.
    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        let by_number = name.parse().ok().and_then(|id: u64| self.groups.get(&id));
        by_number.or_else(|| self.groups.values().find(|one| one.path.eq_ignore_ascii_case(name)))
    }

    /// The group of the top level that a project is in.
    pub(crate) fn group_of(&self, project: &Project) -> Option<&Group> {
        self.group(project.full_path.split('/').next().unwrap_or_default())
    }

    /// The role of a user in a project, by the project or its group; 0 for none.
    pub(crate) fn role(&self, user: u64, project: &Project) -> u8 {
        let inherited = self.group_of(project).and_then(|one| one.members.get(&user)).copied();
        let own = project.members.get(&user).copied();
        inherited.max(own).unwrap_or(0)
    }

    /// The plan of a project.
    pub(crate) fn plan(&self, project: &Project) -> Plan {
        self.group_of(project).map_or(Plan::Free, |one| one.plan)
    }

    /// The latest statuses of a pipeline: those that no newer one replaces.
    pub(crate) fn latest(&self, pipeline: u64) -> impl Iterator<Item = &Status> {
        self.statuses.values().filter(move |one| one.pipeline == pipeline && !one.retried)
    }

    /// The status of a pipeline: that of its worst job (docs.gitlab.com, "CI/CD pipelines", section "Pipeline status").
    pub(crate) fn pipeline_status(&self, pipeline: u64) -> &'static str {
        let states: Vec<&str> = self.latest(pipeline).map(|one| one.state.as_str()).collect();
        let any = |state: &str| states.contains(&state);
        match () {
            () if states.is_empty() => "created",
            () if any("running") => "running",
            () if any("pending") || any("created") => "pending",
            () if any("failed") => "failed",
            () if any("canceled") => "canceled",
            () if states.iter().all(|one| *one == "skipped") => "skipped",
            () => "success",
        }
    }

    /// The pipeline of a merge request at its head: of the source branch, or of the merge request itself.
    pub(crate) fn head_pipeline(&self, pull: &Pull) -> Option<&Pipeline> {
        let own = |one: &&Pipeline| {
            let of_branch = Some(one.project) == pull.source && one.reference == pull.source_branch;
            one.sha == pull.head()
                && (of_branch || (one.project == pull.project && one.pull == Some(pull.number)))
        };
        self.pipelines.values().rev().find(own)
    }

    /// The discussions of a merge request.
    pub(crate) fn discussions_of(&self, project: u64, pull: u64) -> impl Iterator<Item = &Discussion> {
        self.discussions.iter().filter(move |one| one.project == project && one.pull == pull)
    }
}

impl Hook {
    /// `executable`, `temporarily_disabled` after four failures in a row, or `disabled` after forty
    /// (docs.gitlab.com, "Webhooks", section "Auto-disabled webhooks").
    pub fn alert_status(&self) -> &'static str {
        if self.failures >= 40 {
            "disabled"
        } else if self.disabled_until > clock::seconds() {
            "temporarily_disabled"
        } else {
            "executable"
        }
    }

    /// Counts a response. The fourth failure in a row and each one after it pause deliveries: for one minute, then
    /// for twice the time of the last pause, for a day at most.
    pub(crate) fn count(&mut self, success: bool) {
        if success {
            (self.failures, self.disabled_until) = (0, 0);
            return;
        }
        self.failures += 1;
        if self.failures >= 4 {
            let pause = (60_i64 << (self.failures - 4).min(20)).min(86_400);
            self.disabled_until = clock::seconds() + pause;
        }
    }
}
