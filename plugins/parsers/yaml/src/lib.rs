//! YAML and JSON as trees of values with their places and tags.
//!
//! For parsers of such files. It reads as kubectl does: for example, `yes` is a boolean. Each value keeps its place in
//! the file. Anchors are never copied: an alias is a link, so a small file stays small.
//!
//! The tag of a node (`!GetAtt`) is kept beside the tree, in [`Tags`]; [`Tree::tag`] returns it. Only the tags of YAML
//! itself change the type of a scalar; a scalar with any other tag is a text.
//!
//! Modules: `documents` splits a file, `reader` (after a failure with the help of `tolerant`) or `json` produces
//! events, `build` makes a tree of them, `comments` finds the comments that suppress findings.

mod build;
mod characters;
pub mod comments;
mod compact;
mod documents;
mod json;
mod merge;
mod messages;
mod quoted;
mod reader;
mod scalar;
mod tags;
mod timestamp;
mod tolerant;

pub use build::{Duplicate, Fault, Remark, Tree, resolve};
pub use documents::{Cut, Visitor, next_document, read};
pub use quoted::{end as quoted_end, json as unescaped};
pub use reader::Reader;
pub use scalar::is_json_number;
pub use tags::Tags;
pub use timestamp::is_rfc3339;
