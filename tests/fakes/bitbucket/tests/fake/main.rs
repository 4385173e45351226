//! The fake as clients see it: through real clients over TLS.

mod access;
mod answers;
mod bad_input;
mod checks;
mod faults;
mod forge;
mod git;
mod pages;
mod payloads;
mod pulls;
mod refusals;
mod support;
mod webhooks;
