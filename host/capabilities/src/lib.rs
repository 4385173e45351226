//! What a guest may import, as plain traits.
