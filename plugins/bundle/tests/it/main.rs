//! Manifests, and plugin files.

#![cfg(test)]

mod file;
mod manifest;
mod packed;
