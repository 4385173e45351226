//! The functions with which a test controls the fake and reads its state.

mod policies;
mod pulls;
mod repositories;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use palisade_fake_host::{Error, Gate, Host, Listeners, Outbox, Running, Specification, clock, random};

pub(crate) use pulls::NewPull;

use crate::access::{ALL_SCOPES, DELETE_HOOKS, EDIT_HOOKS, Grant, User, VIEW_HOOKS, make_token};
use crate::api::ROUTES;
use crate::delivery::Delivery;
use crate::gate::normal;
use crate::state::{Pull, Repository, State, Subscription};
use crate::{Inner, ORGANIZATION, OTHER_ORGANIZATION, Options, description};

/// The user who pushes and opens pull requests.
pub(crate) const DEVELOPER: &str = "ada";

/// The user of the connection.
pub(crate) const SERVICE: &str = "palisade";

/// Another contributor, who tampers with statuses and threads.
pub(crate) const OTHER: &str = "mallory";

/// A running fake; dropping it stops it.
pub struct FakeAzureDevOps {
    running: Running,
    inner: Arc<Inner>,
}

impl Deref for FakeAzureDevOps {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl FakeAzureDevOps {
    /// Starts a fake with two organisations, three users and the token of the connection. It needs a Tokio runtime.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let specification = Specification::read_existing(&description(&options), &[])?;
        let listeners = Listeners::bind("Fake Azure DevOps", &[options.port]).await?;
        let (outbox, orders) = Outbox::new();
        let mut state = State::default();
        state.add_user(DEVELOPER, true, 0);
        state.add_user(SERVICE, true, VIEW_HOOKS | EDIT_HOOKS | DELETE_HOOKS);
        state.add_user(OTHER, true, 0);
        let token = make_token();
        state.tokens.insert(token.clone(), Grant::new(SERVICE, ORGANIZATION, ALL_SCOPES));
        let inner = Arc::new(Inner {
            url: listeners.url(0),
            token,
            webhook_secret: random(24),
            started_at: clock::now(),
            host: Host::new()?,
            gate: Gate { routes: ROUTES, spanning: &[], specification },
            outbox,
            state: Mutex::new(state),
        });
        let running = Running::start(listeners, &inner, orders, |fake, order| async move {
            fake.deliver(order).await;
        });
        Ok(Self { running, inner })
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// Address of the fake, without a slash at the end; organisations are below it.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The token of the connection.
    pub fn token(&self) -> &str {
        &self.inner.token
    }

    /// The password of the service hooks of the connection.
    pub fn webhook_secret(&self) -> &str {
        &self.inner.webhook_secret
    }

    /// A user by the short name: `ada`, `palisade`, `mallory`.
    pub fn user(&self, name: &str) -> User {
        self.inner.state().user(name).clone()
    }

    /// Issues a token.
    pub fn issue_token(&self, grant: Grant) -> String {
        self.inner.state().issue(grant)
    }

    /// A token of the other contributor, with all scopes.
    pub fn other_token(&self) -> String {
        self.issue_token(Grant::new(OTHER, ORGANIZATION, ALL_SCOPES))
    }

    /// A token of the user of the connection with these scopes only.
    pub fn narrow_token(&self, scopes: &[&str]) -> String {
        self.issue_token(Grant::new(SERVICE, ORGANIZATION, scopes))
    }

    /// A token that expired an hour ago.
    pub fn expired_token(&self) -> String {
        let grant = Grant::new(SERVICE, ORGANIZATION, ALL_SCOPES);
        self.issue_token(Grant { expires: clock::seconds() - 3600, ..grant })
    }

    /// A token that was deleted.
    pub fn revoked_token(&self) -> String {
        let token = self.narrow_token(ALL_SCOPES);
        self.inner.state().tokens.remove(&token);
        token
    }

    /// A token of another organisation.
    pub fn foreign_token(&self) -> String {
        self.issue_token(Grant::new(SERVICE, OTHER_ORGANIZATION, ALL_SCOPES))
    }

    /// Changes the rights of the token of the connection.
    pub fn change_token(&self, what: impl FnOnce(&mut Grant)) {
        if let Some(grant) = self.inner.state().tokens.get_mut(&self.inner.token) {
            what(grant);
        }
    }

    /// Deletes the token of the connection, as a user or an administrator may do at any time.
    pub fn revoke_token(&self) {
        self.inner.state().tokens.remove(&self.inner.token);
    }

    /// Sets the permissions of the user of the connection for service hooks: 1 view, 2 edit, 4 delete, added up.
    pub fn allow_hooks(&self, bits: u8) {
        if let Some(user) = self.inner.state().users.get_mut(SERVICE) {
            user.hooks = bits;
        }
    }

    /// The errors of a response of the fake, by the description.
    pub fn judge_answer(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: &serde_json::Value,
    ) -> Vec<String> {
        self.running.judge_answer(method, &normal(path), status, body)
    }

    /// All deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.outbox.log().clone()
    }

    /// All subscriptions, oldest first.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.inner.state().subscriptions.clone()
    }

    /// Changes a subscription by hand: disables it, sets another password, another address.
    pub fn change_subscription(&self, id: &str, what: impl FnOnce(&mut Subscription)) -> Result<(), Error> {
        let mut state = self.inner.state();
        what(state.subscription(id).ok_or_else(|| Error::Absent(format!("subscription {id}")))?);
        Ok(())
    }

    /// Changes all subscriptions by hand.
    pub fn change_subscriptions(&self, what: impl FnMut(&mut Subscription)) {
        self.inner.state().subscriptions.iter_mut().for_each(what);
    }

    /// Sends the last notification of each subscription on probation once more, as Azure DevOps does after 20 minutes
    /// and then ever less often.
    pub async fn retry_probation(&self) {
        let waiting = self.subscriptions().into_iter().filter(|one| one.status == "onProbation");
        for one in waiting {
            let last =
                self.deliveries().into_iter().rev().find(|it| it.subscription == one.id && !it.is_accepted());
            if let Some(last) = last {
                self.inner.retry(last).await;
            }
        }
    }

    /// The certificate authority that service hooks trust, PEM.
    pub fn set_delivery_ca(&self, ca: Option<&str>) {
        self.inner.state().ca = ca.map(ToOwned::to_owned);
    }

    /// A repository by its full name.
    pub fn repository(&self, full_name: &str) -> Result<Repository, Error> {
        let found = self.inner.state().named(full_name).cloned();
        found.ok_or_else(|| Error::Absent(full_name.to_owned()))
    }

    /// A pull request.
    pub fn pull(&self, repository: &str, number: u64) -> Result<Pull, Error> {
        let state = self.inner.state();
        let found = state
            .named(repository)
            .and_then(|one| state.pulls.get(&number).filter(|pull| pull.repository == one.id));
        found.cloned().ok_or_else(|| Error::Absent(format!("pull request {number} in {repository}")))
    }
}
