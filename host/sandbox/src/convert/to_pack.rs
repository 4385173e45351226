//! Values that are passed to a pack.

use crate::bindings::pack::palisade::types::tape as wire;

pub(crate) use crate::bindings::pack::palisade::types::core::Property;

palisade_domain::tape::lend_batch!(Tables: wire);
