//! The functions that guests import, for each interface of `palisade:host`.

mod local;
mod outside;
