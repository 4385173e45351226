//! The functions with which a test controls the fake and reads its state.

mod moves;
mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use palisade_fake_host::{
    Error, Fault, Gate, Host, Listeners, Outbox, Reply, Running, Specification, clock, guid, random,
};
use serde_json::{Value, json};

use crate::api::{Opened, ROUTES, SPANNING};
use crate::delivery::{self, Delivery, Order};
use crate::state::{AUTHOR, DEVELOPER, OTHER, OURS, OUTSIDER, OWNER, Project, Pull, State};
use crate::{Event, Inner, Options, Plan, shared};

/// GitLab's description, below the folder with the contracts.
pub(crate) const DESCRIPTION: &str = "contracts/gitlab/patched/openapi_v2.json";

/// The seconds of a day.
const DAY: i64 = 86_400;

/// The description of what GitLab's own lacks.
pub(crate) fn more() -> Value {
    serde_json::from_str(include_str!("more.json")).unwrap()
}

/// A new signing token for webhooks.
fn make_signing_token() -> String {
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(random(16)))
}

/// A running fake; dropping it stops it.
pub struct FakeGitLab {
    running: Running,
    pub(crate) inner: Arc<Inner>,
    token: String,
    webhook_secret: String,
}

/// The error of an operation that a test requested.
pub(crate) fn refused(reply: &Reply) -> Error {
    Error::Absent(format!("{} {}", reply.status, String::from_utf8_lossy(&reply.body)))
}

impl Deref for FakeGitLab {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl FakeGitLab {
    /// Starts a fake with the group `acme`, its users and no project. It needs a Tokio runtime.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let specification = Specification::read_existing(&[shared(&options).join(DESCRIPTION)], SPANNING)?;
        let specification = specification.map(|one| one.extend(more())).transpose()?;
        let listeners = Listeners::bind("Fake GitLab", &[options.port]).await?;
        let (outbox, orders) = Outbox::new();
        let mut state = State { unsigned: options.unsigned, ..State::default() };
        let ours = state.add_user(OURS, "Palisade");
        let author = state.add_user(AUTHOR, "Ada Lovelace");
        let other = state.add_user(OTHER, "Mallory");
        let outsider = state.add_user(OUTSIDER, "Eve");
        let members = [(ours, OWNER), (author, DEVELOPER), (other, DEVELOPER)];
        state.add_group("acme", Plan::Free, &members);
        state.add_group("umbrella", Plan::Free, &[(outsider, OWNER)]);
        let token = state.issue(ours, &["api", "read_repository"], clock::seconds() + 300 * DAY);
        let inner = Arc::new(Inner {
            url: listeners.url(0),
            host: Host::new()?,
            gate: Gate { routes: ROUTES, spanning: SPANNING, specification },
            outbox,
            state: Mutex::new(state),
        });
        let running = Running::start(listeners, &inner, orders, |fake, order| async move {
            delivery::deliver(&fake, order).await;
        });
        Ok(Self { running, inner, token, webhook_secret: make_signing_token() })
    }

    /// The address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The token of the user `palisade`, with the scopes `api` and `read_repository`.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A signing token for webhooks, as a connection has it.
    pub fn webhook_secret(&self) -> &str {
        &self.webhook_secret
    }

