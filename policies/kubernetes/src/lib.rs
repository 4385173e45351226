//! Controls for Kubernetes: pods, whatever creates them, and the roles, services and ingresses around them.

mod capabilities;
mod controls;
mod host_path;
mod image;
mod pod;
mod rbac;

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack { title: "Kubernetes", controls: controls::ALL };

palisade_sdk::export_pack!(PACK);
