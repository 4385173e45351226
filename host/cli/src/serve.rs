//! `palisade serve` and `palisade backup`.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use metrics_exporter_prometheus::PrometheusBuilder;
use palisade_catalog::{Catalog, Home};
use palisade_outbound::Outbound;
use palisade_scan::Cache;
use palisade_service::{GUESTS, Service};
use palisade_store::repository::people::First;
use palisade_store::{KeySource, Store, private_file};
use palisade_web::{Certificates, Listen, Readiness};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{BackupOptions, ServerOptions};
use crate::failure::Failure;
use crate::notice::complain;
use crate::server::Server;
use crate::{log, setup};

/// How long jobs may continue after the service is stopped.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long threads that cannot be cancelled, such as one that compares trees, may continue after that.
const THREADS: Duration = Duration::from_secs(5);
/// The most files that the process may open: connections, the database, and scanned files.
const FILES: u64 = 65_536;
/// Interval at which the certificate files are checked for changes.
const CERTIFICATES: Duration = Duration::from_secs(10);

/// Receives deliveries, evaluates pull requests and scans repositories until it gets a signal to stop.
pub(crate) fn serve(options: &ServerOptions) -> Result<u8, Failure> {
    let server = Server::read(options)?;
    log::start(&server.log, server.log_format == "json").map_err(Failure::wrong_use)?;
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.max(2))
        .enable_all()
        .build()
        .context("cannot start threads")
        .map_err(Failure::incomplete)?;
    bounded(runtime, THREADS, run(&server))?;
    Ok(0)
}

/// Runs `work` to its end. Threads that cannot be cancelled then keep the process for at most `patience`.
fn bounded<T>(runtime: Runtime, patience: Duration, work: impl Future<Output = T>) -> T {
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(patience);
    outcome
}

/// Raises the limit of open files as far as the system allows, and returns it: each connection is one file.
fn open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    // None means unlimited.
    let current = limit.current.unwrap_or(u64::MAX);
    let wanted = FILES.min(limit.maximum.unwrap_or(u64::MAX));
    let files = if current >= wanted {
        current
    } else {
        match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum }) {
            Ok(()) => wanted,
            Err(error) => {
                tracing::warn!(%error, "cannot raise the limit on open files: raise it where the service is started");
                current
            }
        }
    };
    usize::try_from(files).unwrap_or(usize::MAX)
}

/// Reads the certificates again when their files change, and on SIGHUP.
async fn follow(mut certificates: Certificates) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    loop {
        let outcome = tokio::select! {
            () = tokio::time::sleep(CERTIFICATES) => certificates.refresh(),
            _ = hangup.recv() => certificates.reload().map(|()| true),
        };
        match outcome {
            Ok(false) => {}
            Ok(true) => tracing::info!("certificates reloaded"),
            Err(error) => {
                tracing::error!(%error, "cannot use the new certificates: the previous ones stay in use");
            }
        }
    }
}

async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}: choose another address with `{setting}`"))
        .map_err(Failure::wrong_use)
}

async fn run(server: &Server) -> Result<(), Failure> {
    let stops = Stops::listen().context("cannot listen for signals").map_err(Failure::incomplete)?;
    let places = server.places(open_files());
    let store = Store::open(&server.store()?)
        .await
        .context("cannot open the database")
        .map_err(Failure::wrong_use)?;
    let home = Home::new(server.data.join("plugins"), server.data.join("cache"));
    let options = server.service()?;
    let host = setup::host(options.workers * options.jobs + GUESTS, Some(&home), home.lock().exists())?;
    let catalog = Catalog::load(&host, Some(&home), &[], &[]).await.map_err(Failure::wrong_use)?;
    let cache = home.key().ok().map(|key| Cache::open(server.data.join("cache/results"), &key, Cache::LIMIT));
    let outbound = Outbound::new(server.outbound()?).map_err(Failure::wrong_use)?;
    let recorder = PrometheusBuilder::new()
        .install_recorder()
        .context("cannot record the metrics of `/metrics`")
        .map_err(Failure::incomplete)?;
    bootstrap(&store, &server.data).await?;
    let service = Service::open(store.clone(), catalog, outbound, cache.map(Into::into), options)
        .await
        .map_err(Failure::wrong_use)?;
    let listener = bind(server.listen, "listen").await?;
    let address = listener.local_addr().map_err(Failure::incomplete)?;
    let (watchers, apart) = server.watchers()?;
    let apart = match apart {
        None => None,
        Some((address, watchers)) => Some((bind(address, "metrics-listen").await?, watchers)),
    };
    let certificates = server.tls()?;
    let working = service.work().await.map_err(Failure::incomplete)?;
    let readiness = Readiness::new(recorder).watched_by(watchers);
    let router = palisade_web::router(&service, &readiness);
    // Metrics and health are served until the process ends.
    let watched = apart.map(|(listener, watchers)| {
        let router = palisade_web::watch_router(&service, &readiness.watched_by(watchers));
        tokio::spawn(palisade_web::serve(Listen { listener, tls: None }, router, std::future::pending()))
    });
    let scheme = if server.tls_certificate.is_some() { "https" } else { "http" };
    tracing::info!(%address, public_url = %server.public_url, "palisade {} serves on {scheme}", env!("CARGO_PKG_VERSION"));
    let stop = async {
        stops.first().await;
        tracing::info!("stopping: running jobs are finished first");
        readiness.stop();
    };
    let tls = certificates.as_ref().map(Certificates::tls);
    let followed = certificates.map(|it| tokio::spawn(follow(it)));
    palisade_web::serve_within(Listen { listener, tls }, places, router, stop).await;
    working.stop(PATIENCE).await.map_err(Failure::incomplete)?;
    for task in followed.into_iter().chain(watched) {
        task.abort();
    }
    store.close().await.map_err(Failure::incomplete)?;
    tracing::info!("stopped");
    Ok(())
}

