//! Folders of Rego made into packs.
//!
//! A [`Folder`] is read within bounds; a [`PackBuilder`] lets the Rego engine read it inside the sandbox, where a
//! stranger's rules can do no more harm than in a scan, and makes one component file of what the engine's memory is
//! then. The same folder gives the same bytes, so what was built once is kept.

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
