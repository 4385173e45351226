//! A service with its router, a fake GitHub, and a client.

use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use flate2::read::GzDecoder;
use http_body_util::BodyExt as _;
use palisade_catalog::{Catalog, Compiler, Host};
use palisade_fake_github::{FakeGitHub, Options as FakeOptions};
use palisade_outbound::{Networks, Options, Outbound};
use palisade_sandbox::Sandbox;
use palisade_service::{Service, ServiceOptions, scopes};
use palisade_store::{KeySource, Role, Store, StoreOptions, now_ms};
use palisade_web::Readiness;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The repository in the tests.
pub(crate) const REPOSITORY: &str = "acme/shop";

/// A response.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.status, self.text))
    }

    /// The id of the created object.
    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id: {}", self.text)).to_owned()
    }
}

/// A service and everything that it uses.
pub(crate) struct World {
    pub(crate) fake: FakeGitHub,
    pub(crate) service: Service,
    pub(crate) store: Store,
    router: Router,
    /// A token with all permissions.
    pub(crate) admin: String,
    /// All responses so far.
    pub(crate) said: Mutex<Vec<String>>,
    _data: TempDir,
}

impl World {
    pub(crate) async fn start() -> World {
        let fake = FakeGitHub::start(FakeOptions::default()).await.unwrap();
        if !fake.validates() {
            assert!(
                std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(),
                "GitHub's description is required here"
            );
            println!("SKIPPED: GitHub's description is not here, so no request is held against it");
        }
        let installation = fake.add_installation("acme");
        let files = [("README.md", "# shop\n"), ("prod/keep.md", "kept\n")];
        fake.add_repository(installation, REPOSITORY, &files).unwrap();
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreOptions {
            url: "sqlite:".to_owned(),
            data_folder: data.path().to_owned(),
            key: KeySource::File(data.path().join("key")),
            readers: 4,
        })
        .await
        .unwrap();
        // Built-in plugins are compiled already.
        let compiler = Compiler { program: std::env::current_exe().unwrap(), arguments: Vec::new() };
        let host = Host { sandbox: Arc::new(Sandbox::new(4).unwrap()), cache: None, compiler };
        let catalog = Catalog::load(&host, None, &[], &[]).await.unwrap();
        assert!(!catalog.plugins().is_empty(), "build the plugins first: `cargo xtask plugins`");
        let outbound = Outbound::new(Options {
            roots: vec![fake.ca_pem().as_bytes().to_vec()],
            networks: Networks::parse(["127.0.0.0/8", "::1/128"]).unwrap(),
            ..Options::default()
        })
        .unwrap();
        let url = url::Url::parse("https://palisade.example").unwrap();
        let options = ServiceOptions::new(url, data.path().to_owned());
        let service = Service::open(store.clone(), catalog, outbound, None, options).await.unwrap();
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let router = palisade_web::router(&service, &Readiness::new(recorder.handle()));
        let mut world =
            World { fake, service, store, router, admin: String::new(), said: Mutex::default(), _data: data };
        world.admin = world.token("root", Role::Admin, None, None).await;
        world
    }

    /// Creates a user with a token, which has all scopes of the role unless others are given.
    pub(crate) async fn token(
        &self,
        user: &str,
        role: Role,
        granted: Option<&[&str]>,
        expires_at: Option<i64>,
    ) -> String {
        let people = self.store.people();
        let user = people.create(user, role).await.unwrap();
        let granted: Vec<String> = match granted {
            Some(granted) => granted.iter().map(|it| (*it).to_owned()).collect(),
            None => scopes(role),
        };
        let made = people.create_token(&user.id, "test", &granted, expires_at).await.unwrap();
        made.text.expose_secret().to_owned()
    }

    /// Creates a token that has expired.
    pub(crate) async fn expired(&self) -> String {
        self.token("late", Role::Admin, None, Some(now_ms() - 1)).await
    }

    /// Sends a request unchanged.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let mut bytes = body.collect().await.unwrap().to_bytes().to_vec();
        // As a browser does.
        if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|it| it == "gzip") {
            let packed = std::mem::take(&mut bytes);
            GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        self.said.lock().unwrap().push(text.clone());
        Reply { status: parts.status, headers: parts.headers, text }
    }

    /// Sends a request with a token, or none.
    pub(crate) async fn ask(&self, token: Option<&str>, method: &str, path: &str, body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Sends a request with all permissions; the path is relative to `/api/v1`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask(Some(&self.admin), method, &format!("/api/v1{path}"), &body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let reply = self.call("GET", path, Value::Null).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.json()
    }

    /// Waits until an item of a list matches, and returns it.
    pub(crate) async fn until(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let list = self.get(path).await;
            if let Some(found) = list["items"].as_array().unwrap().iter().find(|it| fits(it)) {
                return found.clone();
            }
            assert!(begin.elapsed() < Duration::from_mins(2), "{path}: {list}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The connection to the fake GitHub.
    pub(crate) fn connection(&self) -> Value {
        self.fake.connection()
    }

    /// Sends a signed delivery to a connection's webhook endpoint; returns our id of it.
    pub(crate) async fn deliver(&self, connection: &str, secret: &str, event: &str, body: &Value) -> String {
        let body = body.to_string();
        let request = Request::post(format!("/hooks/{connection}"))
            .header("x-github-event", event)
            .header("x-github-delivery", "d-1")
            .header("x-hub-signature-256", palisade_fake_github::signature(secret, body.as_bytes()))
            .body(Body::from(body))
            .unwrap();
        let reply = self.send(request).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text);
        reply.json()["delivery"].as_str().unwrap().to_owned()
    }

    /// Checks that no response so far contains a secret of the connection.
    pub(crate) fn kept_quiet(&self) {
        let app = self.fake.app();
        let line = app.private_key.lines().nth(1).unwrap();
        for text in self.said.lock().unwrap().iter() {
            assert!(!text.contains(line), "an answer holds the private key");
            assert!(!text.contains(&app.webhook_secret), "an answer holds the webhook's secret");
        }
    }
}
