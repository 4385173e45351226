//! Manifests, and the files that carry them.

#![cfg(test)]

mod file;
mod manifest;
mod packed;
