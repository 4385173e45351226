//! The servers: TLS listeners, their requests, and the faults that change responses.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::certificate::Certificate;
use crate::fault::Fault;
use crate::gate::Raw;
use crate::reply::Reply;
use crate::{Error, Provider, ledger, smart_http};

/// The body of a response.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Open ports of a fake that does not serve yet.
pub struct Listeners {
    ca: String,
    tls: TlsAcceptor,
    ports: Vec<u16>,
    sockets: Vec<TcpListener>,
}

/// The running servers of a fake; dropping it stops them.
pub struct Server<P: ?Sized> {
    provider: Arc<P>,
    ca: String,
    tls: TlsAcceptor,
    ports: Vec<u16>,
    running: Mutex<Vec<JoinHandle<()>>>,
    /// What keeps the ports during an outage, so that nothing else gets them. As it does not listen, connections are
    /// refused.
    held: Mutex<Vec<TcpSocket>>,
}

/// The acceptor of a certificate.
fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor, Error> {
    let bad = |error: &dyn std::fmt::Display| Error::Certificate(error.to_string());
    let chain = CertificateDer::from_pem_slice(certificate.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![chain.map_err(|error| bad(&error))?], key.map_err(|error| bad(&error))?)
        .map_err(|error| bad(&error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Sockets that are bound to ports of 127.0.0.1, 0 for any, and do not listen. Others of this process may be bound to the
/// same ports.
fn bind(ports: &[u16], is_for_listening: bool) -> io::Result<Vec<TcpSocket>> {
    let bound = |port: &u16| {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseport(true)?;
        // With this option, other programs can bind a port to which a socket is bound that does not listen; without it,
        // they cannot bind one until the last closed connection is forgotten.
        socket.set_reuseaddr(is_for_listening)?;
        socket.bind((Ipv4Addr::LOCALHOST, *port).into())?;
        Ok(socket)
    };
    ports.iter().map(bound).collect()
}

/// Listens on ports of 127.0.0.1, 0 for any.
fn listen(ports: &[u16]) -> io::Result<Vec<TcpListener>> {
    bind(ports, true)?.into_iter().map(|socket| socket.listen(1024)).collect()
}

impl Listeners {
    /// Opens ports of 127.0.0.1, 0 for any, and creates a certificate authority of that name. It needs a Tokio runtime.
    pub async fn bind(name: &str, ports: &[u16]) -> Result<Self, Error> {
        // Another part of the process may have installed a provider already, which works as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificate = Certificate::create(name)?;
        let tls = acceptor(&certificate)?;
        let ca = certificate.authority;
        for port in ports.iter().filter(|port| **port != 0) {
            // Refuses a port that another program listens at, even one of the same user that would share it.
            drop(TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).await?);
        }
        let sockets = listen(ports)?;
        let ports = sockets.iter().map(|one| Ok(one.local_addr()?.port())).collect::<io::Result<_>>()?;
        Ok(Self { ca, tls, ports, sockets })
    }

    /// The address of a listener, counted from 0, without a slash at the end.
    pub fn url(&self, listener: usize) -> String {
        format!("https://localhost:{}", self.ports[listener])
    }

    /// Starts to serve a provider. Each port serves all of it.
    pub fn serve<P: Provider + ?Sized>(self, provider: Arc<P>) -> Server<P> {
        let Self { ca, tls, ports, sockets } = self;
        let server = Server { provider, ca, tls, ports, running: Mutex::default(), held: Mutex::default() };
        server.open(sockets);
        server
    }
}

impl<P: ?Sized> Drop for Server<P> {
    fn drop(&mut self) {
        for server in self.running.lock().unwrap().drain(..) {
            server.abort();
        }
    }
}

impl<P: Provider + ?Sized> Server<P> {
    /// The provider.
    pub fn provider(&self) -> &Arc<P> {
        &self.provider
    }

    /// The certificate authority that clients must trust, PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca
    }

    fn open(&self, listeners: Vec<TcpListener>) {
        let accept = |one| tokio::spawn(accept(self.provider.clone(), one, self.tls.clone()));
        self.running.lock().unwrap().extend(listeners.into_iter().map(accept));
    }

    /// Stops listening, or listens again on the same ports with its state unchanged. During an outage connections are
    /// refused and open ones are closed.
    pub async fn outage(&self, away: bool) -> Result<(), Error> {
        // Before the ports are closed.
        let held = bind(&self.ports, false)?;
        let old: Vec<_> = self.running.lock().unwrap().drain(..).collect();
        for server in old {
            server.abort();
            let _ = server.await;
        }
        if !away {
            self.open(listen(&self.ports)?);
        }
        *self.held.lock().unwrap() = if away { held } else { Vec::new() };
        Ok(())
    }
}

/// A body whose bytes are complete.
fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// Accepts connections until it is dropped, which closes all of them.
async fn accept<P: Provider + ?Sized>(fake: Arc<P>, listener: TcpListener, tls: TlsAcceptor) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(connection(fake.clone(), stream, tls.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection<P: Provider + ?Sized>(fake: Arc<P>, stream: TcpStream, tls: TlsAcceptor) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = tls.accept(stream).await else { return };
    let service = service_fn(move |request| serve(fake.clone(), request));
    // A client that disconnects is not an error, and a reset is caused on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Answers one request, and records it in the ledger.
async fn serve<P: Provider + ?Sized>(fake: Arc<P>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let time = jiff::Timestamp::now().to_string();
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let whole = request.uri().path_and_query().map_or_else(|| path.clone(), ToString::to_string);
    let fault = fake.host().faults.next(&method, &path);
    let mut sent = Value::Null;
    let outcome = match (&fault, fault.as_ref().and_then(instead)) {
        (Some(Fault::Reset), _) => Err(io::ErrorKind::ConnectionReset.into()),
        (_, Some(reply)) => Ok(respond(reply)),
        _ => {
            if let Some(Fault::Slow(pause)) = &fault {
                tokio::time::sleep(*pause).await;
            }
            Ok(handle(&fake, request, &mut sent).await)
        }
    };
    let outcome = match (&fault, outcome) {
        (Some(Fault::ResetAfter), Ok(_)) => Err(io::ErrorKind::ConnectionReset.into()),
        (Some(fault), Ok(response)) => spoil(fault, response).await,
        (_, outcome) => outcome,
    };
    let status = outcome.as_ref().map_or(0, |response| response.status().as_u16());
    fake.host().ledger.record(ledger::Request { time, method, path: whole, status, body: sent });
    outcome.map(|mut response| {
        fake.complete(response.headers_mut());
        response
    })
}

/// Routes a request: to Git, or to the provider. What was sent as JSON is stored in `sent`.
async fn handle<P: Provider + ?Sized>(
    fake: &Arc<P>,
    request: Request<Incoming>,
    sent: &mut Value,
) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let git = smart_http::split(&path).and_then(|(path, service)| Some((fake.repository(path)?, service)));
    if let Some((repository, service)) = git {
        return match fake.git_access(request.headers(), &repository) {
            Ok(()) => smart_http::serve(&fake.host().git, &repository, service, request).await,
            Err(refusal) => respond(refusal),
        };
    }
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return respond(Reply::text(400, "the body is incomplete")) };
    let body = body.to_bytes();
    *sent = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let query = head.uri.query().unwrap_or_default().to_owned();
    let raw = Raw { method: head.method.to_string(), path, query, headers: head.headers, body };
    let fake = fake.clone();
    // Blocking: programs are run and waited for.
    let reply = tokio::task::spawn_blocking(move || fake.answer(&raw)).await;
    respond(reply.unwrap_or_else(|error| Reply::text(500, &format!("the fake broke: {error}"))))
}

pub(crate) fn respond(reply: Reply) -> Response<Body> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(full(reply.body)).unwrap()
}

