//! What the packed form promises to those who fill it, and to those who are handed one by a stranger.

#![cfg(test)]

mod arbitrary;
mod builder;
mod extraction;
mod hostile;
mod relations;
mod render;
mod rules;
mod worked_example;
