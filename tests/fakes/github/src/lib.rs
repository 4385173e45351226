//! A GitHub for tests: it keeps state, checks every request against GitHub's own description of its API, serves Git,
//! sends signed deliveries, and simulates faults.
//!
//! It has the shape of GitHub Enterprise Server: the API is at `https://localhost:PORT/api/v3`, Git at
//! `https://localhost:PORT/OWNER/REPO.git`, and archives are at another port, as they are on another host of GitHub. It
//! needs the programs `git` and `openssl`. As a test tool, it fails by a panic.

mod api;
mod app;
mod check;
mod connection;
mod control;
mod delivery;
mod fake;
mod forge;
mod gate;
mod payload;
mod provider;
mod render;
mod reply;
mod state;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use palisade_fake_host::{Gate, Host, Outbox};

pub use app::App;
pub use check::{Check, Write};
pub use delivery::Delivery;
pub use fake::FakeGitHub;
pub use palisade_fake_host::{Control, Error, Fault, Request, Rule, signature};
pub use payload::Event;
pub use state::{Installation, Pull, Repository};

use crate::state::State;

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
    palisade_fake_host::shared(options.shared.as_deref())
}

/// The state that all parts share.
pub(crate) struct Inner {
    pub(crate) api_url: String,
    pub(crate) web_url: String,
    pub(crate) codeload_url: String,
    pub(crate) app: App,
    pub(crate) started_at: String,
    pub(crate) host: Host,
    pub(crate) gate: Gate<api::Target>,
    pub(crate) outbox: Outbox<delivery::Order, Delivery>,
    state: Mutex<State>,
}

impl Inner {
    /// The state. A panic elsewhere, which fails its own test, does not change it.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
