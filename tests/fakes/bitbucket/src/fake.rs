//! The fake as a test starts it, and what it has recorded.

mod accounts;
mod changes;
mod pulls;
mod repositories;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use palisade_fake_host::{
    Error, Fault, Gate, Host, Listeners, Outbox, Request, Rule, Server, Specification, Worker,
};
use serde_json::Value;

use crate::api::{ROUTES, SPANNING};
use crate::delivery::{self, Delivery};
use crate::state::State;
use crate::{Credentials, Inner, Options, description, lacking};

pub(crate) use changes::Opening;

/// The workspace of the connection.
pub(crate) const ACME: &str = "acme";

/// A running fake; dropping it stops it.
pub struct FakeBitbucket {
    // Dropped before the server: nothing is sent any more.
    _sender: Worker,
    server: Server<Inner>,
    pub(crate) inner: Arc<Inner>,
    /// The API token of the connection.
    ours: Credentials,
    /// The token of the second user.
    mallory: Credentials,
}

impl FakeBitbucket {
    /// Starts a fake with two workspaces and their users, and no repositories. It needs a Tokio runtime.
    ///
    /// The workspace `acme` has `palisade`, whose API token the connection uses, and `ada`, both administrators, and
    /// `mallory`, who can write. The workspace `umbrella` has `wesker` alone; `mallory` has a workspace of that name.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let specification = Specification::read_existing(&[description(&options)], SPANNING)?;
        let specification = specification.map(|one| one.extend(lacking::operations())).transpose()?;
        let listeners = Listeners::bind("Fake Bitbucket", &[options.port, 0]).await?;
        let (outbox, orders) = Outbox::new();
        let inner = Arc::new(Inner {
            api_url: format!("{}/2.0", listeners.url(0)),
            web_url: listeners.url(1),
            host: Host::new()?,
            gate: Gate { routes: ROUTES, spanning: SPANNING, specification },
            outbox,
            state: Mutex::new(State::default()),
        });
        let (ours, mallory) = accounts::settle(&mut inner.state());
        let deliverer = inner.clone();
        let sender = orders.work(move |order| {
            let fake = deliverer.clone();
            async move { delivery::deliver(&fake, order).await }
        });
        Ok(Self { _sender: sender, server: listeners.serve(inner.clone()), inner, ours, mallory })
    }

    /// Stops listening, or listens again on the same ports with its state unchanged. During an outage connections are
    /// refused and open ones are closed.
    pub async fn outage(&self, away: bool) -> Result<(), Error> {
        self.server.outage(away).await
    }

    /// The shared parts: repositories, requests, faults.
    pub fn host(&self) -> &Host {
        &self.inner.host
    }

    /// The certificate authority that clients must trust, PEM.
    pub fn ca_pem(&self) -> &str {
        self.server.ca_pem()
    }

    /// Address of the REST API, without a slash at the end.
    pub fn api_url(&self) -> &str {
        &self.inner.api_url
    }

    /// Address of the pages, of Git and of archives, without a slash at the end.
    pub fn web_url(&self) -> &str {
        &self.inner.web_url
    }

    /// Whether requests are checked against the description.
    pub fn validates(&self) -> bool {
        self.inner.gate.specification.is_some()
    }

    /// The errors of a response of the fake, by the description. The path begins below `/2.0`.
    pub fn judge_answer(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        self.inner.gate.judge_answer(method, path, status, body)
    }

    /// All violations of the description and of documented limits so far.
    pub fn violations(&self) -> Vec<String> {
        self.inner.host.ledger.violations()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.inner.host.ledger.requests()
    }

    /// All attempted and dropped deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.outbox.log().clone()
    }

    /// Waits until no delivery is pending.
    pub async fn settled(&self) {
        self.inner.outbox.settled().await;
    }

    /// Makes all lists without an end, as an error of the provider might.
    pub fn set_endless(&self, is_endless: bool) {
        self.inner.host.faults.never_end(if is_endless { "/" } else { "" });
    }

    /// The bare repository of a repository, a folder.
    pub fn repository_folder(&self, repository: &str) -> PathBuf {
        self.inner.host.git.path(repository)
    }

    /// Adds a fault for matching requests; rules are tried in the order in which they were added.
    pub fn fail(&self, rule: Rule) {
        self.inner.host.faults.fail(rule);
    }

    /// Applies one of these faults to each request with that probability; an empty list turns it off.
    pub fn chaos(&self, seed: u64, probability: f64, kinds: Vec<Fault>) {
        self.inner.host.faults.chaos(seed, probability, kinds);
    }

    /// Removes all rules and random faults.
    pub fn heal(&self) {
        self.inner.host.faults.heal();
    }
}
