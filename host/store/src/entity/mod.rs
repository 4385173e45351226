//! The tables, one file for each. Times are Unix milliseconds; lists and maps are JSON text with a type
//! ([`json::Json`]).
#![expect(missing_docs, reason = "columns that their name explains, and what the derives write")]

pub mod json;
pub mod kinds;

pub mod acceptance;
pub mod alert;
pub mod audit;
pub mod check_run;
pub mod connection;
pub mod delivery;
pub mod guest_memory;
pub mod hook;
pub mod integration;
pub mod meta;
pub mod pull;
pub mod resource;
pub mod result;
pub mod scan;
pub mod secret;
pub mod source;
pub mod token;
pub mod user;
