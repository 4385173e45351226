//! Offsets, lines and columns of a file, and paths of the tree, for parsers.
//!
//! Offsets are bytes, columns are code points from 1, lines are counted from 1; see `span` in `palisade:types/core`.

mod lines;
pub mod path;

pub use lines::Lines;

use palisade_sdk::tape::NONE;

/// A length or offset in bytes, in the type of the contract. The host rejects files long before this saturates.
pub fn to_offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