    /// All attempted deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.outbox.log().clone()
    }

    /// Adds a private project with one commit on `main`. Its group is added if it does not exist, with `palisade` as
    /// the owner. Returns the commit.
    pub fn add_repository(&self, full_path: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        let sha = self.inner.host.git.begin(full_path, files)?;
        let mut state = self.inner.state();
        let group = full_path.split('/').next().unwrap_or_default();
        if state.group(group).is_none() {
            let ours = state.user(OURS);
            state.add_group(group, Plan::Free, &[(ours, OWNER)]);
        }
        add_project(&mut state, full_path, None);
        Ok(sha)
    }

    /// Adds a fork with all branches, whose owner is `ada`. If it is shared, `palisade` has the role Developer in it.
    pub fn add_fork(&self, full_path: &str, fork: &str, shared: bool) -> Result<(), Error> {
        let source = self.project(full_path)?;
        self.inner.host.git.fork(full_path, fork, &source.default_branch)?;
        let mut state = self.inner.state();
        let id = add_project(&mut state, fork, Some(source.id));
        let (owner, ours) = (state.user(AUTHOR), state.user(OURS));
        if let Some(one) = state.projects.get_mut(&id) {
            one.members.insert(owner, OWNER);
            if shared {
                one.members.insert(ours, DEVELOPER);
            }
        }
        Ok(())
    }

    /// A project.
    pub fn project(&self, full_path: &str) -> Result<Project, Error> {
        self.inner.state().project(full_path).cloned().ok_or_else(|| Error::Absent(full_path.to_owned()))
    }

    /// Changes a project: whether it is private or archived, its rules, its protected branches, its members.
    pub fn change(&self, full_path: &str, what: impl FnOnce(&mut Project)) -> Result<(), Error> {
        let id = self.project(full_path)?.id;
        if let Some(one) = self.inner.state().projects.get_mut(&id) {
            what(one);
        }
        Ok(())
    }

    /// Writes files to a branch, which begins at `main` if it does not exist; a file without content is deleted. Open
    /// merge requests from that branch get the commit as their head, and no event is sent. Returns the commit.
    pub fn commit(
        &self,
        full_path: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let project = self.project(full_path)?;
        let sha = self.inner.host.git.change(full_path, branch, files)?;
        self.inner.refresh(&project, branch);
        Ok(sha)
    }

    /// Writes files to a branch as [`Self::commit`] does, and sends all events. Returns the commit.
    pub fn push_branch(
        &self,
        full_path: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let project = self.project(full_path)?;
        let git = &self.inner.host.git;
        let before = git.resolve(full_path, &format!("refs/heads/{branch}"));
        let sha = git.change(full_path, branch, files)?;
        self.inner.moved(self.author(), &project, branch, before, &sha);
        Ok(sha)
    }

    /// Opens a merge request of `ada` from an existing branch, and sends the event. Returns its number.
    pub fn open_pull(&self, full_path: &str, head: &str, base: &str) -> Result<u64, Error> {
        self.open_titled(full_path, head, base, &format!("Merge {head}"))
    }

    /// The same, with a title.
    pub fn open_titled(&self, full_path: &str, head: &str, base: &str, title: &str) -> Result<u64, Error> {
        self.open_between((full_path, head), (full_path, base), title)
    }

    /// The same between two projects and branches, such as a fork and its source.
    pub fn open_between(&self, from: (&str, &str), to: (&str, &str), title: &str) -> Result<u64, Error> {
        let (source, target) = (self.project(from.0)?.id, self.project(to.0)?.id);
        let (source_branch, target_branch) = (from.1, to.1);
        let wanted =
            Opened { user: self.author(), source, target, source_branch, target_branch, title, body: "" };
        self.inner.open(&wanted).map_err(|reply| refused(&reply))
    }

    /// A merge request.
    pub fn pull(&self, full_path: &str, number: u64) -> Result<Pull, Error> {
        let id = self.project(full_path)?.id;
        let found = self.inner.state().pulls.get(&(id, number)).cloned();
        found.ok_or_else(|| Error::Absent(format!("merge request {number} in {full_path}")))
    }

    /// Pushes onto the head of a merge request and sends the events. Returns the commit.
    pub fn push(
        &self,
        full_path: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let pull = self.pull(full_path, number)?;
        let source =
            pull.source.and_then(|id| self.inner.state().projects.get(&id).map(|one| one.full_path.clone()));
        let source = source.ok_or_else(|| Error::Absent("the fork".to_owned()))?;
        self.push_branch(&source, &pull.source_branch, files)
    }

    /// Sets the certificate authority that deliveries trust, PEM.
    pub fn set_ca(&self, ca: Option<&str>) {
        self.inner.state().ca = ca.map(ToOwned::to_owned);
    }

    /// Sends an event of `ada` in the background to the hooks that get it.
    pub fn emit(&self, event: &Event) {
        self.inner.emit(self.author(), event);
    }

    /// Sends an event of `ada` to a hook, whatever its flags, and waits for the response. `None` if the hook or the
    /// object of the event is absent, or if the hook is disabled.
    pub async fn send(&self, hook: u64, event: &Event) -> Option<Delivery> {
        let made = self.inner.payload(self.author(), event)?;
        let order = Order { hook, event: made.header, payload: made.payload, id: guid(), forced: false };
        delivery::deliver(&self.inner, order).await
    }

    /// Sends an old delivery again, under its id, and waits for the response.
    pub async fn redeliver(&self, id: u64) -> Option<Delivery> {
        let old = self.inner.outbox.log().iter().find(|one| one.id == id).cloned()?;
        let order =
            Order { hook: old.hook, event: old.event, payload: old.payload, id: old.guid, forced: true };
        delivery::deliver(&self.inner, order).await
    }

    /// Header and payload of an event of `ada`, without sending it.
    pub fn payload(&self, event: &Event) -> Option<(String, Value)> {
        self.inner.payload(self.author(), event).map(|made| (made.header, made.payload))
    }

    /// The conflict that GitLab returns if two requests set statuses of a commit at a time.
    pub fn conflict() -> Fault {
        let body = json!({ "message": "Another update to this commit status is in progress" });
        Fault::Status(409, Vec::new(), body.to_string())
    }
}

/// Adds a private project. Returns its number.
fn add_project(state: &mut State, full_path: &str, fork_of: Option<u64>) -> u64 {
    let project = Project {
        id: state.next(),
        full_path: full_path.to_owned(),
        default_branch: "main".to_owned(),
        private: true,
        archived: false,
        fork_of,
        members: BTreeMap::new(),
        protected: BTreeSet::from(["main".to_owned()]),
        rules: crate::Rules::default(),
        checks: Vec::new(),
        created_at: clock::now(),
    };
    let id = project.id;
    state.projects.insert(id, project);
    id
}
