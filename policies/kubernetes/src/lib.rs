//! Controls for Kubernetes: pods and their workloads, and the roles, services and ingresses around them.

mod capabilities;
mod controls;
mod host_path;
mod image;
mod pod;
mod rbac;

use palisade_sdk::pack::Pack;

/// All controls, sorted by name.
pub static PACK: Pack = Pack { title: "Kubernetes", controls: controls::ALL };

palisade_sdk::export_pack!(PACK);
