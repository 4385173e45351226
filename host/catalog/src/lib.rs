//! The catalog of plugins, and their admission.
//!
//! A plugin is admitted in steps ([`Step`]), each with its own refusal. Built-in plugins were compiled with the
//! program. The component of a third party is compiled in a child process with limits, and its code is kept under this
//! installation's key.

mod admission;
mod builtin;
mod catalog;
mod code_cache;
mod compiler;
mod contract;
mod formats;
mod grants;
mod home;
mod installed;
mod parameters;
mod seal;
mod sealed_files;

pub use admission::{Admission, Admitted, Host, Plugin, Refusal, Role, Step, component_of};
pub use builtin::{Builtin, REGO_ENGINE, RegoEngine};
pub use catalog::{Catalog, CatalogError, Given, may_replace, replaces};
pub use code_cache::CodeCache;
pub use compiler::{Compiler, compile_child};
pub use contract::world_of;
pub use formats::Formats;
pub use grants::Grants;
pub use home::{Home, HomeError, make_private};
pub use installed::{InstallError, Installed, Lock};
pub use palisade_bundle::{
    Capability, LimitRequest, Manifest, UnpackError, World, build, manifest_of, manifest_text,
};
pub use parameters::{ValueError, first_error, fits, is_as_strict};
pub use seal::{SEAL, Seal};
pub use sealed_files::SealedFiles;
