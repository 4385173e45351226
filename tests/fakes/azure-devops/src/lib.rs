//! An Azure DevOps for tests: it keeps state, checks every request against Microsoft's own description of the API, serves
//! Git, sends service hooks, and simulates faults.
//!
//! The API is at `https://localhost:PORT/ORGANIZATION/_apis`, Git at `https://localhost:PORT/ORGANIZATION/PROJECT/_git/
//! REPOSITORY`. A repository has the full name `PROJECT/REPOSITORY`. It needs the program `git`. As a test tool, it fails
//! by a panic.
//!
//! One difference is intended: service hooks may send to addresses on loopback, which Azure DevOps refuses
//! (learn.microsoft.com, "Webhooks", section "Send JSON representation to a service").

mod access;
mod api;
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

pub use access::{ALL_SCOPES, Grant, User};
pub use delivery::Delivery;
pub use fake::FakeAzureDevOps;
pub use palisade_fake_host::{Control, Error, Fault, Forge, Request, Rule};
pub use payload::{EVENTS, Event};
pub use state::{Iteration, Posted, Pull, Repository, Subscription, Thread};

use crate::state::State;

/// The organisation that exists from the start.
pub const ORGANIZATION: &str = "acme";

/// Another organisation, without projects.
pub const OTHER_ORGANIZATION: &str = "umbrella";

/// Options of the fake.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder that contains `contracts/azuredevops/patched`. The default is the variable `PALISADE_SHARED`, then
    /// `../shared` beside this repository. Without the files nothing is validated.
    pub shared: Option<PathBuf>,
    /// Port to listen on; 0 for any.
    pub port: u16,
}

/// The folder in which the description is looked for.
pub fn shared(options: &Options) -> PathBuf {
    palisade_fake_host::shared(options.shared.as_deref())
}

/// The files of the description: those that Microsoft publishes, and our own for operations that they lack.
pub(crate) fn description(options: &Options) -> Vec<PathBuf> {
    let folder = shared(options).join("contracts/azuredevops/patched");
    let published = ["core", "git", "policy", "serviceHooks"];
    let published = published.map(|name| folder.join(format!("{name}-7.1.swagger2.json")));
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/description.json"));
    published.into_iter().chain([own]).collect()
}

/// The state that all parts share.
pub(crate) struct Inner {
    /// The address of the fake, without a slash at the end.
    pub(crate) url: String,
    /// The token of the connection.
    pub(crate) token: String,
    /// The password of the service hooks of the connection.
    pub(crate) webhook_secret: String,
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
