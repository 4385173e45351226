//! A GitLab for tests: it keeps state, checks every request against GitLab's own description of its API, serves Git,
//! sends signed deliveries, and simulates faults.
//!
//! It has the shape of GitLab Self-Managed: the API is at `https://localhost:PORT/api/v4`, Git at
//! `https://localhost:PORT/GROUP/PROJECT.git`. What the description lacks is described in `more.json`. It needs the
//! program `git`. As a test tool, it fails by a panic.
//!
//! The group `acme` and these users exist from the start: `palisade`, whose token the program under test has, is an
//! owner of the group; `ada`, who opens merge requests, and `mallory` have the role Developer in it; `eve` belongs to
//! another group.

mod api;
mod connection;
mod control;
mod delivery;
mod diff;
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

pub use delivery::{Delivery, key, signature};
pub use fake::FakeGitLab;
pub use palisade_fake_host::{Control, Error, Fault, Request, Rule};
pub use payload::Event;
pub use state::{
    Discussion, ExternalCheck, Group, Hook, Note, Pipeline, Place, Plan, Position, Project, Pull, Rules,
    Status, Token, User, Version,
};

use crate::state::State;

/// Options of the fake.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder that contains `contracts/gitlab/patched/openapi_v2.json`. The default is the variable
    /// `PALISADE_SHARED`, then `../shared` beside this repository. Without the file nothing is validated.
    pub shared: Option<PathBuf>,
    /// Port to listen on; 0 for any.
    pub port: u16,
    /// Whether hooks ignore signing tokens, as older versions do.
    pub unsigned: bool,
}

/// The folder in which the description is looked for.
pub fn shared(options: &Options) -> PathBuf {
    palisade_fake_host::shared(options.shared.as_deref())
}

/// The state that all parts share.
pub(crate) struct Inner {
    pub(crate) url: String,
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
