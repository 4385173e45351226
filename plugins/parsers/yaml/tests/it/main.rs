//! What the reader makes of a file, through its public interface.

#![cfg(test)]

mod show;
mod tags;
mod tags_kept;
