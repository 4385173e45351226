//! Controls.

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack { title: "azure", controls: &[] };

palisade_sdk::export_pack!(PACK);
