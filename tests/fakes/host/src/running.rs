//! A running fake: what a test does with all of them.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::{Error, Fault, Host, Listeners, Orders, Provider, Request, Rule, Server, Worker};

/// A running fake; dropping it stops it.
pub struct Running {
    // Dropped before the server: nothing is sent any more.
    sender: Worker,
    server: Server<dyn Provider>,
}

impl Running {
    /// Serves a provider, and sends its deliveries one after the other, each with that function.
    pub fn start<P: Provider, O: Send + 'static, R: Future<Output = ()> + Send>(
        listeners: Listeners,
        provider: &Arc<P>,
        orders: Orders<O>,
        deliver: impl Fn(Arc<P>, O) -> R + Send + 'static,
    ) -> Self {
        let deliverer = provider.clone();
        let sender = orders.work(move |order| deliver(deliverer.clone(), order));
        let provider: Arc<dyn Provider> = provider.clone();
        Self { sender, server: listeners.serve(provider) }
    }

    /// Stops listening, or listens again on the same ports with its state unchanged. During an outage connections are
    /// refused and open ones are closed.
    pub async fn outage(&self, away: bool) -> Result<(), Error> {
        self.server.outage(away).await
    }

    /// Waits until no delivery is pending.
    pub async fn settled(&self) {
        self.sender.settled().await;
    }

    /// The certificate authority that clients must trust, PEM.
    pub fn ca_pem(&self) -> &str {
        self.server.ca_pem()
    }

    /// The shared parts: repositories, requests, faults.
    pub fn host(&self) -> &Host {
        self.server.provider().host()
    }

    /// Whether requests are checked against the provider's description.
    pub fn validates(&self) -> bool {
        self.server.provider().specification().is_some()
    }

    /// The errors of a response of the fake, by the provider's description. The path is one of the description.
    pub fn judge_answer(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let Some(specification) = self.server.provider().specification() else { return Vec::new() };
        match specification.find(method, path) {
            Some(operation) => specification.answer(&operation, status, body),
            None => vec!["unknown operation".to_owned()],
        }
    }

    /// All violations of the description and of documented limits so far.
    pub fn violations(&self) -> Vec<String> {
        self.host().ledger.violations()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.host().ledger.requests()
    }

    /// The bare repository of a repository, a folder.
    pub fn repository_folder(&self, repository: &str) -> PathBuf {
        self.host().git.path(repository)
    }

    /// The commit of a branch.
    pub fn head_of(&self, repository: &str, branch: &str) -> Result<String, Error> {
        self.host().git.tip(repository, branch)
    }

    /// Creates a branch at the commit of another one. No event is sent.
    pub fn branch(&self, repository: &str, name: &str, from: &str) -> Result<(), Error> {
        let sha = self.head_of(repository, from)?;
        self.host().git.point(repository, &format!("refs/heads/{name}"), &sha);
        Ok(())
    }

    /// Commits files to a new branch that has no commit in common with any other. Returns the commit.
    pub fn commit_unrelated(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, &str)],
    ) -> Result<String, Error> {
        let files: Vec<_> = files.iter().map(|(path, content)| (*path, Some(*content))).collect();
        self.host().git.commit(repository, branch, None, "Begin again", &files)
    }

    /// Commits a tree of ten thousand million files, which Git stores in a few objects, to a new branch.
    pub fn commit_bomb(&self, repository: &str, branch: &str, note: &str) -> Result<String, Error> {
        self.host().git.bomb(repository, branch, note)
    }

    /// Adds a fault for matching requests; rules are tried in the order in which they were added.
    pub fn fail(&self, rule: Rule) {
        self.host().faults.fail(rule);
    }

    /// Applies one of these faults to each request with that probability; an empty list turns it off.
    pub fn chaos(&self, seed: u64, probability: f64, kinds: Vec<Fault>) {
        self.host().faults.chaos(seed, probability, kinds);
    }

    /// Removes all rules and random faults, and ends all lists.
    pub fn heal(&self) {
        self.host().faults.heal();
    }
}
