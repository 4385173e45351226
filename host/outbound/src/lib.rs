//! The requests that the host makes for its plugins, which hold no secret and open no connection themselves.
//!
//! A request goes to granted hosts only, at addresses that were checked after resolution; it carries credentials
//! that its guest never sees, and its answer comes back without them, within bounds of size and time. When a far
//! side asks to wait, the host waits.

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
