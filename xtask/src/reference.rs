//! The tools that Palisade is compared with: found in a cache outside the clone, or built with Go.
//!
//! `terraform` and `kubectl` are used as installed: neither can be built from a Go module alone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell::{Project, Shell, finish};
use crate::tools;

/// A tool that is built with Go.
struct Tool {
    /// The name of the program in the cache.
    name: &'static str,
    /// The Go package of the program.
    package: &'static str,
    version: &'static str,
    /// The module, if its `go.mod` has replacements: `go install` refuses those, so the source is built instead.
    module: Option<&'static str>,
}

const TOOLS: [Tool; 5] = [
    Tool { name: "opa", package: "github.com/open-policy-agent/opa", version: "v1.22.3", module: None },
    Tool {
        name: "conftest",
        package: "github.com/open-policy-agent/conftest",
        version: "v0.69.0",
        module: None,
    },
    Tool { name: "helm", package: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1", module: None },
    Tool { name: "helm3", package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0", module: None },
    Tool {
        name: "tofu",
        package: "github.com/opentofu/opentofu/cmd/tofu",
        version: "v1.12.6",
        module: Some("github.com/opentofu/opentofu"),
    },
];

/// The folder of the tools: `PALISADE_REFERENCE_TOOLS`, or `palisade/reference/bin` in the user's cache.
fn folder() -> PathBuf {
    tools::cache("PALISADE_REFERENCE_TOOLS", "reference/bin")
}

impl Tool {
    /// The file with the version that was built.
    fn stamp(&self) -> PathBuf {
        folder().join(format!("{}.version", self.name))
    }

    fn is_built(&self) -> bool {
        let version = fs::read_to_string(self.stamp()).unwrap_or_default();
        version == self.version && folder().join(self.name).is_file()
    }

    /// Builds the tool into the folder.
    fn build(&self, shell: &Shell) -> Result<()> {
        println!("building {} {} with Go", self.name, self.version);
        let folder = folder();
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let work = tempfile::tempdir_in(&folder).context("cannot create a temporary folder")?;
        let built = match self.module {
            None => self.install(shell, work.path())?,
            Some(module) => self.build_source(shell, module, work.path())?,
        };
        fs::rename(&built, folder.join(self.name))
            .with_context(|| format!("cannot move {}", built.display()))?;
        fs::write(self.stamp(), self.version)?;
        Ok(())
    }

    fn install(&self, shell: &Shell, work: &Path) -> Result<PathBuf> {
        let mut go = shell.command("go");
        go.current_dir(work).env("GOBIN", work).env("CGO_ENABLED", "0");
        finish(go.arg("install").arg(format!("{}@{}", self.package, self.version)))?;
        Ok(work.join(self.package.rsplit('/').next().unwrap_or(self.name)))
    }

    /// Builds the package in the source of its module, so that the replacements of its `go.mod` apply.
    fn build_source(&self, shell: &Shell, module: &str, work: &Path) -> Result<PathBuf> {
        let mut download = shell.command("go");
        download.current_dir(work).args(["mod", "download", "-json", &format!("{module}@{}", self.version)]);
        let output = download.output().context("cannot start `go`")?;
        let text = String::from_utf8_lossy(&output.stdout);
        // The output has one key a line.
        let folder =
            text.lines().find_map(|line| line.trim().strip_prefix("\"Dir\": \"")?.strip_suffix("\","));
        let folder = folder.with_context(|| format!("cannot download {module}: {text}"))?;
        let package = self.package.strip_prefix(module).unwrap_or(self.package);
        let built = work.join(self.name);
        let mut go = shell.command("go");
        go.current_dir(folder).env("CGO_ENABLED", "0").args(["build", "-trimpath", "-ldflags=-s -w", "-o"]);
        finish(go.arg(&built).arg(format!(".{package}")))?;
        Ok(built)
    }
}

/// Builds the missing tools. A failure is only printed: the suites skip a tool that is not found.
pub(crate) fn build(shell: &Shell) {
    let has_go = shell.has("go version");
    for tool in TOOLS {
        if tool.is_built() {
            continue;
        }
        if !has_go {
            println!("SKIPPED: {} {}: not found, and Go is not installed", tool.name, tool.version);
        } else if let Err(error) = tool.build(shell) {
            println!("SKIPPED: {} {}: building it failed: {error:#}", tool.name, tool.version);
        }
    }
}

/// Compares Palisade, which must be built, with the tools that are found.
pub(crate) fn run(project: &Project, shell: &Shell, suites: &[&str]) -> Result<()> {
    shell.run("cargo build --locked --workspace --bin reference")?;
    let program = project.target.join("debug/reference");
    let mut command = shell.command(program);
    let status = command.args(suites).env("PALISADE_REFERENCE_TOOLS", folder()).status()?;
    if status.success() { Ok(()) } else { bail!("Palisade differs from the tools: see the table above") }
}
