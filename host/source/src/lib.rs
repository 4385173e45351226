//! Trees from a folder or a commit.
//!
//! A [`Snapshot`] is read, never checked out: links are data, submodules are not entered, and no path leads out of the
//! tree. The same tree has the same entries and content as a folder and as a commit.

mod commit;
mod fetch;
mod folder;
mod ignored;
mod links;
mod objects;
mod overlay;
mod package;
mod path;
mod revision;
mod root;
mod snapshot;
mod stamp;
mod tree;
mod tree_id;
mod walk;

pub use commit::CommitSnapshot;
pub use fetch::{Fetch, FetchError, GitAnswer, GitWeb};
pub use folder::{FolderSnapshot, OpenError};
pub use overlay::Overlay;
pub use package::{PackageError, PackageLimits, PackageSnapshot, PackageWriter};
pub use path::{PathError, TreePath};
pub use revision::{RevisionError, merge_base};
pub use root::{Root, RootError, find_root};
pub use snapshot::{Content, Digest, Entry, EntryKind, Limits, ReadError, Snapshot, is_there};
pub use tree_id::TreeId;
pub use walk::{GeneratedFolder, SkipRules, WalkError, WalkItem, walk};
