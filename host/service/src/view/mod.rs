//! The types that the API serialises and that pages render. They are created from the rows of the database, contain no
//! secret, and provide the schemas for the published description of the API.
#![expect(
    missing_docs,
    reason = "fields that their name explains; a comment would be in the API's description"
)]

mod acceptance;
mod audit;
mod check;
mod connection;
mod control;
mod delivery;
mod integration;
mod list;
mod people;
mod provider;
mod pull;
mod removed;
mod repository;
mod resource;
mod scan;
mod source;
mod status;
mod time;

pub use acceptance::Acceptance;
pub use audit::{Link, Verified};
pub use check::{Check, WholeCheck};
pub use connection::{Account, Connection, Health, Hook};
pub use control::{Control, Format, Policy, Remedy, Requirement, Support};
pub use delivery::{Delivery, WholeDelivery};
pub use integration::{Begun, Integration};
pub use list::List;
pub use people::{Me, ShownToken, Token, User};
pub use provider::{Provider, Secret, StatusText, Step};
pub use pull::Pull;
pub use removed::Removed;
pub use repository::{Branches, Repository};
pub use resource::Resource;
pub use scan::{Finding, Scan};
pub use source::{NewSource, Settings, Source};
pub use status::{Numbers, Plugin, Status};
pub use time::Time;
