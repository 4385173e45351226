//! The packed form in which parsed resources cross the sandbox boundary.
//!
//! A [`Batch`] is a few tables with columns of plain numbers, and one arena of text: exactly what `palisade:types/tape`
//! defines, so that nothing is converted at the boundary. Guests and host share this crate: a parser fills a
//! [`Builder`], the host [validates](Batch::validate) the result before it uses it, and a pack reads it with [`Node`].

mod batch;
mod bridge;
mod build;
mod components;
mod cursor;
mod extract;
pub mod path;
mod relations;
mod validate;
mod written;

pub use batch::{
    Batch, Comment, DECODED, Document, Kind, MAX_LINKED_KEYS, NONE, Nodes, Origin, Origins, Relation,
    Resource, Shape, Strings, UNCERTAIN, Unknown,
};
pub use build::{Builder, Mark};
pub use cursor::{Node, ResourceView};
pub use relations::Relations;
pub use validate::Invalid;
pub use written::written;
