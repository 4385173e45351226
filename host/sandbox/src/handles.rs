//! The host's values of handles: a guest has only an index into the table of its store.

use std::sync::Arc;

use palisade_capabilities::{Blob, Credential, TreeAccess};

/// The host's value of a `tree` handle.
#[expect(unreachable_pub, reason = "the generated bindings re-export it inside this crate")]
pub struct Tree(pub(crate) Arc<dyn TreeAccess>);

/// The host's value of a handle to a credential.
#[expect(unreachable_pub, reason = "the generated bindings re-export it inside this crate")]
pub struct HeldCredential(pub(crate) Credential);

/// The host's value of a handle to a blob.
#[expect(unreachable_pub, reason = "the generated bindings re-export it inside this crate")]
pub struct KeptBlob(pub(crate) Arc<dyn Blob>);
