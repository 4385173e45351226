//! Shapes: a common form for the same thing in several formats.
//!
//! A shape such as `kubernetes.pod@1` is described by [`Tables`], which are data: which kinds of which formats have it,
//! where it begins in them, and how a format spells it. The tables of this program are in `policies/shapes`; a plugin
//! has its own under `shapes` in `plugin.toml`. [`Shapes::merge`] merges them, and [`Shapes::apply`] adds the shapes to
//! a batch, between parsing and judging. The host and the test harness of the SDK share this crate.
//!
//! A shape may have fields, each of which is set in the resource or in a companion of it:
//!
//! ```toml
//! [[define]]
//! id = "aws.s3-bucket@1"
//!
//! [define.fields]                       # the fields of the shape, for all formats: see `Field`
//! "versioningConfiguration.status" = { prefer = "Enabled", default = "Disabled" }
//!
//! [[define.from]]
//! formats = ["terraform", "terraform-plan"]
//! kinds = ["aws_s3_bucket"]
//!
//! [define.from.fields]                  # where these kinds have it: see `Place`
//! "versioningConfiguration.status" = [
//!     { of = "versioning", at = "versioning_configuration.status" },
//!     { at = "versioning.enabled", values = { true = "Enabled", false = "Suspended" } },
//! ]
//!
//! [companion.versioning]                # companions: see `Companion`
//! kinds = ["aws_s3_bucket_versioning"]
//! by = { bucket = ["bucket", "id"] }    # where they name the bucket, and its names
//! ```
//!
//! A companion certainly belongs to a resource if it refers to it or names it. It possibly belongs to it if the value
//! that would refer to it is unknown, or if it is unknown whether the companion exists. A field has a value that is
//! certainly the resource's own; if only a possible companion sets it, it is an unknown value; if nothing does, it has
//! its default or is absent. A field may also be a sequence of blocks with their own fields, such as the rules of a
//! security group.
//!
//! A shape consists of links to the original values, so findings in it have the line of the file.

mod apply;
mod companions;
mod compile;
mod fields;
mod merge;
mod tables;
mod walk;

pub use merge::{Conflict, Shapes};
pub use tables::{Carrier, Companion, Define, Extend, Field, Place, Scalar, Source, Spelling, Tables};
