//! Limits of one call. Results that grow with the arguments need none: the memory and the time of the guest are limited
//! already. These are for short calls that would need gigabytes.

/// Maximum number of items of a result: a range, the addresses of a network, the paths of a graph.
pub(crate) const ITEMS: usize = 1_000_000;

/// Maximum width or precision of one verb of `sprintf`; Go has the same limit.
pub(crate) const WIDTH: usize = 1_000_000;

/// Maximum shift of `bits.lsh`, in bits.
pub(crate) const SHIFT: i64 = 100_000;

/// Maximum size of a replacement, in bytes.
pub(crate) const BYTES: usize = 64 * 1024 * 1024;

/// Maximum exponent of a number in text: the engine writes such a number out in full.
pub(crate) const EXPONENT: u32 = 10_000;

/// Maximum size of a compiled regular expression, in bytes.
pub(crate) const EXPRESSION: usize = 4 * 1024 * 1024;
