//! Resolves revisions to commits and their trees.

use std::path::{Path, PathBuf};

use gix::object::Kind;
use gix::{ObjectId, Repository};

use crate::objects::Objects;
use crate::snapshot::{Limits, ReadError};

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The folder is not a repository, or cannot be read.
    #[error(
        "cannot open `{}` as a Git repository ({why}): give the folder of a work tree or of a bare repository",
        repository.display()
    )]
    Repository {
        /// Path of the repository.
        repository: PathBuf,
        /// Reason.
        why: String,
    },
    /// The revision does not exist, or is ambiguous.
    #[error("unknown revision `{rev}` ({why}): give a branch, a tag or a commit id that this repository has")]
    Unknown {
        /// The revision.
        rev: String,
        /// Reason.
        why: String,
    },
    /// The clone is shallow, and the revision may be in the missing history.
    #[error(
        "unknown revision `{rev}` ({why}): this clone is shallow, fetch the rest with `git fetch --unshallow`"
    )]
    Shallow {
        /// The revision.
        rev: String,
        /// Reason.
        why: String,
    },
    /// The revision names an object that is not a commit.
    #[error("revision `{rev}` is a {kind}, not a commit: give a branch, a tag or a commit id")]
    NotACommit {
        /// The revision.
        rev: String,
        /// Kind of the object.
        kind: String,
    },
    /// Two commits have no common ancestor, or it is in the missing history of a shallow clone.
    #[error(
        "`{one}` and `{other}` have no commit in common ({why}): give a base of the same history, and fetch it whole \
         (`git fetch --unshallow`)"
    )]
    Unrelated {
        /// The first revision.
        one: String,
        /// The second revision.
        other: String,
        /// Reason.
        why: String,
    },
    /// Two commits have several merge bases, since branches were merged into each other.
    #[error(
        "`{one}` and `{other}` have several merge bases ({bases}): merge or rebase the change onto `{one}`, or give the \
         commit to compare with"
    )]
    Several {
        /// The first revision.
        one: String,
        /// The second revision.
        other: String,
        /// The merge bases.
        bases: String,
    },
    /// The commit exists, but its tree cannot be read.
    #[error("cannot read the tree of revision `{rev}`")]
    Tree {
        /// The revision.
        rev: String,
        /// Reason.
        source: ReadError,
    },
}

impl RevisionError {
    pub(crate) fn repository(repository: &Path, error: &gix::Error) -> Self {
        Self::Repository { repository: repository.to_owned(), why: format!("{error:#}") }
    }

    pub(crate) fn tree(rev: &str, source: ReadError) -> Self {
        Self::Tree { rev: rev.to_owned(), source }
    }
}

/// The merge base of two revisions, where a change began.
pub fn merge_base(repository: &Path, one: &str, other: &str) -> Result<String, RevisionError> {
    let objects = Objects::open(repository, Limits::default())
        .map_err(|error| RevisionError::repository(repository, &error))?;
    objects.with(|handle| {
        let (from, to) = (resolve(handle, one)?.0, resolve(handle, other)?.0);
        let unrelated =
            |why: String| RevisionError::Unrelated { one: one.to_owned(), other: other.to_owned(), why };
        let bases = handle.merge_bases_many(from, &[to]).map_err(|error| unrelated(error.to_string()))?;
        match bases.as_slice() {
            [base] => Ok(base.to_string()),
            [] => Err(unrelated("their histories do not meet".to_owned())),
            several => {
                let mut bases: Vec<String> = several.iter().map(ToString::to_string).collect();
                bases.sort();
                Err(RevisionError::Several {
                    one: one.to_owned(),
                    other: other.to_owned(),
                    bases: bases.join(", "),
                })
            }
        }
    })
}

/// The commit of a revision, and its tree.
pub(crate) fn resolve(handle: &Repository, rev: &str) -> Result<(ObjectId, ObjectId), RevisionError> {
    let unknown = |error: gix::Error| {
        let (rev, why) = (rev.to_owned(), format!("{error:#}"));
        if handle.is_shallow().unwrap_or_default() {
            RevisionError::Shallow { rev, why }
        } else {
            RevisionError::Unknown { rev, why }
        }
    };
    let mut object = handle.rev_parse_single(rev).and_then(|id| handle.find_object(id)).map_err(unknown)?;
    // A tag may refer to a tag.
    while object.kind == Kind::Tag {
        let target = object.to_tag_ref_iter().target_id().map_err(unknown)?;
        object = handle.find_object(target).map_err(unknown)?;
    }
    if object.kind != Kind::Commit {
        return Err(RevisionError::NotACommit { rev: rev.to_owned(), kind: object.kind.to_string() });
    }
    let commit = object.id;
    let tree = object.to_commit_ref_iter().tree_id().map_err(unknown)?;
    Ok((commit, tree))
}
