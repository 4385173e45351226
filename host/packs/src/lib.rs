//! Builds packs from folders of Rego.
//!
//! A [`Folder`] is read within limits. A [`PackBuilder`] lets the Rego engine read it inside the sandbox, where
//! untrusted rules can do no more harm than in a scan, and makes one component file of the resulting memory of the
//! engine. The same folder gives the same bytes, so a built pack is kept.

mod builder;
mod folder;
mod kept;
mod manifest;
mod template;

pub use builder::{Built, PackBuilder, PackError};
pub use folder::{Folder, FolderError};
pub use manifest::{PackFile, plain_name};
pub use palisade_rego_order::{Answer, Covered, Found, Remark, Tested};
pub use template::{Template, template};
