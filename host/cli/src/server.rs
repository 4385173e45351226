//! `server.toml`: the service's configuration. Environment variables take precedence over the file, options over both.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use palisade_modules::AllowedHost;
use palisade_outbound::Networks;
use palisade_service::{Keep, ServiceOptions};
use palisade_store::{KeySource, StoreOptions};
use palisade_web::{Certificates, Places, Watchers};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

use crate::args::ServerOptions;
use crate::failure::Failure;
use crate::settings::module_credentials;

/// The file that is read without `--config`.
pub(crate) const DEFAULT_FILE: &str = "server.toml";

/// The shortest token for metrics and health, in characters.
const SHORTEST_TOKEN: usize = 16;

/// Keys of the file that can be set as environment variables too: `PALISADE_PUBLIC_URL` is `public-url`.
const VARIABLES: [&str; 25] = [
    "listen",
    "public-url",
    "data",
    "database",
    "key-file",
    "tls-certificate",
    "tls-key",
    "log",
    "log-format",
    "workers",
    "jobs",
    "deadline-seconds",
    "max-file-size",
    "most-crashes",
    "private-networks",
    "trusted-certificates",
    "connections-per-address",
    "metrics-listen",
    "metrics-token-file",
    "allow-modules",
    "daily-minutes",
    "reconcile-minutes",
    "keep-deliveries-days",
    "keep-scans-days",
    "keep-checks-days",
];

/// The content of `server.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Server {
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// URL at which users and providers reach it.
    pub(crate) public_url: url::Url,
    /// Data folder of this process.
    pub(crate) data: PathBuf,
    /// `sqlite:` in the data folder, or `postgres://…`.
    #[serde(skip_serializing)]
    database: Option<String>,
    /// File of the key that encrypts secrets; created at the first start.
    key_file: Option<PathBuf>,
    /// Certificate, if the service terminates TLS.
    pub(crate) tls_certificate: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    /// The most open connections of one client address.
    connections_per_address: usize,
    /// Address for metrics and health, instead of the main listener.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// File of the token that is required for them.
    metrics_token_file: Option<PathBuf>,
    /// Networks that adapters may reach although they are not public, such as `10.0.0.0/8`.
    #[serde(deserialize_with = "list")]
    private_networks: Vec<String>,
    /// Certificates that are trusted in addition to those of the system.
    #[serde(deserialize_with = "list")]
    trusted_certificates: Vec<PathBuf>,
    /// Log level: `error`, `warn`, `info`, `debug`, or a filter of `tracing`.
    pub(crate) log: String,
    /// `text` or `json`.
    pub(crate) log_format: String,
    workers: Option<usize>,
    jobs: Option<usize>,
    deadline_seconds: u64,
    /// Largest file that is read, in MiB.
    max_file_size: u64,
    /// A job is given up after this number of processes have died while running it.
    most_crashes: u32,
    /// Hosts that modules may be fetched from, as with `--allow-modules`.
    #[serde(deserialize_with = "list")]
    allow_modules: Vec<String>,
    /// The most minutes of computing for one integration in a day.
    daily_minutes: Option<u64>,
    /// Interval at which open pull requests are compared with the provider's.
    reconcile_minutes: u64,
    /// How long completed deliveries, scans and checks are kept.
    keep_deliveries_days: u64,
    keep_scans_days: u64,
    keep_checks_days: u64,
}

impl Default for Server {
    fn default() -> Server {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        Server {
            listen,
            #[expect(clippy::expect_used, reason = "a constant, which a test reads")]
            public_url: url::Url::parse("http://127.0.0.1:8080/").expect("a URL"),
            data: PathBuf::from("palisade-data"),
            database: None,
            key_file: None,
            tls_certificate: None,
            tls_key: None,
            connections_per_address: Places::default().per_address,
            metrics_listen: None,
            metrics_token_file: None,
            private_networks: Vec::new(),
            trusted_certificates: Vec::new(),
            log: "info".to_owned(),
            log_format: "text".to_owned(),
            workers: None,
            jobs: None,
            deadline_seconds: 900,
            max_file_size: 32,
            most_crashes: 3,
            allow_modules: Vec::new(),
            daily_minutes: None,
            reconcile_minutes: 60,
            keep_deliveries_days: 30,
            keep_scans_days: 90,
            keep_checks_days: 90,
        }
    }
}

