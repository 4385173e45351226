//! Controls for Azure: storage, networks, databases and applications, as Terraform declares them.

mod controls;
mod network;

use palisade_sdk::pack::Pack;

/// All controls, sorted by name.
pub static PACK: Pack = Pack { title: "Azure", controls: controls::ALL };

palisade_sdk::export_pack!(PACK);
