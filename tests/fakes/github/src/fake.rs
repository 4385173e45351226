//! The functions with which a test controls the fake and reads its state.

mod moves;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use palisade_fake_host::{Error, Gate, Host, Listeners, Outbox, Running, Specification, clock, guid};

use crate::api::{ROUTES, SPANNING};
use crate::check::Check;
use crate::delivery::{self, Delivery, Order};
use crate::payload::Event;
use crate::state::{Hook, Installation, Pull, Repository, State};
use crate::{App, Inner, Options, shared};

/// A running fake; dropping it stops it.
pub struct FakeGitHub {
    running: Running,
    pub(crate) inner: Arc<Inner>,
}

impl Deref for FakeGitHub {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl FakeGitHub {
    /// Starts a fake with an App and nothing else. It needs a Tokio runtime.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let specification = shared(&options).join("contracts/github/patched/openapi.api.github.com.json");
        let specification = Specification::read_existing(&[specification], SPANNING)?;
        let listeners = Listeners::bind("Fake GitHub", &[options.port, 0]).await?;
        let (outbox, orders) = Outbox::new();
        let inner = Arc::new(Inner {
            api_url: format!("{}/api/v3", listeners.url(0)),
            web_url: listeners.url(0),
            codeload_url: listeners.url(1),
            app: tokio::task::spawn_blocking(App::make).await.map_err(std::io::Error::other)??,
            started_at: clock::now(),
            host: Host::new()?,
            gate: Gate { routes: ROUTES, spanning: SPANNING, specification },
            outbox,
            state: Mutex::new(State { token_seconds: options.token_seconds, ..State::default() }),
        });
        let running = Running::start(listeners, &inner, orders, |fake, order| async move {
            delivery::deliver(&fake, order).await;
        });
        Ok(Self { running, inner })
    }

    /// Address of the REST API, without a slash at the end.
    pub fn api_url(&self) -> &str {
        &self.inner.api_url
    }

    /// Address of the pages and of Git, without a slash at the end.
    pub fn web_url(&self) -> &str {
        &self.inner.web_url
    }

    /// Address of the archives, without a slash at the end.
    pub fn codeload_url(&self) -> &str {
        &self.inner.codeload_url
    }

    /// The App.
    pub fn app(&self) -> &App {
        &self.inner.app
    }

    /// All checks of a commit, oldest first, with their histories.
    pub fn checks(&self, repository: &str, sha: &str) -> Vec<Check> {
        let state = self.inner.state();
        state.checks.values().filter(|one| one.repository == repository && one.sha == sha).cloned().collect()
    }

