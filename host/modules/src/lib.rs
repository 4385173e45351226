//! Modules from outside the tree: what `source = "…"` names, found, fetched within the administrator's rules, kept,
//! and given back as a tree that is read and never unpacked.
//!
//! Nothing is fetched from a host that the administrator has not allowed, and nothing at all when offline. What was
//! fetched is kept by what it is (source and version, or commit), is never changed, and is checked by its digest
//! when it is read. `.terraform/modules` is the parser's business: it stands in the tree. `.terraform.lock.hcl` is
//! nobody's here: it pins providers, and Terraform has no such file for modules.

mod archive;
mod cache;
mod error;
mod git;
mod host;
mod modules;
mod name;
mod registry;
mod resolver;
mod secret;
mod source;
mod version;
mod web;

pub use archive::pack_commit;
pub use error::ModuleError;
pub use host::{AllowedHost, HostError};
pub use modules::{Limits, Modules, Settings};
pub use name::unversioned;
pub use resolver::{Package, Resolver, Resolvers};
pub use secret::{CredentialVariable, Credentials};
