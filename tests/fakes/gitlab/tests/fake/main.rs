//! The fake, as a client sees it.

mod answers;
mod bad_input;
mod control;
mod discussions;
mod faults;
mod git;
mod hooks;
mod pages;
mod payloads;
mod refusals;
mod statuses;
mod support;
mod webhooks;
