//! From what a person calls a commit to the commit and its tree.

use std::path::{Path, PathBuf};

use gix::object::Kind;
use gix::{ObjectId, Repository};

use crate::objects::Objects;
use crate::snapshot::{Limits, ReadError};

/// Why there is no commit to read.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The folder is no repository, or none that can be read.
    #[error(
        "cannot open `{}` as a Git repository ({why}): give the folder of a work tree or of a bare repository",
        repository.display()
    )]
    Repository {
        /// What was to be opened.
        repository: PathBuf,
        /// What stood against it.
        why: String,
    },
    /// The repository has nothing of this name, or several.
    #[error("unknown revision `{rev}` ({why}): give a branch, a tag or a commit id that this repository has")]
    Unknown {
        /// The name.
        rev: String,
        /// What stood against it.
        why: String,
    },
    /// The repository was cloned without its history, and the name may lie in what is missing.
    #[error(
        "unknown revision `{rev}` ({why}): this clone is shallow, fetch the rest with `git fetch --unshallow`"
    )]
    Shallow {
        /// The name.
        rev: String,
        /// What stood against it.
        why: String,
    },
    /// The name stands for something that is no commit.
    #[error("revision `{rev}` is a {kind}, not a commit: give a branch, a tag or a commit id")]
    NotACommit {
        /// The name.
        rev: String,
        /// What it stands for.
        kind: String,
    },
    /// Two commits have no ancestor in common, or it lies in what is missing of a shallow clone.
    #[error(
        "`{one}` and `{other}` have no commit in common ({why}): give a base of the same history, and fetch it whole \
         (`git fetch --unshallow`)"
    )]
    Unrelated {
        /// One of them.
        one: String,
        /// The other.
        other: String,
        /// What stood against it.
        why: String,
    },
    /// Branches were merged into each other, so that a change may have begun at any of several commits.
    #[error(
        "`{one}` and `{other}` have several merge bases ({bases}): merge or rebase the change onto `{one}`, or give the \
         commit to compare with"
    )]
    Several {
        /// One of them.
        one: String,
        /// The other.
        other: String,
        /// The commits.
        bases: String,
    },
    /// The commit is there, but its tree is not.
    #[error("cannot read the tree of revision `{rev}`")]
    Tree {
        /// The name.
        rev: String,
        /// What stood against it.
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

/// The commit that two revisions go back to: where a change began.
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

/// The commit a revision names, and the tree of that commit.
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
    // A tag may name a tag.
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
