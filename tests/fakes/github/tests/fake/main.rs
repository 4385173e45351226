//! The fake as clients see it: through real clients over TLS.

mod answers;
mod bad_input;
mod control;
mod faults;
mod git;
mod payloads;
mod refusals;
mod support;
mod webhooks;
