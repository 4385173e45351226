//! The command palisade.
fn main() {}
