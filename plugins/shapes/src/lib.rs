//! Shapes: one form for one thing, whatever it was written in.
//!
//! A shape such as `kubernetes.pod@1` is described by [`Tables`], which are data: which kinds of which formats have it,
//! where in them it begins, and how a format spells it. The tables of this program are in `policies/shapes`; a plugin
//! brings its own under `shapes` in `plugin.toml`. [`Shapes::merge`] makes one set of them, and [`Shapes::apply`] adds
//! the shapes to a batch, between parsing and judging. The host and the test harness of the SDK share this crate.
//!
//! A shape may also have fields, each of which is found in the resource or in a companion beside it; see [`Field`],
//! [`Place`] and [`Companion`].
//!
//! A shape is made of links to what was written, so that a finding in it stands on the line of the file.

mod apply;
mod companions;
mod compile;
mod fields;
mod merge;
mod tables;
mod walk;

pub use merge::{Conflict, Shapes};
pub use tables::{Carrier, Companion, Define, Extend, Field, Place, Scalar, Source, Spelling, Tables};
