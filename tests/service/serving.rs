//! The service with its HTTP server, for the providers of a test.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_catalog::Catalog;
use palisade_fake_host::Certificate;
use palisade_outbound::{Networks, Options, Outbound};
use palisade_sandbox::Sandbox;
use palisade_service::{Service, ServiceOptions, Working};
use palisade_store::{KeySource, Store, StoreOptions};
use palisade_web::{Listen, Readiness, Tls};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::process::Program;

/// The options of a database whose key is in the folder of the data.
pub(crate) fn store_options(database: &str, data: &Path) -> StoreOptions {
    StoreOptions {
        url: database.to_owned(),
        data_folder: data.to_owned(),
        key: KeySource::File(data.join("key")),
        readers: 4,
    }
}

/// The service with its HTTP server.
pub(crate) struct Serving {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) service: Service,
    pub(crate) store: Store,
    pub(crate) url: String,
    pub(crate) data: TempDir,
    pub(crate) database: String,
    working: Option<Working>,
    server: JoinHandle<()>,
}

impl Serving {
    /// Starts it with changed options. It trusts these certificate authorities, and has TLS if there is a certificate.
    pub(crate) async fn start(
        database: String,
        authorities: &[&str],
        certificate: Option<&Certificate>,
        change: impl FnOnce(&mut ServiceOptions),
    ) -> Serving {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(&store_options(&database, data.path())).await.unwrap();
        let host = palisade_tests::host(4);
        let sandbox = Arc::clone(&host.sandbox);
        let catalog = Catalog::load(&host, None, &[], &[]).await.unwrap();
        let outbound = Outbound::new(Options {
            roots: authorities.iter().map(|it| it.as_bytes().to_vec()).collect(),
            networks: Networks::parse(["127.0.0.0/8", "::1/128"]).unwrap(),
            ..Options::default()
        })
        .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tls = certificate.map(|it| Tls::new(it.certificate.as_bytes(), it.key.as_bytes()).unwrap());
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let mut options = ServiceOptions::new(url::Url::parse(&url).unwrap(), data.path().to_owned());
        change(&mut options);
        let service = Service::open(store.clone(), catalog, outbound, None, options).await.unwrap();
        let working = service.work().await.unwrap();
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let router = palisade_web::router(&service, &Readiness::new(recorder.handle()));
        let server =
            tokio::spawn(palisade_web::serve(Listen { listener, tls }, router, std::future::pending()));
        Serving { sandbox, service, store, url, data, database, working: Some(working), server }
    }

    /// Waits until no job fails: those that failed during a fault are tried again, and must succeed.
    pub(crate) async fn recovered(&self) {
        let begin = Instant::now();
        while self.store.health().await.unwrap().failing > 0 {
            assert!(begin.elapsed() < Duration::from_mins(1), "a job fails on and on");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Stops it and returns what outlives it: the data and the database.
    pub(crate) async fn stop(mut self) -> (TempDir, String) {
        if let Some(working) = self.working.take() {
            working.stop(Duration::from_secs(20)).await.unwrap();
        }
        self.server.abort();
        // The task of the server keeps the service, and with it the folder, until it has ended.
        let _ = (&mut self.server).await;
        self.store.check().await.unwrap();
        self.store.close().await.unwrap();
        (self.data, self.database)
    }

    /// Stops it. `palisade doctor` then reports this state of the work, and no problem of an integration.
    pub(crate) async fn end_seen(self, ca: &str, state: &str, found: &str) {
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        let (data, database) = self.stop().await;
        let folder = tempfile::tempdir().unwrap();
        let text = Program::new(folder.path(), data.path(), &database, port, ca).doctor();
        let of = |name: &str| {
            let mut lines = text.lines().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
            lines.find(|it| it.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(name)))
        };
        assert!(of("database").is_some_and(|it| it.starts_with("ok ")), "{text}");
        let work = of("work").unwrap_or_default();
        println!("doctor: {work}");
        assert!(work.starts_with(state) && work.contains(found), "{text}");
        assert!(of("integration").is_none(), "{text}");
    }
}
