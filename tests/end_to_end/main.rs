//! The program as a whole: command lines, output and exit status.

mod bad_input;
mod base;
mod cli;
mod corpora;
mod engine;
mod environments;
mod fixes;
mod gate;
mod gate_table;
mod guides;
mod links;
mod modules;
mod packs;
mod parameters;
mod place;
mod plugin;
mod readme;
mod report;
mod same_bytes;
mod service;
mod set_up;
mod suppressions;
mod terraform;
