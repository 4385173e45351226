//! How a folder is read.

use std::time::Duration;

use regorus::Engine;

use crate::control::Namespaces;

/// Registers extensions: functions that the engine does not have itself.
pub type Register = fn(&mut Engine) -> Result<(), String>;

/// How a folder is read.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which packages are namespaces of Conftest.
    pub namespaces: Namespaces,
    /// The extensions: their names, and the number of their arguments.
    pub extensions: Vec<(String, u8)>,
    /// What registers them.
    pub register: Option<Register>,
    /// The time limit of one control for one input, if the engine has a clock: its feature `std`, which no guest has.
    /// There the sandbox's own budget ends endless rules.
    pub time_limit: Option<Duration>,
}