/// Handlers of SIGTERM and SIGINT, which are installed when this is created, so that an early signal does not end the
/// process at once.
struct Stops {
    terminate: Signal,
    interrupt: Signal,
}

impl Stops {
    fn listen() -> std::io::Result<Stops> {
        Ok(Stops { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Returns at the first signal; the second one ends the process at once.
    async fn first(mut self) {
        self.next().await;
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(130);
        });
    }
}

/// Creates an administrator on the first start, and writes the token to a file that only this user can read. It is
/// neither logged nor printed. The file is written before the token is valid: if that fails, no administrator is
/// created, and the next start tries again.
async fn bootstrap(store: &Store, data: &Path) -> Result<(), Failure> {
    let people = store.people();
    if !people.is_empty().await.map_err(Failure::incomplete)? {
        return Ok(());
    }
    let scopes = palisade_service::scopes(palisade_store::Role::Admin);
    let first = First::make("admin", &scopes).map_err(Failure::incomplete)?;
    let path = data.join("bootstrap-token");
    let shown = path.display();
    private_file::replace(&path, first.token.text.expose_secret().as_bytes())
        .with_context(|| {
            format!(
                "cannot write the first token to `{shown}`: make the folder writable and start again; \
                 no token was created"
            )
        })
        .map_err(Failure::incomplete)?;
    if people.keep_first(&first).await.map_err(Failure::incomplete)? {
        complain(&format!(
            "the first token is in `{shown}`: create tokens of your own with it, then delete it"
        ));
    } else if let Err(error) = std::fs::remove_file(&path) {
        // Another host was first, so this token was never valid.
        tracing::warn!(%error, path = %shown, "cannot remove the file of an invalid token");
    }
    Ok(())
}

/// Writes a copy of the database, whether or not the service is running.
pub(crate) fn backup(options: &BackupOptions) -> Result<u8, Failure> {
    let server = Server::read(&options.server)?;
    let store = server.store()?;
    if options.output.exists() {
        let path = options.output.display();
        return Err(Failure::wrong_use(anyhow!("`{path}` exists: name a file that does not exist yet")));
    }
    let copied = setup::run(1, async {
        Store::copy(&store, &options.output)
            .await
            .context("cannot copy the database")
            .map_err(Failure::wrong_use)
    });
    copied?;
    let key = match &store.key {
        KeySource::File(path) => format!("the key in `{}`", path.display()),
        KeySource::Value(_) => "the key that PALISADE_KEY names".to_owned(),
    };
    complain(&format!("its secrets are encrypted with {key}: keep the key separately"));
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::bounded;

    #[test]
    fn a_thread_that_cannot_be_cancelled_keeps_nobody() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (begin, patience) = (Instant::now(), Duration::from_millis(200));
        let answer = bounded(runtime, patience, async {
            let (started, running) = tokio::sync::oneshot::channel();
            tokio::task::spawn_blocking(move || {
                started.send(()).unwrap();
                std::thread::sleep(Duration::from_mins(1));
            });
            running.await.unwrap();
            "done"
        });
        assert_eq!(answer, "done");
        let took = begin.elapsed();
        assert!(took >= patience && took < Duration::from_secs(20), "{took:?}");
    }
}
