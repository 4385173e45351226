//! Connections and bodies over real sockets: slow, too large, too many, and their ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use palisade_catalog::Catalog;
use palisade_outbound::{Options, Outbound};
use palisade_service::{Service, ServiceOptions};
use palisade_store::{KeySource, Store, StoreOptions};
use palisade_web::{Listen, Places, Readiness, serve_within};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A timeout that is long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service without any plugin.
pub(crate) async fn service(data: &TempDir) -> Service {
    service_and_store(data).await.0
}

/// A service without plugins, and its database.
async fn service_and_store(data: &TempDir) -> (Service, Store) {
    let options = StoreOptions {
        url: "sqlite:".to_owned(),
        data_folder: data.path().to_owned(),
        key: KeySource::File(data.path().join("key")),
        readers: 1,
    };
    let store = Store::open(&options).await.unwrap();
    let outbound = Outbound::new(Options::default()).unwrap();
    let url = url::Url::parse("https://palisade.example").unwrap();
    let options = ServiceOptions::new(url, data.path().to_owned());
    let service = Service::open(store.clone(), Catalog::default(), outbound, None, options).await.unwrap();
    (service, store)
}

pub(crate) fn readiness() -> Readiness {
    Readiness::new(metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle())
}

/// A running server.
struct Serving {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Serving {
    async fn start(router: Router, places: Places) -> Serving {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async move {
            let _ = stopped.await;
        };
        let task = tokio::spawn(serve_within(Listen { listener, tls: None }, places, router, until));
        Serving { address, stop: Some(stop), task }
    }

    /// Opens a connection, and sends a text.
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

/// Reads until the connection ends; a reset is an end too.
async fn rest(stream: &mut TcpStream) -> String {
    let (mut all, mut some) = (Vec::new(), [0; 4_096]);
    let read = async {
        while let Ok(count @ 1..) = stream.read(&mut some).await {
            all.extend_from_slice(&some[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the connection ends");
    String::from_utf8(all).unwrap()
}

fn request(method: &str, path: &str, length: u64) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: palisade.example\r\ncontent-length: {length}\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_connection_is_refused_before_its_body() {
    let data = tempfile::tempdir().unwrap();
    let (service, store) = service_and_store(&data).await;
    let serving = Serving::start(palisade_web::router(&service, &readiness()), Places::default()).await;
    let before = store.statements();
    for path in ["/hooks/x", "/hooks/01890a5d-ac96-774b-bcce-b302099a8057", "/hooks/%ff"] {
        let begin = Instant::now();
        // 24 MiB are announced, and nothing of them is sent.
        let mut stream = serving.send(&request("POST", path, 24 << 20)).await;
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{path}: {answer}");
        assert!(begin.elapsed() < Duration::from_secs(2), "{path}: {:?}", begin.elapsed());
    }
    assert_eq!(store.statements(), before, "no statement");
}

/// The places of many slow senders are free again immediately, and other clients get responses in the meantime.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_senders_keep_nobody_waiting() {
    const SENDERS: usize = 400;
    let data = tempfile::tempdir().unwrap();
    let service = service(&data).await;
    let places = Places { all: 100, per_address: 100 };
    let serving = Serving::start(palisade_web::router(&service, &readiness()), places).await;
    let mut senders = Vec::new();
    for _ in 0..SENDERS {
        senders.push(serving.send(&request("POST", "/hooks/x", 24 << 20)).await);
    }
    let begin = Instant::now();
    loop {
        let mut stream = serving.send("GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n").await;
        if rest(&mut stream).await.starts_with("HTTP/1.1 200 ") {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "no answer while {SENDERS} send slowly");
    }
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    for stream in &mut senders {
        let answer = rest(stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_places() {
    let router = Router::new().route("/", get(|| async { "here" }));
    let serving = Serving::start(router, Places { all: 100, per_address: 2 }).await;
    // Two open connections with incomplete requests.
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(serving.send("GET / HTTP/1.1\r\n").await);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut third = serving.send("GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert_eq!(rest(&mut third).await, "", "the third one is closed");
    // Another address has places. On Linux, all of 127.0.0.0/8 are local addresses.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.9:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(serving.address).await.unwrap();
    other.write_all(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut other).await.ends_with("here"));
    // A place is free again after its connection has ended.
    drop(open.pop());
    let begin = Instant::now();
    loop {
        let mut again = serving.send("GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
        if rest(&mut again).await.ends_with("here") {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "the place is never free");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_seen_though_all_places_are_taken() {
    let release = Arc::new(tokio::sync::Notify::new());
    let waits = Arc::clone(&release);
    let router = Router::new().route(
        "/",
        get(move || {
            let waits = Arc::clone(&waits);
            async move {
                waits.notified().await;
                "done"
            }
        }),
    );
    let mut serving = Serving::start(router, Places { all: 1, per_address: 1 }).await;
    let mut stream = serving.send("GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    serving.stop.take().unwrap().send(()).unwrap();
    // The listener is closed, while the running request still gets its response.
    let begin = Instant::now();
    while TcpStream::connect(serving.address).await.is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(10), "the stop is not seen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!serving.task.is_finished(), "what has begun is finished first");
    release.notify_one();
    assert!(rest(&mut stream).await.ends_with("done"));
    tokio::time::timeout(PATIENCE, serving.task).await.unwrap().unwrap();
}
