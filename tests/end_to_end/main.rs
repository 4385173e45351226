//! The program as a whole: what is typed, what is written, and how it ends.

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
