//! Set-up, plugin builds, checks.
fn main() {}
