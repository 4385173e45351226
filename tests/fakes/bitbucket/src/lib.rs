//! A Bitbucket Cloud for tests: it keeps state, checks every request against the published description of the API,
//! serves Git, sends signed deliveries, and simulates faults.
//!
//! The API is at `https://localhost:PORT/2.0`; pages, Git (`/WORKSPACE/REPO.git`) and archives are at another port, as
//! they are on another host of Bitbucket. It needs the program `git`. As a test tool, it fails by a panic.

mod access;
mod api;
mod control;
mod delivery;
mod fake;
mod forge;
mod gate;
mod lacking;
mod payload;
mod provider;
mod render;
mod reply;
mod state;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use palisade_fake_host::{Gate, Host, Outbox};

pub use access::{CLASSIC, Credentials, Form, Person, Role, SCOPES};
pub use delivery::Delivery;
pub use fake::FakeBitbucket;
pub use palisade_fake_host::{Control, Error, Fault, Forge, Request, Rule, signature};
pub use state::{
    Annotation, BuildStatus, Comment, Place, Pull, Report, Repository, Restriction, Subscription,
};

use crate::state::State;

/// Options of the fake.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder that contains `contracts/bitbucket/patched/openapi-2.0.2026-08.json`. The default is the variable
    /// `PALISADE_SHARED`, then `../shared` beside this repository. Without the file nothing is validated.
    pub shared: Option<PathBuf>,
    /// Port of the API; 0 for any.
    pub port: u16,
}

/// The description in the folder that the options choose.
pub fn description(options: &Options) -> PathBuf {
    let shared = palisade_fake_host::shared(options.shared.as_deref());
    shared.join("contracts/bitbucket/patched/openapi-2.0.2026-08.json")
}

/// The state that all parts share.
pub(crate) struct Inner {
    pub(crate) api_url: String,
    pub(crate) web_url: String,
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
