//! Controls for Google Cloud: storage, networks, identities and instances, as Terraform declares them.

mod controls;
mod firewall;
mod iam;

use palisade_sdk::pack::Pack;

/// All controls, sorted by name.
pub static PACK: Pack = Pack { title: "Google Cloud", controls: controls::ALL };

palisade_sdk::export_pack!(PACK);
