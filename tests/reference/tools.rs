//! The tools on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

/// The folder of the tools, and a working folder.
pub(crate) struct Tools {
    /// `PALISADE_REFERENCE_TOOLS`: tools in the versions that the suites are written for. It takes precedence over
    /// `PATH`.
    folder: Option<PathBuf>,
    work: TempDir,
}

impl Tools {
    pub(crate) fn new() -> Result<Tools> {
        let folder = std::env::var_os("PALISADE_REFERENCE_TOOLS").map(PathBuf::from);
        Ok(Tools { folder, work: TempDir::new().context("cannot create a temporary folder")? })
    }

    /// A tool by name.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.folder.clone().into_iter().chain(std::env::split_paths(&path));
        folders.map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// An empty folder of this name, which is removed at the end.
    pub(crate) fn work(&self, name: &str) -> Result<PathBuf> {
        let folder = self.work.path().join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    /// A command that runs a program in a folder, without the settings of this machine's user.
    pub(crate) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .env("HOME", self.work.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PALISADE_HOME", self.work.path().join("palisade"))
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs `palisade` in a folder.
    pub(crate) fn palisade(&self, folder: &Path, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(&palisade_tests::palisade(), folder);
        command.args(arguments).output().context("cannot start palisade")
    }
}
