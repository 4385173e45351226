//! Running programs, and the folders of the project.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};

/// The folders of the project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The top of the repository.
    pub(crate) top: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Project {
    pub(crate) fn find() -> Result<Project> {
        // Cargo sets the folder of this run; the compiled-in one may be another clone with the same target folder.
        let folder =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let top = Path::new(&folder).parent().context("xtask is not in a repository")?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => top.join(target),
            None => top.join("target"),
        };
        Ok(Project { top: top.to_path_buf(), target })
    }

    /// The built-in plugins: components and their compiled code.
    pub(crate) fn plugins(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// The components of `tests/guests`.
    pub(crate) fn test_guests(&self) -> PathBuf {
        self.target.join("test-guests")
    }
}

/// Runs a program whose output is shown; an error if it fails.
pub(crate) fn finish(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start `{name}`"))?;
    if status.success() { Ok(()) } else { bail!("`{name}` ended with {status}") }
}

/// Runs programs in the repository.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    top: PathBuf,
    variables: Vec<(String, PathBuf)>,
}

impl Shell {
    pub(crate) fn new(project: &Project) -> Shell {
        // `PATH` is not changed: build scripts depend on it, and would run again.
        let variables = vec![
            ("PALISADE_BUILTIN_DIR".to_owned(), project.plugins()),
            ("PALISADE_TEST_GUESTS".to_owned(), project.test_guests()),
        ];
        Shell { top: project.top.clone(), variables }
    }

    /// The same with one more environment variable for every program.
    pub(crate) fn with(&self, name: &str, value: impl Into<PathBuf>) -> Shell {
        let mut shell = self.clone();
        shell.variables.push((name.to_owned(), value.into()));
        shell
    }

    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.top).envs(self.variables.iter().map(|(name, value)| (name, value)));
        // Cargo sets these for this program. Build scripts that read them, such as that of `ring`, would run again
        // after each change between `cargo xtask` and cargo.
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|it| it.starts_with("CARGO_PKG_") || it.starts_with("CARGO_MANIFEST_"))
            {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs a program and shows its output.
    pub(crate) fn run(&self, line: &str) -> Result<()> {
        println!("$ {line}");
        let mut words = line.split_whitespace();
        let program = words.next().context("no program")?;
        let status =
            self.command(program).args(words).status().with_context(|| format!("cannot start `{line}`"))?;
        if status.success() { Ok(()) } else { bail!("`{line}` ended with {status}") }
    }

    /// Runs a program and returns its output.
    pub(crate) fn output(&self, line: &str) -> Result<Output> {
        let mut words = line.split_whitespace();
        let program = words.next().context("no program")?;
        self.command(program).args(words).output().with_context(|| format!("cannot start `{line}`"))
    }

    /// Whether a program can be run successfully.
    pub(crate) fn has(&self, line: &str) -> bool {
        self.output(line).is_ok_and(|output| output.status.success())
    }
}
