//! A GitHub for tests: it keeps state, checks every request against GitHub's own description of its API, serves Git,
//! sends signed deliveries, and simulates faults.
//!
//! It has the shape of GitHub Enterprise Server: the API is at `https://localhost:PORT/api/v3`, Git at
//! `https://localhost:PORT/OWNER/REPO.git`, and archives are at another port, as they are on another host of GitHub. It
//! needs the programs `git` and `openssl`. As a test tool, it fails by a panic.

mod api;
mod app;
mod check;
mod clock;
mod connection;
mod control;
mod delivery;
mod fake;
mod fault;
mod gate;
mod git;
mod ledger;
mod payload;
mod render;
mod reply;
mod server;
mod smart_http;
mod spec;
mod state;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

pub use app::App;
pub use check::{Check, Write};
pub use control::Control;
pub use delivery::{Delivery, signature};
pub use fake::FakeGitHub;
pub use fault::{Fault, Rule};
pub use ledger::Request;
pub use payload::Event;
pub use state::{Installation, Pull, Repository};

use crate::fault::Chaos;
use crate::reply::Reply;
use crate::state::State;

/// Why the fake does not start, or cannot do what a test requested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A required program is missing or fails.
    #[error("the program `{0}` is needed and failed: {1}")]
    Program(&'static str, String),
    /// GitHub's description cannot be read.
    #[error("the description {0} cannot be used: {1}")]
    Specification(String, String),
    /// A port cannot be opened.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// The certificate cannot be created.
    #[error("cannot create a certificate: {0}")]
    Certificate(String),
    /// The named object does not exist.
    #[error("{0} not found")]
    Absent(String),
}

/// Options of the fake.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder that contains `contracts/github/patched/openapi.api.github.com.json`. The default is the variable
    /// `PALISADE_SHARED`, then `../shared` beside this repository. Without the file nothing is validated.
    pub shared: Option<PathBuf>,
    /// Port to listen on; 0 for any.
    pub port: u16,
    /// The lifetime of a token in seconds, 3600 by default.
    pub token_seconds: Option<i64>,
}

/// The folder in which the description is looked for.
pub fn shared(options: &Options) -> PathBuf {
    let chosen = options.shared.clone().or_else(|| std::env::var_os("PALISADE_SHARED").map(PathBuf::from));
    chosen.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared")))
}

/// The state that all parts share.
pub(crate) struct Inner {
    pub(crate) api_url: String,
    pub(crate) web_url: String,
    pub(crate) codeload_url: String,
    pub(crate) app: App,
    pub(crate) started_at: String,
    pub(crate) specification: Option<spec::Specification>,
    pub(crate) git: git::Git,
    pub(crate) orders: tokio::sync::mpsc::UnboundedSender<delivery::Order>,
    pub(crate) waiting: tokio::sync::watch::Sender<usize>,
    state: Mutex<State>,
}

impl Inner {
    /// The state. A panic elsewhere, which fails its own test, does not change it.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The fault of the next request: by a rule, or at random.
    pub(crate) fn fault(&self, method: &str, path: &str) -> Option<Fault> {
        let mut state = self.state();
        if let Some(rule) = state.rules.iter_mut().find(|rule| rule.meets(method, path)) {
            rule.times -= 1;
            return Some(rule.fault.clone());
        }
        state.chaos.as_mut().and_then(Chaos::next)
    }

    /// Sends a delivery in the background.
    pub(crate) fn enqueue(&self, order: delivery::Order) {
        self.waiting.send_modify(|count| *count += 1);
        if self.orders.send(order).is_err() {
            self.waiting.send_modify(|count| *count -= 1);
        }
    }

    /// Creates credentials for the address of an archive.
    pub(crate) fn ticket(&self, repository: &str, sha: &str) -> String {
        let ticket = app::random(20);
        self.state().tickets.insert(ticket.clone(), (repository.to_owned(), sha.to_owned()));
        ticket
    }

    /// An archive: `OWNER/REPO/legacy.tar.gz/SHA?token=TICKET`.
    pub(crate) fn archive(&self, path: &str, query: &str) -> Reply {
        let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
        let known = token.and_then(|(_, ticket)| self.state().tickets.get(&*ticket).cloned());
        let Some((repository, sha)) = known else { return Reply::not_found() };
        if path != format!("{repository}/legacy.tar.gz/{sha}") {
            return Reply::not_found();
        }
        let prefix = format!("--prefix={}-{}/", repository.replace('/', "-"), &sha[..7]);
        match self.git.run(&repository, &["archive", "--format=tar.gz", &prefix, &sha]) {
            Some(bytes) => Reply { status: 200, headers: Vec::new(), body: bytes.into() }
                .header("content-type", "application/x-gzip"),
            None => Reply::not_found(),
        }
    }
}
