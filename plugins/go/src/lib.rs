//! The parts of Go that Terraform and OPA depend on, with the same behaviour.

pub mod regular;
pub mod time;
