//! Parts of Go on which Terraform and OPA depend, with the same behaviour.

pub mod regular;
pub mod time;
