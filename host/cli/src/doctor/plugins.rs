//! Checks of the engine and the plugins.

use std::sync::Arc;

use palisade_capabilities::SettingsText;
use palisade_catalog::{Admission, Catalog, Compiler, Home, Host, Lock, may_replace};
use palisade_sandbox::Sandbox;

use super::Check;
use crate::failure::Failure;
use crate::setup;

fn engine(sandbox: &Sandbox) -> Check {
    if sandbox.is_pooled() {
        return Check::ok("engine", "starts with a pool of instances");
    }
    Check::warning(
        "engine",
        "starts without a pool of instances, because the address space is limited: each call takes longer",
        "raise `ulimit -v` or the container's limit on virtual memory",
    )
}

async fn built_in(host: &Host) -> Check {
    match Catalog::load(host, None, &[], &[]).await {
        Ok(catalog) if catalog.plugins().is_empty() => Check::problem(
            "built-in plugins",
            "none are included",
            "build the program with `cargo xtask build`",
        ),
        Ok(catalog) => {
            Check::ok("built-in plugins", format!("{} included, all admitted", catalog.plugins().len()))
        }
        Err(error) => Check::problem(
            "built-in plugins",
            error.to_string(),
            "program and plugins do not match: build the program again with `cargo xtask build`",
        ),
    }
}

async fn installed(host: &Host, home: Option<&Home>) -> Vec<Check> {
    const NAME: &str = "installed plugins";
    let Some(home) = home else { return vec![Check::ok(NAME, "none: the home folder was not found")] };
    let lock = match Lock::read(home) {
        Ok(lock) => lock,
        Err(error) => {
            let path = home.lock();
            let fix = format!("fix `{}`, or remove it and install the plugins again", path.display());
            return vec![Check::problem(NAME, format!("{:#}", anyhow::anyhow!(error)), fix)];
        }
    };
    if lock.plugins.is_empty() {
        return vec![Check::ok(NAME, "none")];
    }
    let mut checks = Vec::new();
    for plugin in &lock.plugins {
        let mut admission = Admission::new(host, &plugin.name);
        let file = Lock::file(home, plugin);
        let admitted = admission.file(&file, plugin.digest(), &plugin.grants, SettingsText::default()).await;
        checks.push(match admitted {
            Ok(admitted) => match may_replace(&admitted.manifest, admitted.digest, plugin.replaces) {
                Ok(()) => {
                    let place = if plugin.replaces { " and replaces the built-in one" } else { "" };
                    Check::ok(NAME, format!("{} {} is admitted{place}", plugin.name, plugin.version))
                }
                Err(error) => Check::problem(
                    NAME,
                    error.to_string(),
                    format!("uninstall it with `palisade plugin remove {}`", plugin.name),
                ),
            },
            Err(refusal) => Check::problem(
                NAME,
                refusal.to_string(),
                format!("install it again, or uninstall it with `palisade plugin remove {}`", plugin.name),
            ),
        });
    }
    checks
}

/// All checks of this file.
pub(super) fn checks() -> Result<Vec<Check>, Failure> {
    let jobs = setup::jobs(None);
    let sandbox = match Sandbox::new(jobs) {
        Ok(sandbox) => Arc::new(sandbox),
        Err(error) => {
            let fix = "raise the limits on memory, address space and threads of this process";
            return Ok(vec![Check::problem("engine", error.to_string(), fix)]);
        }
    };
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            let found =
                format!("cannot find the path of this program, which it starts as a child process: {error}");
            return Ok(vec![Check::problem("engine", found, "mount `/proc`")]);
        }
    };
    let arguments = ["plugin", "compile-child"].map(str::to_owned).to_vec();
    let mut checks = vec![engine(&sandbox)];
    // No cache: `doctor` changes nothing.
    let host = Host { sandbox, cache: None, compiler: Compiler { program, arguments } };
    setup::run(jobs, async {
        checks.push(built_in(&host).await);
        checks.extend(installed(&host, setup::home().as_ref()).await);
        Ok(checks)
    })
}