/// Whether nothing exists at a path, not even a dangling link.
pub(crate) fn is_absent(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// A list in the file; in an environment variable, its items separated by commas.
fn list<'de, D: Deserializer<'de>, T: From<String>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a list, or items separated by commas")]
    enum List {
        Text(String),
        Items(Vec<String>),
    }
    let items = match List::deserialize(deserializer)? {
        List::Text(text) => {
            text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
        }
        List::Items(items) => items,
    };
    Ok(items.into_iter().map(T::from).collect())
}

/// A secret of the environment: the variable itself, or the file that `NAME_FILE` names.
fn secret(name: &str) -> Result<Option<SecretString>, Failure> {
    if let Ok(value) = std::env::var(name) {
        return Ok(Some(value.into()));
    }
    let Some(path) = std::env::var_os(format!("{name}_FILE")) else { return Ok(None) };
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`, which {name}_FILE names", Path::new(&path).display()))
        .map_err(Failure::wrong_use)?;
    Ok(Some(text.trim_end().to_owned().into()))
}

impl Server {
    /// Reads the file, if it exists, the environment and the options.
    pub(crate) fn read(options: &ServerOptions) -> Result<Server, Failure> {
        let mut figment = Figment::from(Serialized::defaults(Server::default()));
        match &options.config {
            Some(path) if !path.is_file() => {
                let path = path.display();
                return Err(Failure::wrong_use(anyhow!("file `{path}` not found: check `--config`")));
            }
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            // The default file is optional. A file that exists and cannot be read is an error.
            None if is_absent(Path::new(DEFAULT_FILE)) => {}
            None => figment = figment.merge(Toml::file_exact(DEFAULT_FILE)),
        }
        let variables = Env::prefixed("PALISADE_")
            .map(|key| key.as_str().to_ascii_lowercase().replace('_', "-").into())
            .only(&VARIABLES)
            .lowercase(false);
        figment = figment.merge(variables);
        if let Some(data) = &options.data {
            figment = figment.merge(Serialized::default("data", data));
        }
        if let Some(listen) = &options.listen {
            figment = figment.merge(Serialized::default("listen", listen));
        }
        if let Some(url) = &options.public_url {
            figment = figment.merge(Serialized::default("public-url", url));
        }
        let server: Server =
            figment.extract().context("invalid server configuration").map_err(Failure::wrong_use)?;
        if server.tls_certificate.is_some() != server.tls_key.is_some() {
            return Err(Failure::wrong_use(anyhow!("set both `tls-certificate` and `tls-key`, or neither")));
        }
        if !matches!(server.log_format.as_str(), "text" | "json") {
            return Err(Failure::wrong_use(anyhow!(
                "invalid value `{}` for `log-format`: expected text or json",
                server.log_format
            )));
        }
        Ok(server)
    }

    /// Options of the database.
    pub(crate) fn store(&self) -> Result<StoreOptions, Failure> {
        let url = match &self.database {
            Some(url) => url.clone(),
            // A file is accepted too, so that no variable has to contain the password.
            None => secret("PALISADE_DATABASE")?
                .map_or_else(|| "sqlite:".to_owned(), |it| it.expose_secret().to_owned()),
        };
        let key = match secret("PALISADE_KEY")? {
            Some(value) => KeySource::Value(value),
            None => KeySource::File(self.key_file.clone().unwrap_or_else(|| self.data.join("key"))),
        };
        Ok(StoreOptions { url, data_folder: self.data.clone(), key, readers: 8 })
    }

    /// Options of the service.
    pub(crate) fn service(&self) -> Result<ServiceOptions, Failure> {
        let mut options = ServiceOptions::new(self.public_url.clone(), self.data.clone());
        options.workers = self.workers.unwrap_or(options.workers);
        options.jobs = self.jobs.unwrap_or(options.jobs);
        options.deadline = Duration::from_secs(self.deadline_seconds.clamp(10, 24 * 3600));
        options.crashes = i64::from(self.most_crashes.max(1));
        options.largest_file = self.max_file_size.clamp(1, 256) << 20;
        options.daily = self.daily_minutes.map(|it| Duration::from_mins(it.clamp(1, 100_000)));
        options.reconcile = Duration::from_mins(self.reconcile_minutes.clamp(1, 24 * 60));
        let days = |count: u64| Duration::from_hours(24 * count.clamp(1, 36_500));
        options.keep = Keep {
            deliveries: days(self.keep_deliveries_days),
            scans: days(self.keep_scans_days),
            checks: days(self.keep_checks_days),
        };
        if !self.allow_modules.is_empty() {
            let allowed: Result<Vec<AllowedHost>, _> =
                self.allow_modules.iter().map(|it| it.parse()).collect();
            options.modules = Some(palisade_modules::Settings {
                allowed: allowed.context("`allow-modules`").map_err(Failure::wrong_use)?,
                cache: Some(self.data.join("cache/modules")),
                credentials: module_credentials(),
                limits: palisade_modules::Limits { file: options.largest_file, ..Default::default() },
                offline: false,
            });
        }
        Ok(options)
    }

    /// Options of outgoing requests.
    pub(crate) fn outbound(&self) -> Result<palisade_outbound::Options, Failure> {
        let networks = Networks::parse(self.private_networks.iter().map(String::as_str))
            .context("invalid `private-networks`")
            .map_err(Failure::wrong_use)?;
        let read = |path: &PathBuf| {
            std::fs::read(path)
                .with_context(|| format!("cannot read `{}` of `trusted-certificates`", path.display()))
                .map_err(Failure::wrong_use)
        };
        let roots = self.trusted_certificates.iter().map(read).collect::<Result<_, _>>()?;
        Ok(palisade_outbound::Options { roots, networks, ..palisade_outbound::Options::default() })
    }

    /// Certificates, if the service terminates TLS.
    pub(crate) fn tls(&self) -> Result<Option<Certificates>, Failure> {
        let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) else { return Ok(None) };
        Certificates::open(certificate, key).map(Some).map_err(Failure::wrong_use)
    }

    /// The limits of connections, given the number of files that the process may open: the database and scans need some
    /// too.
    pub(crate) fn places(&self, files: usize) -> Places {
        let all = Places::default().all.min(files / 2).max(16);
        Places { all, per_address: self.connections_per_address.clamp(1, all) }
    }

    /// Who may read metrics and health: on the main listener, and on a separate one, if there is one.
    pub(crate) fn watchers(&self) -> Result<(Watchers, Option<(SocketAddr, Watchers)>), Failure> {
        let token = match (secret("PALISADE_METRICS_TOKEN")?, &self.metrics_token_file) {
            (Some(token), _) => Some(token),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read `{}` of `metrics-token-file`", path.display()))
                    .map_err(Failure::wrong_use)?;
                Some(text.trim().to_owned().into())
            }
            (None, None) => None,
        };
        if token.as_ref().is_some_and(|it| it.expose_secret().len() < SHORTEST_TOKEN) {
            return Err(Failure::wrong_use(anyhow!(
                "the token in `metrics-token-file` is too short: expected at least {SHORTEST_TOKEN} characters"
            )));
        }
        Ok(match (self.metrics_listen, token) {
            (None, None) => (Watchers::Loopback, None),
            (None, Some(token)) => (Watchers::Token(token), None),
            (Some(address), None) => (Watchers::Nobody, Some((address, Watchers::Everybody))),
            (Some(address), Some(token)) => (Watchers::Nobody, Some((address, Watchers::Token(token)))),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use palisade_web::{Places, Watchers};

    use super::Server;

    #[test]
    fn who_sees_figures_and_health() {
        let folder = std::env::temp_dir().join(format!("palisade-watchers-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let [long, short] = [("long", "a token of this test\n"), ("short", "token")].map(|(name, text)| {
            let path: PathBuf = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        });
        let listen = Some("127.0.0.1:9090".parse().unwrap());
        for (metrics_listen, metrics_token_file, expected) in [
            (None, None, "Loopback, none"),
            (None, Some(&long), "Token, none"),
            (listen, None, "Nobody, Everybody"),
            (listen, Some(&long), "Nobody, Token"),
            (
                None,
                Some(&short),
                "the token in `metrics-token-file` is too short: expected at least 16 characters",
            ),
        ] {
            let server = Server {
                metrics_listen,
                metrics_token_file: metrics_token_file.cloned(),
                ..Server::default()
            };
            let name = |it: &Watchers| format!("{it:?}").split('(').next().unwrap().to_owned();
            let found = match server.watchers() {
                Ok((one, other)) => {
                    format!("{}, {}", name(&one), other.map_or("none".to_owned(), |it| name(&it.1)))
                }
                Err(failure) => failure.to_string(),
            };
            assert_eq!(found, expected);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn connections_leave_files_to_others() {
        for (files, per_address, all, of_one) in [
            (1_024, 1_024, 512, 512),
            (1 << 20, 1_024, 4_096, 1_024),
            (1 << 20, 64, 4_096, 64),
            (0, 0, 16, 1),
        ] {
            let server = Server { connections_per_address: per_address, ..Server::default() };
            assert_eq!(server.places(files), Places { all, per_address: of_one });
        }
    }
}
