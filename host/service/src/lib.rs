//! The service: accepts deliveries, evaluates pull requests, scans repositories, and publishes checks.
//!
//! Events are hints. A delivery is verified, stored, and answered; the provider is then asked for the current state, so
//! that neither loss nor order of deliveries matters. A check is desired state: its content is in the database, and the
//! publisher sends the latest content to the provider.

mod acceptances;
mod access;
mod adapter;
mod audit;
mod budget;
mod check;
mod computing;
mod connections;
mod content;
mod deliver;
mod deliveries;
mod endpoint;
mod error;
mod evaluate;
mod folders;
mod gate;
mod hooks;
mod integrations;
mod inventory;
mod judge;
mod lock;
mod options;
mod pattern;
mod people;
mod places;
mod publish;
mod refresh;
mod scans;
mod schedule;
mod service;
mod sources;
mod supersede;
mod support;
mod texts;
mod touched;
mod verify;
pub mod view;
mod workers;

pub use acceptances::Acceptances;
pub use access::{Action, Authority, allowed, scopes};
pub use audit::Audit;
pub use check::{Checks, NAME as CHECK_NAME};
pub use connections::{Connections, NamedSecret, Previous};
pub use deliveries::Deliveries;
pub use endpoint::EndpointError;
pub use error::ServiceError;
pub use folders::normalised as normalised_folders;
pub use integrations::Integrations;
pub use inventory::Inventory;
pub use options::{Keep, ServiceOptions};
/// Types of the database in the interfaces of the use cases.
pub use palisade_store::{
    Accepted, Page, Role,
    repository::{acceptances::NewAcceptance, audit::Act, sources::SourceSettings},
};
pub use pattern::BranchPattern;
pub use people::{Caller, People, UserChange};
pub use scans::{ReportText, Scans, verdict_name};
pub use service::{GUESTS, Service};
pub use sources::Sources;
pub use verify::{Refused, Scheme, Verifier};
pub use workers::Working;