    /// Every token of an installation that was issued.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.inner.state().tokens.keys().cloned().collect()
    }

    /// All attempted deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.outbox.log().clone()
    }

    /// Installs the App in an organisation and sends the event.
    pub fn add_installation(&self, login: &str) -> u64 {
        let installation = {
            let mut state = self.inner.state();
            let (id, account_id) = (state.next(), state.next());
            let installation = Installation {
                id,
                login: login.to_owned(),
                account_id,
                selection: "all",
                suspended_at: None,
                created_at: clock::now(),
            };
            state.installations.insert(id, installation.clone());
            installation
        };
        let id = installation.id;
        self.emit(&Event::Installation("created", Box::new(installation)));
        id
    }

    /// Adds a private repository `owner/name` with one commit on `main`, and sends the event.
    pub fn add_repository(
        &self,
        installation: u64,
        full_name: &str,
        files: &[(&str, &str)],
    ) -> Result<String, Error> {
        let sha = self.inner.host.git.begin(full_name, files)?;
        {
            let mut state = self.inner.state();
            let repository = Repository {
                id: state.next(),
                full_name: full_name.to_owned(),
                default_branch: "main".to_owned(),
                private: true,
                archived: false,
                installation,
                protected: std::collections::BTreeMap::new(),
                rules: std::collections::BTreeMap::new(),
            };
            state.repositories.insert(full_name.to_lowercase(), repository);
        }
        self.emit(&Event::Repositories(installation, vec![full_name.to_owned()], Vec::new()));
        Ok(sha)
    }

    /// Removes a repository from its installation, and sends the event.
    pub fn remove_repository(&self, full_name: &str) -> Result<(), Error> {
        let found = self.inner.state().repository(full_name).map(|one| one.installation);
        let installation = found.ok_or_else(|| Error::Absent(full_name.to_owned()))?;
        // The event must still have the number of the repository.
        self.emit(&Event::Repositories(installation, Vec::new(), vec![full_name.to_owned()]));
        self.inner.state().repositories.remove(&full_name.to_lowercase());
        Ok(())
    }

    /// Makes a repository public or private.
    pub fn set_private(&self, full_name: &str, private: bool) -> Result<(), Error> {
        self.change(full_name, |one| one.private = private)
    }

    /// Protects a branch: the named checks must pass, written by the App or, without one, by anyone.
    pub fn protect_branch(
        &self,
        full_name: &str,
        branch: &str,
        checks: &[&str],
        app: Option<u64>,
    ) -> Result<(), Error> {
        let checks = checks.iter().map(|name| ((*name).to_owned(), app)).collect();
        self.change(full_name, |one| {
            one.protected.insert(branch.to_owned(), checks);
        })
    }

    /// The same, by a ruleset.
    pub fn add_ruleset(
        &self,
        full_name: &str,
        branch: &str,
        checks: &[&str],
        app: Option<u64>,
    ) -> Result<(), Error> {
        let checks = checks.iter().map(|name| ((*name).to_owned(), app)).collect();
        self.change(full_name, |one| {
            one.rules.insert(branch.to_owned(), checks);
        })
    }

    fn change(&self, full_name: &str, what: impl FnOnce(&mut Repository)) -> Result<(), Error> {
        let mut state = self.inner.state();
        let found = state.repositories.get_mut(&full_name.to_lowercase());
        what(found.ok_or_else(|| Error::Absent(full_name.to_owned()))?);
        Ok(())
    }

    /// Writes files to a branch, which begins at `main` if it does not exist; a file without content is deleted. Open
    /// pull requests from that branch get the commit as their head, and no event is sent. Returns the commit.
    pub fn commit(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let sha = self.inner.host.git.change(repository, branch, files)?;
        let mut state = self.inner.state();
        let from = |one: &&mut Pull| one.open && one.repository == repository && one.head_branch == branch;
        for pull in state.pulls.values_mut().filter(from) {
            pull.head_sha.clone_from(&sha);
            self.inner.host.git.point(repository, &format!("refs/pull/{}/head", pull.number), &sha);
        }
        Ok(sha)
    }

    /// The number of the next pull request.
    pub fn next_number(&self, repository: &str) -> u64 {
        self.inner.state().pulls.keys().filter(|(name, _)| name == repository).count() as u64 + 1
    }

    /// The installation of an organisation.
    pub fn installation_of(&self, login: &str) -> Option<u64> {
        self.inner.state().installation_of(login).map(|one| one.id)
    }

    /// Opens a pull request from an existing branch, and sends the event. Returns its number.
    pub fn open_pull(&self, repository: &str, head: &str, base: &str) -> Result<u64, Error> {
        self.open_titled(repository, head, base, &format!("Merge {head}"))
    }

    /// The same, with a title.
    pub fn open_titled(&self, repository: &str, head: &str, base: &str, title: &str) -> Result<u64, Error> {
        let git = &self.inner.host.git;
        let (head_sha, base_sha) = (git.tip(repository, head)?, git.tip(repository, base)?);
        let number = {
            let mut state = self.inner.state();
            let number = state.pulls.keys().filter(|(name, _)| name == repository).count() as u64 + 1;
            let pull = Pull {
                id: state.next(),
                number,
                repository: repository.to_owned(),
                title: title.to_owned(),
                head_branch: head.to_owned(),
                base_branch: base.to_owned(),
                head_sha: head_sha.clone(),
                base_sha,
                open: true,
                draft: false,
                fork_gone: false,
                created_at: clock::now(),
                closed_at: None,
            };
            state.pulls.insert((repository.to_owned(), number), pull);
            number
        };
        self.inner.host.git.point(repository, &format!("refs/pull/{number}/head"), &head_sha);
        self.emit(&Event::Pull("opened", repository.to_owned(), number));
        Ok(number)
    }

    /// A pull request.
    pub fn pull(&self, repository: &str, number: u64) -> Result<Pull, Error> {
        let found = self.inner.state().pulls.get(&(repository.to_owned(), number)).cloned();
        found.ok_or_else(|| Error::Absent(format!("pull request {number} in {repository}")))
    }

    fn change_pull(&self, repository: &str, number: u64, what: impl FnOnce(&mut Pull)) -> Result<(), Error> {
        let mut state = self.inner.state();
        let found = state.pulls.get_mut(&(repository.to_owned(), number));
        what(found.ok_or_else(|| Error::Absent(format!("pull request {number} in {repository}")))?);
        Ok(())
    }

    /// Pushes onto the head of a pull request and sends `synchronize`. Returns the commit.
    pub fn push(
        &self,
        repository: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let before = self.pull(repository, number)?.head_sha;
        let sha = self.push_silently(repository, number, files)?;
        self.emit(&Event::Synchronize(repository.to_owned(), number, before));
        Ok(sha)
    }

    /// The same without the event, as if the delivery was lost.
    pub fn push_silently(
        &self,
        repository: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        self.commit(repository, &self.pull(repository, number)?.head_branch, files)
    }

    /// Closes a pull request and sends the event.
    pub fn close_pull(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.change_pull(repository, number, |one| {
            one.open = false;
            one.closed_at = Some(clock::now());
        })?;
        self.emit(&Event::Pull("closed", repository.to_owned(), number));
        Ok(())
    }

    /// Reopens a pull request and sends the event.
    pub fn reopen_pull(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.change_pull(repository, number, |one| {
            one.open = true;
            one.closed_at = None;
        })?;
        self.emit(&Event::Pull("reopened", repository.to_owned(), number));
        Ok(())
    }

    /// Changes the base of a pull request and sends the event.
    pub fn retarget_pull(&self, repository: &str, number: u64, base: &str) -> Result<(), Error> {
        let old = self.pull(repository, number)?.base_branch;
        let sha = self.head_of(repository, base)?;
        self.change_pull(repository, number, |one| {
            base.clone_into(&mut one.base_branch);
            one.base_sha = sha;
        })?;
        self.emit(&Event::Retargeted(repository.to_owned(), number, old));
        Ok(())
    }

    /// Makes a pull request one from a fork that was deleted: `head.repo` is null.
    pub fn lose_fork(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.change_pull(repository, number, |one| one.fork_gone = true)
    }

    /// An installation.
    pub fn installation(&self, id: u64) -> Result<Installation, Error> {
        let found = self.inner.state().installations.get(&id).cloned();
        found.ok_or_else(|| Error::Absent(format!("installation {id}")))
    }

    /// Suspends an installation and sends the event.
    pub fn suspend(&self, installation: u64) -> Result<(), Error> {
        self.change_installation(installation, "suspend", Some(clock::now()))
    }

    /// Ends a suspension and sends the event.
    pub fn unsuspend(&self, installation: u64) -> Result<(), Error> {
        self.change_installation(installation, "unsuspend", None)
    }

    fn change_installation(&self, id: u64, action: &'static str, at: Option<String>) -> Result<(), Error> {
        let changed = {
            let mut state = self.inner.state();
            let found = state.installations.get_mut(&id);
            let found = found.ok_or_else(|| Error::Absent(format!("installation {id}")))?;
            found.suspended_at = at;
            found.clone()
        };
        self.emit(&Event::Installation(action, Box::new(changed)));
        Ok(())
    }

    /// Removes an installation with its tokens and repositories, and sends the event.
    pub fn uninstall(&self, id: u64) -> Result<(), Error> {
        let found = self.inner.state().installations.get(&id).cloned();
        let found = found.ok_or_else(|| Error::Absent(format!("installation {id}")))?;
        self.emit(&Event::Installation("deleted", Box::new(found)));
        let mut state = self.inner.state();
        state.installations.remove(&id);
        state.tokens.retain(|_, token| token.installation != id);
        state.repositories.retain(|_, one| one.installation != id);
        Ok(())
    }

    /// Expires every issued token.
    pub fn expire_tokens(&self) {
        for token in self.inner.state().tokens.values_mut() {
            token.expires = 0;
        }
    }

    /// Requests a check again, as the button on the page does.
    pub fn rerequest(&self, check: u64) {
        self.emit(&Event::CheckRerequested(check));
    }

    /// Sets the address of the webhook, and the certificate authority to trust, PEM. Until then nothing is sent.
    pub fn set_webhook(&self, url: &str, ca: Option<&str>) {
        self.inner.state().hook = Hook { url: Some(url.to_owned()), ca: ca.map(ToOwned::to_owned) };
    }

    /// Sends an event and waits for the response. `None` without a webhook, or if the object of the event is absent.
    pub async fn send(&self, event: Event) -> Option<Delivery> {
        let (event, payload) = self.inner.payload(&event)?;
        delivery::deliver(&self.inner, Order { guid: guid(), event, payload, again: false }).await
    }

    /// Sends an old delivery again, under its id, and waits for the response.
    pub async fn redeliver(&self, id: u64) -> Option<Delivery> {
        let old = self.inner.outbox.log().iter().find(|one| one.id == id).cloned()?;
        let order = Order { guid: old.guid, event: old.event, payload: old.payload, again: true };
        delivery::deliver(&self.inner, order).await
    }

    /// Name and payload of an event, without sending it.
    pub fn payload(&self, event: &Event) -> Option<(String, serde_json::Value)> {
        self.inner.payload(event)
    }

    /// Sends an event in the background, if there is a webhook.
    pub(crate) fn emit(&self, event: &Event) {
        if self.inner.state().hook.url.is_none() {
            return;
        }
        if let Some((event, payload)) = self.inner.payload(event) {
            self.inner.outbox.enqueue(Order { guid: guid(), event, payload, again: false });
        }
    }
}
