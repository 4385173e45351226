//! What one call may ask for. What grows with its arguments needs no bound of its own: the memory of the guest and
//! its time are bounded already. These are for the few characters that ask for gigabytes.

/// The items of a result: a range, the addresses of a network, the paths of a graph.
pub(crate) const ITEMS: usize = 1_000_000;

/// The width or precision of one verb of `sprintf`, which is also what Go takes.
pub(crate) const WIDTH: usize = 1_000_000;

/// How far `bits.lsh` shifts.
pub(crate) const SHIFT: i64 = 100_000;

/// The bytes that a replacement may grow to.
pub(crate) const BYTES: usize = 64 * 1024 * 1024;

/// The exponent of a number in text: the engine writes such a number out in full.
pub(crate) const EXPONENT: u32 = 10_000;

/// The bytes of a compiled regular expression.
pub(crate) const EXPRESSION: usize = 4 * 1024 * 1024;
