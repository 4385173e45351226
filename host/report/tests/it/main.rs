//! What people and programs get to see of a scan.

#![cfg(test)]

mod json;
mod resources;
mod sample;
mod table;
