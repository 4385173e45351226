//! A TLS server that sends configured replies and records requests. Traps listen on other addresses with the same port.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use palisade_capabilities::{Credential, Http, HttpRequest, Method};
use palisade_outbound::{Gate, Grant, Lookup, Networks, OpenGate, Options, Outbound};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The address of the servers: a listed one that is not a trap.
pub(crate) const HOME: &str = "127.0.0.42";
/// Addresses that must never be reached.
pub(crate) const TRAPS: &[&str] = &["127.0.0.1", "127.0.0.2", "[::1]"];
/// A path whose replies end as if the connection had been cut.
pub(crate) const TORN: &str = "/torn";
/// The names of the server.
pub(crate) const NAMES: &[&str] = &["a.test", "b.test", "c.test"];

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }
}

/// A reply, and the pause before it.
pub(crate) struct Reply(pub(crate) Vec<u8>, pub(crate) Duration);

/// A reply with a length.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> Reply {
    let length = body.len();
    raw(&format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}"))
}

/// A reply in exactly these bytes.
pub(crate) fn raw(text: &str) -> Reply {
    Reply(text.as_bytes().to_vec(), Duration::ZERO)
}

type Answer = dyn Fn(&Seen) -> Reply + Send + Sync;

/// Names and their addresses: one answer after the other, the last one is repeated.
#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    pub(crate) fn set(&self, name: &str, answers: &[&[&str]]) {
        let answers = answers.iter().map(|it| it.iter().map(|it| it.parse().unwrap()).collect()).collect();
        self.0.lock().unwrap().insert(name.to_owned(), answers);
    }
}

#[async_trait]
impl Lookup for Names {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock().unwrap();
        let answers = names.get_mut(host).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// A server, its traps, and the names that resolve to it.
pub(crate) struct World {
    pub(crate) port: u16,
    pub(crate) plain: u16,
    pub(crate) names: Arc<Names>,
    seen: Arc<Mutex<Vec<Seen>>>,
    caught: Arc<AtomicUsize>,
    root: Vec<u8>,
}

impl World {
    pub(crate) async fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> World {
        let (root, acceptor) = certificates();
        let names = Arc::new(Names::default());
        for name in NAMES {
            names.set(name, &[&[HOME]]);
        }
        let caught = Arc::new(AtomicUsize::new(0));
        let (secure, port) = among_traps(&caught).await;
        let (open, plain) = among_traps(&caught).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        tokio::spawn(serve(secure, Some(acceptor), Arc::clone(&answer), Arc::clone(&seen)));
        tokio::spawn(serve(open, None, answer, Arc::clone(&seen)));
        World { port, plain, names, seen, caught, root }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            roots: vec![self.root.clone()],
            networks: Networks::parse([HOME]).unwrap(),
            lookup: Arc::clone(&self.names) as Arc<dyn Lookup>,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(5),
            ..Options::default()
        }
    }

    /// A grant of these names at the server's port.
    pub(crate) fn grant(&self, names: &[&str]) -> Grant {
        let urls: Vec<String> = names.iter().map(|it| format!("https://{it}:{}", self.port)).collect();
        Grant::new(urls.iter().map(String::as_str)).unwrap()
    }

    pub(crate) fn http(&self) -> Arc<dyn Http> {
        self.http_with(self.options(), Arc::new(OpenGate))
    }

    pub(crate) fn http_with(&self, options: Options, gate: Arc<dyn Gate>) -> Arc<dyn Http> {
        Outbound::new(options).unwrap().for_plugin(self.grant(&["a.test", "b.test"]), gate)
    }

    pub(crate) fn url(&self, name: &str, path: &str) -> String {
        format!("https://{name}:{}{path}", self.port)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    pub(crate) fn caught(&self) -> usize {
        self.caught.load(Ordering::SeqCst)
    }
}

/// A GET request without headers and body.
pub(crate) fn get(url: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: None,
        auth: None,
        fill: Vec::new(),
    }
}

pub(crate) fn credential(secret: &str) -> Credential {
    Credential::fixed("a secret", SecretString::from(secret))
}

fn certificates() -> (Vec<u8>, TlsAcceptor) {
    let mut above = CertificateParams::new(Vec::new()).unwrap();
    above.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let above_key = KeyPair::generate().unwrap();
    let root = above.self_signed(&above_key).unwrap().pem().into_bytes();
    let issuer = Issuer::new(above, above_key);
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = NAMES.iter().map(|it| (*it).to_owned()).collect();
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (root, TlsAcceptor::from(Arc::new(config)))
}

/// A listener at [`HOME`] whose port is a trap at all other addresses.
async fn among_traps(caught: &Arc<AtomicUsize>) -> (TcpListener, u16) {
    'port: loop {
        let home = TcpListener::bind((HOME, 0)).await.unwrap();
        let port = home.local_addr().unwrap().port();
        let mut traps = Vec::new();
        for trap in TRAPS {
            match TcpListener::bind(format!("{trap}:{port}")).await {
                Ok(it) => traps.push(it),
                Err(_) => continue 'port,
            }
        }
        for trap in traps {
            let caught = Arc::clone(caught);
            tokio::spawn(async move {
                while let Ok((stream, _)) = trap.accept().await {
                    caught.fetch_add(1, Ordering::SeqCst);
                    drop(stream);
                }
            });
        }
        return (home, port);
    }
}

async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    answer: Arc<Answer>,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, answer, seen) = (tls.clone(), Arc::clone(&answer), Arc::clone(&seen));
        tokio::spawn(async move {
            match tls {
                None => one(stream, &answer, &seen).await,
                Some(tls) => one(tls.accept(stream).await?, &answer, &seen).await,
            }
        });
    }
}

/// Handles one request of a connection, and closes it.
async fn one<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    answer: &Arc<Answer>,
    seen: &Arc<Mutex<Vec<Seen>>>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    let (head, rest) = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break (String::from_utf8(bytes[..at].to_vec()).unwrap(), bytes[at + 4..].to_vec());
        }
    };
    let mut lines = head.lines();
    let line = lines.next().unwrap().to_owned();
    let split = |it: &str| it.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let mut request = Seen { line, headers: lines.filter_map(split).collect(), body: String::new() };
    let length = request.header("content-length").map_or(0, |it| it.parse().unwrap());
    let mut body = rest;
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            break;
        }
    }
    request.body = String::from_utf8_lossy(&body).into_owned();
    seen.lock().unwrap().push(request.clone());
    let Reply(bytes, pause) = answer(&request);
    tokio::time::sleep(pause).await;
    stream.write_all(&bytes).await?;
    if request.path() == TORN {
        // TLS ends without `close_notify`.
        return stream.flush().await;
    }
    stream.shutdown().await
}
