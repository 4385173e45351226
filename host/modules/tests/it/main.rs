//! Modules from servers that the tests start.

mod archives;
mod fetched;
mod repositories;
mod rules;
mod server;
