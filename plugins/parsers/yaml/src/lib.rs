//! YAML and JSON as trees of values, each with its place and its tag.
//!
//! What parsers of such files are made of. It reads as kubectl reads, down to `yes` being a boolean, and each
//! value keeps the place where it was written. Anchors are never copied: an alias is a link, so a small file
//! stays small.
//!
//! The tag of a node (`!GetAtt`) stays with it beside the tree, in [`Tags`]: [`Tree::tag`] gives it. What a scalar
//! with a tag means depends on the tags of YAML itself alone; under any other one a scalar is a text.
//!
//! The way of a file: `documents` walks it, `reader` (after a failure with the help of `tolerant`) or `json`
//! gives events, `build` makes them a tree, `comments` finds what suppresses findings.

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
