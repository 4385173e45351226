//! The guarantees of the packed form for builders, and for readers of untrusted batches.

#![cfg(test)]

mod arbitrary;
mod builder;
mod extraction;
mod hostile;
mod relations;
mod render;
mod rules;
mod worked_example;
