//! What the fakes share, as a minimal provider has it, and the descriptions of all providers.

mod control;
mod deliveries;
mod descriptions;
mod server;
mod support;
