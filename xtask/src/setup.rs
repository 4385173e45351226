//! Installs what is missing on a new machine.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, anyhow, bail};

use crate::shell::Shell;

/// The target of guests, which has no system interface.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The compiler for guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuestBuilder {
    /// With the target of the pinned toolchain.
    Rustup,
    /// With Debian's compiler, whose standard library comes as source.
    Debian,
}

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust";

impl GuestBuilder {
    /// The command that builds guests, without the packages.
    pub(crate) fn cargo(self, shell: &Shell) -> Command {
        // SIMD is in every engine that runs components, and makes searching text twice as fast. A guest has no
        // randomness: `getrandom` calls a function of the guest, if it has one.
        let flags = "-C target-feature=+simd128 --cfg getrandom_backend=\"custom\"";
        let mut command = match self {
            GuestBuilder::Rustup => shell.command("cargo"),
            GuestBuilder::Debian => {
                let mut command = shell.command("/usr/bin/cargo");
                command
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
                command
            }
        };
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
        command.args(["build", "--quiet", "--locked", "--profile", "guest", "--target", TARGET]);
        if self == GuestBuilder::Debian {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        command
    }
}

fn has_target(shell: &Shell) -> bool {
    shell.output(&format!("rustc --print target-libdir --target {TARGET}")).is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && Path::new(&path).is_dir()
    })
}

fn has_debian(shell: &Shell) -> bool {
    Path::new(DEBIAN_SOURCE).is_dir()
        && shell.has("/usr/bin/cargo --version")
        && shell.has("wasm-ld-19 --version")
}

/// Ensures that guests can be built: with rustup's target if possible, otherwise with Debian's packages.
///
/// `PALISADE_GUEST_BUILDER=debian` selects Debian's compiler even if both are available, to test it.
pub(crate) fn guest_builder(shell: &Shell) -> Result<GuestBuilder> {
    let by_rustup = if std::env::var_os("PALISADE_GUEST_BUILDER").is_some_and(|it| it == "debian") {
        Err(anyhow!("PALISADE_GUEST_BUILDER is debian"))
    } else if has_target(shell) {
        Ok(())
    } else {
        println!("the target {TARGET} is missing; asking rustup for it");
        shell.run(&format!("rustup target add {TARGET}"))
    };
    if by_rustup.is_ok() && has_target(shell) {
        return Ok(GuestBuilder::Rustup);
    }
    if has_debian(shell) {
        println!("using Debian's compiler for {TARGET}");
        return Ok(GuestBuilder::Debian);
    }
    println!("asking Debian's packages for a compiler that has it");
    let by_debian = install(shell, "rustc-web cargo-web rust-web-src lld-19");
    if by_debian.is_ok() && has_debian(shell) {
        return Ok(GuestBuilder::Debian);
    }
    let reason = |result: Result<()>| {
        result.err().map_or_else(|| "no reason given".to_owned(), |it| format!("{it:#}"))
    };
    bail!(
        "the plugins cannot be built: the target {TARGET} is missing.\n  rustup: {}\n  Debian: {}\nAdd it with \
         `rustup target add {TARGET}`, or install Debian's `rustc-web cargo-web rust-web-src lld-19`, and try \
         again.",
        reason(by_rustup),
        reason(by_debian)
    )
}

/// Installs Debian packages.
fn install(shell: &Shell, packages: &str) -> Result<()> {
    let sudo = if shell.has("sudo -n true") && !is_root(shell) { "sudo " } else { "" };
    shell.run(&format!("{sudo}apt-get update"))?;
    shell.run(&format!("{sudo}apt-get install -y --no-install-recommends {packages}"))
}

/// Ensures that keys can be created: the fake GitHub creates one for its App.
pub(crate) fn openssl(shell: &Shell) -> Result<()> {
    if shell.has("openssl version") {
        return Ok(());
    }
    install(shell, "openssl")
        .map_err(|error| anyhow!("the program `openssl` is missing: install it ({error:#})"))
}

/// Ensures that PostgreSQL is installed, which the tests start.
pub(crate) fn postgres(shell: &Shell) -> Result<()> {
    let there = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    if there.into_iter().any(|it| it.path().join("bin/initdb").is_file()) {
        return Ok(());
    }
    install(shell, "postgresql")
}

pub(crate) fn is_root(shell: &Shell) -> bool {
    shell.output("id -u").is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
