//! The requests that the host sends for its plugins, which hold no secret and open no connection themselves.
//!
//! A request goes only to granted hosts, at addresses that were checked after resolution. It carries credentials that
//! its guest never sees. Its response is returned without them, within limits of size and time. If a remote server asks
//! to wait, the host waits.

mod address;
mod blank;
mod body;
mod client;
mod core;
mod exchange;
mod fill;
mod gate;
mod git;
mod grant;
mod header;
mod lookup;
mod options;
mod plugin;
mod redirect;
mod signed_token;
mod store;
mod wait;

pub use address::{AddressKind, NetworkError, Networks, kind};
pub use client::Outbound;
pub use gate::{Gate, MemoryGate, OpenGate};
pub use grant::{Grant, GrantError};
pub use lookup::{Lookup, SystemLookup};
pub use options::{Options, OutboundError};
pub use signed_token::{KeyError, SignedToken};
