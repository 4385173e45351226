//! What a commit is read from: the object database of a repository, and nothing else of it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use gix::{ObjectId, Repository, ThreadSafeRepository};

use crate::snapshot::{Limits, ReadError};

/// As many handles as are kept for later; each has caches of its own.
const MOST_HANDLES: usize = 16;

/// What a handle may remember of the bases of deltas.
const DELTA_CACHE: &str = "core.deltaBaseCacheLimit=16m";

/// A commit that names a replacement is still the commit that was asked for.
const NO_REPLACEMENTS: &str = "core.useReplaceRefs=false";

/// An object database, shared by threads.
pub(crate) struct Objects {
    repository: ThreadSafeRepository,
    handles: Mutex<Vec<Repository>>,
}

impl Objects {
    /// Opens a repository by its work tree or by its own folder. Its configuration is read as a stranger's: it
    /// runs nothing, includes nothing, and the environment has no say.
    pub(crate) fn open(repository: &Path, limits: Limits) -> Result<Self, gix::Error> {
        // The base of a delta may be larger than what comes of it, and a tree has no limit of its own.
        let allocation = limits.file.saturating_mul(2).max(64 << 20);
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Reduced).config_overrides([
            DELTA_CACHE.to_owned(),
            NO_REPLACEMENTS.to_owned(),
            format!("gitoxide.objects.allocLimit={allocation}"),
        ]);
        let repository = ThreadSafeRepository::open_opts(repository, options)?;
        Ok(Self { repository, handles: Mutex::default() })
    }

    /// Does something with a handle of this thread's own.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&Repository) -> T) -> T {
        let kept = self.handles().pop();
        let handle = kept.unwrap_or_else(|| self.repository.to_thread_local());
        let result = act(&handle);
        let mut handles = self.handles();
        if handles.len() < MOST_HANDLES {
            handles.push(handle);
        }
        result
    }

    fn handles(&self) -> std::sync::MutexGuard<'_, Vec<Repository>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The size of an object, without its bytes; none where it is missing.
pub(crate) fn size(handle: &Repository, id: ObjectId) -> Result<Option<u64>, ReadError> {
    let header = handle.try_find_header(id).map_err(|error| damaged(id, &error))?;
    Ok(header.map(|header| header.size()))
}

/// The bytes of an object of this kind.
pub(crate) fn bytes(
    handle: &Repository,
    id: ObjectId,
    kind: gix::object::Kind,
) -> Result<Vec<u8>, ReadError> {
    let object = handle.try_find_object(id).map_err(|error| damaged(id, &error))?;
    let object = object.ok_or_else(|| missing(id))?;
    if object.kind == kind {
        Ok(object.detach().data)
    } else {
        Err(ReadError::Unreadable(format!(
            "object {id} is a {} and should be a {kind}: check the repository with `git fsck`",
            object.kind
        )))
    }
}

pub(crate) fn missing(id: ObjectId) -> ReadError {
    ReadError::Unreadable(format!(
        "object {id} is missing from the repository: fetch it, for example with `git fetch --refetch`"
    ))
}

pub(crate) fn damaged(id: ObjectId, error: &gix::Error) -> ReadError {
    ReadError::Unreadable(format!(
        "object {id} cannot be read ({error:#}): check the repository with `git fsck`"
    ))
}
