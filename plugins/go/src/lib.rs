//! What Terraform and OPA take from Go, so that both mean the same by it.

pub mod regular;
pub mod time;
