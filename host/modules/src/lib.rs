//! Modules from outside of the tree: resolves `source = "…"`, fetches the module within the administrator's rules,
//! caches it, and returns it as a tree that is read and never unpacked.
//!
//! Nothing is fetched from hosts that the administrator has not allowed, and nothing at all when offline. Packages are
//! cached by what identifies them (source and version, or commit), are never changed, and are verified by their digest
//! when they are read. The parser handles `.terraform/modules`, because that folder is in the tree.
//! `.terraform.lock.hcl` is not used: it pins providers, and Terraform has no such file for modules.

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
