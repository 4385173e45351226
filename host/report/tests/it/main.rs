//! Tests of the output formats.

#![cfg(test)]

mod code;
mod controls;
mod formats;
mod hostile;
mod json;
mod markdown;
mod resources;
mod sample;
mod sarif;
mod schema;
mod table;
