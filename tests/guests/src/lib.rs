//! Plugins written to misbehave: see `examples/`.
