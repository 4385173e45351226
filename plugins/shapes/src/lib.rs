//! Shapes: one form for one thing, whatever it was written in.
//!
//! A shape such as `kubernetes.pod@1` is described by [`Tables`], which are data: which kinds of which formats have it,
//! where in them it begins, and how a format spells it. The tables of this program are in `policies/shapes`; a plugin
//! brings its own under `shapes` in `plugin.toml`. [`Shapes::merge`] makes one set of them, and [`Shapes::apply`] adds
//! the shapes to a batch, between parsing and judging. The host and the test harness of the SDK share this crate.
//!
//! A shape may have fields, each of which is found in the resource or in a companion beside it:
//!
//! ```toml
//! [[define]]
//! id = "aws.s3-bucket@1"
//!
//! [define.fields]                       # what the shape has, whatever the format: see `Field`
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
//! [companion.versioning]                # resources beside: see `Companion`
//! kinds = ["aws_s3_bucket_versioning"]
//! by = { bucket = ["bucket", "id"] }    # where they name the bucket, and its names
//! ```
//!
//! A companion belongs to a resource certainly where it refers to it or names it, and possibly where the value by which
//! it would cannot be known, or where it cannot be known whether the companion is there at all. A field is a value that
//! is certainly the resource's own; where only what possibly belongs to the resource sets it, it is an unknown value; where
//! nothing does, its default, or absent. A field may also be a sequence of blocks that have fields of their own, such as
//! the rules of a security group.
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
