//! Tests of the reader through its public interface.

#![cfg(test)]

mod show;
mod tags;
mod tags_kept;
