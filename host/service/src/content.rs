//! The content of commits: fetched without history, read from the object database, never checked out.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_capabilities::Blob;
use palisade_sandbox::{Content, GitContent};
use palisade_source::{CommitSnapshot, Fetch, Limits, Snapshot};
use tempfile::TempDir;

use crate::adapter::Adapter;
use crate::error::ServiceError;
use crate::service::Service;

/// Commits in separate folders, which are deleted when this is dropped.
pub(crate) struct Commits {
    /// One for each requested commit, in the same order.
    pub(crate) snapshots: Vec<Arc<dyn Snapshot>>,
    folders: Vec<TempDir>,
}

impl Service {
    /// The folder of fetched commits.
    fn work_folder(&self) -> PathBuf {
        self.0.options.data_folder.join("work")
    }

    /// Removes the files of a crashed process. Call it before anything is fetched.
    pub(crate) fn tidy_work(&self) {
        // Files that cannot be removed only use disk space.
        let _ = std::fs::remove_dir_all(self.work_folder());
    }

    /// Fetches commits of a repository: with Git, or as archives if Git fails.
    pub(crate) async fn commits(
        &self,
        adapter: &Adapter,
        repository: &str,
        wanted: &[String],
    ) -> Result<Commits, ServiceError> {
        let work = self.work_folder();
        let folder = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&work)?;
            tempfile::Builder::new().prefix("commit-").tempdir_in(work)
        });
        let folder = folder.await.map_err(ServiceError::internal)?.map_err(ServiceError::internal)?;
        let content = adapter.provider.content(&adapter.tenant, repository, wanted, false).await;
        let by_git = match adapter.read(content)? {
            Content::Git(git) => self.by_git(adapter, git, folder.path(), wanted).await,
            Content::Archive(..) => Err(ServiceError::internal("the adapter gave an archive instead of Git")),
        };
        let snapshots = match by_git {
            Ok(snapshots) => snapshots,
            // For some installations only archives work, for example with a token that only the API accepts.
            Err(error) if error.pause().is_none() => {
                tracing::warn!(repository, %error, "Git did not work; archives are tried");
                self.by_archive(adapter, repository, folder.path(), wanted).await.map_err(|second| {
                    tracing::warn!(repository, error = %second, "archives did not work either");
                    error
                })?
            }
            Err(error) => return Err(error),
        };
        Ok(Commits { snapshots, folders: vec![folder] })
    }

    /// Fetches the head and the base of a change, each a repository and a commit. They are in two repositories if the
    /// head is in a fork.
    pub(crate) async fn head_and_base(
        &self,
        adapter: &Adapter,
        (head_repository, head): (&str, &str),
        (repository, base): (&str, &str),
    ) -> Result<Commits, ServiceError> {
        let (head, base) = (head.to_owned(), base.to_owned());
        if head_repository == repository {
            return self.commits(adapter, repository, &[head, base]).await;
        }
        let mut commits = self.commits(adapter, head_repository, &[head]).await?;
        let target = self.commits(adapter, repository, &[base]).await?;
        commits.snapshots.extend(target.snapshots);
        commits.folders.extend(target.folders);
        Ok(commits)
    }

    async fn by_git(
        &self,
        adapter: &Adapter,
        git: GitContent,
        folder: &Path,
        wanted: &[String],
    ) -> Result<Vec<Arc<dyn Snapshot>>, ServiceError> {
        let web =
            self.0.outbound.git(adapter.grant.clone(), Arc::clone(&adapter.gate), git.user, git.password);
        let (folder, wanted) = (folder.join("git"), wanted.to_vec());
        let limits = Limits { file: self.0.options.largest_file };
        let fetched = tokio::task::spawn_blocking(move || {
            let mut snapshots: Vec<Arc<dyn Snapshot>> = Vec::new();
            let fetch = Fetch::new(&folder, &git.url, web).map_err(|error| error.to_string())?;
            for commit in &wanted {
                fetch.fetch(commit).map_err(|error| error.to_string())?;
            }
            for commit in &wanted {
                let snapshot =
                    CommitSnapshot::open(&folder, commit, limits).map_err(|error| error.to_string())?;
                snapshots.push(Arc::new(snapshot));
            }
            Ok(snapshots)
        });
        let unavailable = |why: String| ServiceError::from(palisade_domain::CallError::Unavailable(why));
        fetched.await.map_err(ServiceError::internal)?.map_err(unavailable)
    }

    async fn by_archive(
        &self,
        adapter: &Adapter,
        repository: &str,
        folder: &Path,
        wanted: &[String],
    ) -> Result<Vec<Arc<dyn Snapshot>>, ServiceError> {
        let limits = Limits { file: self.0.options.largest_file };
        let mut snapshots: Vec<Arc<dyn Snapshot>> = Vec::new();
        for commit in wanted {
            let one = std::slice::from_ref(commit);
            let content = adapter.provider.content(&adapter.tenant, repository, one, true).await;
            let Content::Archive(blob, tree) = adapter.read(content)? else {
                return Err(ServiceError::internal("the adapter gave Git instead of an archive"));
            };
            let file = folder.join(format!("archive-{}", snapshots.len()));
            let opened = tokio::task::spawn_blocking(move || {
                palisade_modules::pack_commit(BlobReader { blob, at: 0 }, &file, &tree, limits)
            });
            let opened = opened.await.map_err(ServiceError::internal)?.map_err(ServiceError::internal)?;
            snapshots.push(Arc::new(opened));
        }
        Ok(snapshots)
    }
}

/// Reads a blob from its beginning.
struct BlobReader {
    blob: Arc<dyn Blob>,
    at: u64,
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let wanted = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let part = self.blob.read(self.at, wanted)?;
        if let Some(room) = buffer.get_mut(..part.len()) {
            room.copy_from_slice(&part);
        }
        self.at += part.len() as u64;
        Ok(part.len())
    }
}
