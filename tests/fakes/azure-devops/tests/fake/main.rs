//! The fake as clients see it: through real clients over TLS.

mod answers;
mod bad_input;
mod faults;
mod forge;
mod git;
mod hooks;
mod pages;
mod payloads;
mod pulls;
mod refusals;
mod support;
mod threads;
