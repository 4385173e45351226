//! Controls for Azure: storage, networks, databases and applications, as Terraform declares them.

mod controls;
mod network;

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack { title: "Azure", controls: controls::ALL };

palisade_sdk::export_pack!(PACK);
