//! Controls for AWS: storage, networks, identities, databases and logs, as Terraform declares them.

mod bucket;
mod controls;
mod iam;
mod network;

use palisade_sdk::pack::Pack;

/// All controls, sorted by name.
pub static PACK: Pack = Pack { title: "AWS", controls: controls::ALL };

palisade_sdk::export_pack!(PACK);