/// The response of a fault that replaces the regular one.
fn instead(fault: &Fault) -> Option<Reply> {
    match fault {
        Fault::Status(status, headers, body) => {
            let json = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
            let headers = headers.iter().cloned().chain([json]).collect();
            Some(Reply { status: *status, headers, body: body.clone().into() })
        }
        Fault::RedirectTo(url) => Some(Reply::empty(302).header("location", url.clone())),
        Fault::Html203 => {
            let page = "<!DOCTYPE html><title>Sign in</title><p>Sign in to the network.";
            Some(Reply::with(203, "text/html; charset=utf-8", page))
        }
        _ => None,
    }
}

/// Applies a fault to the regular response.
async fn spoil(fault: &Fault, response: Response<Body>) -> io::Result<Response<Body>> {
    let (pause, cut, claim) = match fault {
        Fault::SlowBody(pause) => (*pause, false, 0),
        Fault::Truncated => (Duration::ZERO, true, 0),
        Fault::WrongLength => (Duration::ZERO, false, 7),
        _ => return Ok(response),
    };
    let (mut head, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    head.headers.insert("content-length", (bytes.len() + claim).into());
    let kept = if cut { bytes.slice(..bytes.len() / 2) } else { bytes };
    let size = kept.len().div_ceil(8).max(1);
    let pieces: Vec<Bytes> = kept.chunks(size).map(Bytes::copy_from_slice).collect();
    let pieces = futures::stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok(Frame::data(piece))
    });
    let end = futures::stream::iter((cut || claim > 0).then(|| Err(io::ErrorKind::BrokenPipe.into())));
    Ok(Response::from_parts(head, StreamBody::new(pieces.chain(end)).boxed_unsync()))
}
