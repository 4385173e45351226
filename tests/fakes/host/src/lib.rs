//! What the fake Git providers share: TLS listeners, Git over HTTP, checks of requests against descriptions of APIs,
//! faults, deliveries, and the control endpoint.
//!
//! A fake implements [`Provider`] and is served by a [`Server`]. It needs the program `git`. As a test tool, it fails by
//! a panic.

mod certificate;
pub mod clock;
mod control;
mod delivery;
mod direct;
mod fault;
mod forge;
mod gate;
mod git;
mod ledger;
mod objects;
mod page;
mod probe;
mod program;
mod random;
mod reply;
mod running;
mod server;
mod shop;
mod smart_http;
mod spec;
mod template;

use std::path::{Path, PathBuf};

pub use certificate::Certificate;
pub use control::{Branches, Control, Controlled};
pub use delivery::{Attempt, Orders, Outbox, Outgoing, Worker, signature};
pub use direct::Direct;
pub use fault::{Fault, Faults, Rule};
pub use forge::{BadToken, Forge, Hook, Later, Remark, Shown, Status};
pub use gate::{Call, Found, Gate, Raw, Refusal, Route};
pub use git::{Change, Commit, Entry, Git};
pub use ledger::{Ledger, Request};
pub use objects::Files;
pub use page::Page;
pub use probe::{BadInput, Seen, check_bad_input, client, receiver, run_git};
pub use program::{Started, run_program};
pub use random::{guid, random};
pub use reply::Reply;
pub use running::Running;
pub use server::{Listeners, Server};
pub use shop::SHOP;
pub use smart_http::basic;
pub use spec::{Operation, Specification};

/// Why a fake does not start, or cannot do what a test requested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A required program is missing or fails.
    #[error("the program `{0}` is needed and failed: {1}")]
    Program(&'static str, String),
    /// The description of the API cannot be read.
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

/// The folder that contains `contracts/`, with the descriptions of the APIs: the chosen one, otherwise the variable
/// `PALISADE_SHARED`, otherwise `../shared` beside this repository.
pub fn shared(chosen: Option<&Path>) -> PathBuf {
    let chosen =
        chosen.map(Path::to_path_buf).or_else(|| std::env::var_os("PALISADE_SHARED").map(PathBuf::from));
    chosen.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared")))
}

/// The parts that every fake has.
#[derive(Debug)]
pub struct Host {
    /// The repositories.
    pub git: Git,
    /// What was requested so far.
    pub ledger: Ledger,
    /// What a test wants to fail.
    pub faults: Faults,
}

impl Host {
    /// No repositories, no requests, no faults.
    pub fn new() -> Result<Self, Error> {
        Ok(Self { git: Git::new()?, ledger: Ledger::default(), faults: Faults::default() })
    }

    /// The page of a list at a path, which has no end if a test wants that.
    pub fn page<T: Clone>(&self, path: &str, all: Vec<T>, number: usize, size: usize) -> Page<T> {
        if self.faults.is_endless(path) {
            Page::endless(all, number, size)
        } else {
            Page::cut(all, number, size)
        }
    }
}

/// A fake Git provider, as its server uses it.
pub trait Provider: Send + Sync + 'static {
    /// The shared parts.
    fn host(&self) -> &Host;

    /// The description that requests are checked against, if it is available.
    fn specification(&self) -> Option<&Specification> {
        None
    }

    /// Answers a request that is not one of Git. It may block: it runs on a thread of its own.
    fn answer(&self, request: &Raw) -> Reply;

    /// The repository that a path of Git names, as [`Host::git`] names it; `None` for the paths of everything else. The
    /// path is percent-encoded and ends before `/info/refs` or `/git-upload-pack`.
    fn repository(&self, path: &str) -> Option<String>;

    /// Whether a request may read a repository, which may be absent; otherwise the refusal.
    fn git_access(&self, headers: &hyper::HeaderMap, repository: &str) -> Result<(), Reply>;

    /// Adds the headers that every response has.
    fn complete(&self, _headers: &mut hyper::HeaderMap) {}
}
