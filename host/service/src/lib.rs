//! What the service does, between its doors and its store. So far: whether a delivery is to be believed.

mod verify;

pub use verify::{Refused, Scheme, Verifier};
