//! Terraform configurations as resources: read, evaluated and laid out the way `terraform plan` would, with
//! every value knowing where it came from, and unknown kept unknown.

pub mod syntax;
