//! What the service does: it takes deliveries, evaluates pull requests, scans repositories, and publishes checks.
//!
//! Events are hints. A delivery is verified, kept, and answered; what it says to look at is asked of the provider
//! then, so that neither loss nor order of deliveries matters. A check is desired state: what it should say stands in
//! the database, and the publisher brings the newest of it to the provider.

mod acceptances;
mod access;
mod adapter;
mod budget;
mod check;
mod computing;
mod connections;
mod content;
mod deliver;
mod door;
mod error;
mod evaluate;
mod folders;
mod gate;
mod integrations;
mod judge;
mod lock;
mod options;
mod pattern;
mod people;
mod places;
mod publish;
mod scans;
mod schedule;
mod service;
mod sources;
mod support;
mod texts;
mod touched;
mod verify;
mod workers;

pub use access::{Action, Authority, allowed, scopes};
pub use check::NAME as CHECK_NAME;
pub use connections::{NamedSecret, Previous};
pub use door::DoorError;
pub use error::ServiceError;
pub use folders::normalised as normalised_folders;
pub use options::{Keep, ServiceOptions};
pub use pattern::BranchPattern;
pub use people::UserChange;
pub use scans::{ReportText, verdict_name};
pub use service::{GUESTS, Service};
pub use sources::Preview;
pub use support::PluginInfo;
pub use verify::{Refused, Scheme, Verifier};
pub use workers::Working;
