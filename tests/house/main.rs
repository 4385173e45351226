//! Rules of the repository that no compiler checks.

#![cfg(test)]

mod code;
mod contract;
mod dependencies;
mod files;
mod frozen;
mod neutral;
mod readme;
mod style;
mod tidy;
mod views;
