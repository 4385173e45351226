//! The object database of a repository, from which commits are read.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use gix::{ObjectId, Repository, ThreadSafeRepository};

use crate::snapshot::{Limits, ReadError};

/// The most handles that are kept; each has its own caches.
const MOST_HANDLES: usize = 16;

/// Memory for the bases of deltas, for each handle.
const DELTA_CACHE: &str = "core.deltaBaseCacheLimit=16m";

/// Replacement references are ignored: the requested commit is read.
const NO_REPLACEMENTS: &str = "core.useReplaceRefs=false";

/// An object database, shared by threads.
pub(crate) struct Objects {
    repository: ThreadSafeRepository,
    handles: Mutex<Vec<Repository>>,
}

impl Objects {
    /// Opens a repository by its work tree or by its Git folder. Its configuration is untrusted: it runs nothing,
    /// includes nothing, and the environment is ignored.
    pub(crate) fn open(repository: &Path, limits: Limits) -> Result<Self, gix::Error> {
        // The base of a delta may be larger than the resulting object, and trees have no limit of their own.
        let allocation = limits.file.saturating_mul(2).max(64 << 20);
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Reduced).config_overrides([
            DELTA_CACHE.to_owned(),
            NO_REPLACEMENTS.to_owned(),
            format!("gitoxide.objects.allocLimit={allocation}"),
        ]);
        let repository = ThreadSafeRepository::open_opts(repository, options)?;
        Ok(Self { repository, handles: Mutex::default() })
    }

    /// Calls `act` with a handle for this thread.
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

/// The size of an object, without reading its content; none if it is missing.
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
