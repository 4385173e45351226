//! Checks of the service: its configuration, folder, key, database and addresses. Nothing is created or changed.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use palisade_store::{Health, IntegrationStatus, KeySource, Store, StoreOptions};

use super::Check;
use super::place::folder;
use crate::args::ServerOptions;
use crate::failure::Failure;
use crate::server::{self, Server};
use crate::setup;

/// Permissions of other users than the owner.
const OTHERS: u32 = 0o077;

/// Checks the public address.
fn public_url(server: &Server) -> Check {
    const NAME: &str = "public-url";
    let url = &server.public_url;
    let host = url.host_str().unwrap_or_default();
    let is_here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    match url.scheme() {
        "https" => Check::ok(NAME, format!("`{url}`")),
        "http" if is_here => Check::warning(
            NAME,
            format!("`{url}` is a loopback address: no provider can reach it"),
            "set the `https` address at which providers reach the service",
        ),
        "http" => Check::problem(
            NAME,
            format!("`{url}` has no TLS: tokens and deliveries can be read in transit"),
            "terminate TLS at a proxy, or set `tls-certificate` and `tls-key`; then use `https`",
        ),
        other => Check::problem(NAME, format!("unsupported scheme `{other}`"), "use `https`"),
    }
}

/// Checks whether the address can be bound.
fn listen(server: &Server) -> Check {
    const NAME: &str = "listen";
    let address = server.listen;
    match TcpListener::bind(address) {
        Ok(_) => Check::ok(NAME, format!("`{address}` is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Check::warning(
            NAME,
            format!("`{address}` is in use"),
            "unless this service uses it, choose another address",
        ),
        Err(error) => Check::problem(NAME, format!("`{address}`: {error}"), "choose another address"),
    }
}

/// Checks the key that encrypts secrets; `kept` is whether a database with secrets exists.
fn key(source: &KeySource, kept: bool) -> Check {
    const NAME: &str = "service key";
    let KeySource::File(path) = source else {
        return Check::ok(NAME, "comes from the environment");
    };
    let shown = path.display();
    match std::fs::metadata(path) {
        Err(_) if kept => Check::problem(
            NAME,
            format!("`{shown}` does not exist, but the database has secrets that are encrypted with it"),
            "restore the key; without it all connections must be created again",
        ),
        Err(_) => Check::ok(NAME, format!("`{shown}` will be created at the first start")),
        Ok(meta) if meta.permissions().mode() & OTHERS != 0 => {
            let mode = meta.permissions().mode() & 0o777;
            let found = format!("other users can access `{shown}` (mode {mode:03o})");
            Check::problem(
                NAME,
                found,
                format!("run `chmod go-rwx {shown}`, and change the secrets that it encrypts"),
            )
        }
        Ok(_) => Check::ok(NAME, format!("only its owner can access `{shown}`")),
    }
}

/// Age of the oldest job in a queue from which it counts as late, in milliseconds.
const LATE: i64 = 5 * 60_000;

/// `1 delivery`, `2 deliveries`.
fn number(count: impl Into<i128>, one: &str, many: &str) -> String {
    let count = count.into();
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Checks the jobs of the service, whichever host runs them.
fn work(health: &Health) -> Vec<Check> {
    const NAME: &str = "work";
    let mut checks = Vec::new();
    for it in &health.inactive {
        let status = match it.status {
            IntegrationStatus::Active => continue,
            IntegrationStatus::NotInstalled => "not installed",
            IntegrationStatus::Suspended => "suspended",
            IntegrationStatus::Error => "failing",
        };
        checks.push(Check::warning(
            "integration",
            format!("`{}` is {status}, its pull requests are not evaluated: {}", it.name, it.status_detail),
            "install it again or end its suspension at the provider, or delete the integration",
        ));
    }
    for late in health.queues.iter().filter(|it| it.oldest > LATE) {
        checks.push(Check::warning(
            NAME,
            format!(
                "{} waiting in the queue `{}`, the oldest for {} min",
                number(late.jobs, "job", "jobs"),
                late.queue,
                late.oldest / 60_000
            ),
            "start `palisade serve`, raise `workers`, or check whether the provider responds",
        ));
    }
    if health.failing > 0 {
        checks.push(Check::warning(
            NAME,
            format!(
                "{} failed and will be tried again; last error: {}",
                number(health.failing, "job", "jobs"),
                health.last_error
            ),
            "see the log, which names each failed job",
        ));
    }
    if health.given_up > 0 || health.failed_deliveries > 0 {
        checks.push(Check::warning(
            NAME,
            format!(
                "given up in the last 24 hours: {} and {}",
                number(health.given_up, "job", "jobs"),
                number(health.failed_deliveries, "delivery", "deliveries")
            ),
            "see the log, and let the provider send the deliveries again",
        ));
    }
    if checks.is_empty() {
        let jobs: i64 = health.queues.iter().map(|it| it.jobs).sum();
        checks.push(Check::ok(NAME, format!("{} waiting, none failed", number(jobs, "job", "jobs"))));
    }
    checks
}

/// Reads the state of the jobs, while the service may be running.
fn work_of(options: &StoreOptions) -> Vec<Check> {
    let read = async {
        let Some(store) = Store::beside(options).await? else { return Ok(None) };
        let health = store.health().await;
        store.close().await?;
        health.map(Some)
    };
    match setup::run(1, async { Ok::<_, Failure>(read.await) }) {
        Ok(Ok(health)) => health.map(|it| work(&it)).unwrap_or_default(),
        Ok(Err(error)) => {
            let fix = "start the service once: it updates the database";
            vec![Check::problem("work", error.to_string(), fix)]
        }
        Err(failure) => vec![Check::problem("work", failure.to_string(), "try again")],
    }
}

/// The checks of a service, if `server.toml` exists or a configuration is named.
pub(super) fn checks(config: Option<&Path>) -> Vec<Check> {
    if config.is_none() && server::is_absent(Path::new(server::DEFAULT_FILE)) {
        return Vec::new();
    }
    let options =
        ServerOptions { config: config.map(Path::to_path_buf), data: None, listen: None, public_url: None };
    let server = match Server::read(&options) {
        Ok(server) => server,
        Err(failure) => return vec![Check::problem("server.toml", failure.to_string(), "fix the file")],
    };
    let mut checks = vec![Check::ok("server.toml", "is valid")];
    for (name, outcome) in [
        ("TLS", server.tls().map(drop)),
        ("outbound", server.outbound().map(drop)),
        ("metrics", server.watchers().map(drop)),
    ] {
        checks.push(match outcome {
            Ok(()) => Check::ok(name, "is valid"),
            Err(failure) => {
                Check::problem(name, failure.to_string(), "fix the file, or the files that it names")
            }
        });
    }
    let data = std::path::absolute(&server.data).unwrap_or_else(|_| server.data.clone());
    checks.extend([
        public_url(&server),
        listen(&server),
        folder("service data", &data, "set `data` to a writable folder"),
    ]);
    match server.store() {
        Err(failure) => checks.push(Check::problem("database", failure.to_string(), "fix the file")),
        Ok(store) => {
            let probe = setup::run(1, async { Ok::<_, Failure>(Store::probe(&store).await) });
            let kept = matches!(&probe, Ok(Ok(true)));
            checks.push(key(&store.key, kept));
            let work = if kept { work_of(&store) } else { Vec::new() };
            checks.push(match probe {
                Ok(Ok(true)) => Check::ok("database", "exists and is intact"),
                Ok(Ok(false)) => Check::ok("database", "will be created at the first start"),
                Ok(Err(error)) => Check::problem(
                    "database",
                    error.to_string(),
                    "start the database server, fix `database`, or restore a backup",
                ),
                Err(failure) => Check::problem("database", failure.to_string(), "try again"),
            });
            checks.extend(work);
        }
    }
    checks
}
