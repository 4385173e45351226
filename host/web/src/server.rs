//! The server: connections with limits on headers, idle time and number, with or without TLS.

mod certificates;
mod patient;
mod peers;
mod tls;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

pub use crate::server::certificates::Certificates;
use crate::server::patient::Patient;
use crate::server::peers::Peers;
pub use crate::server::tls::{ServeError, Tls};

/// The timeout of a request's header and of a TLS handshake.
const HEADER: Duration = Duration::from_secs(10);
/// The maximum size of a request's header, in bytes.
const HEADER_BYTES: usize = 64 << 10;
/// The time for which a client may read nothing of a response.
const ANSWER: Duration = Duration::from_secs(30);
/// The timeout of responses after the service was stopped.
const DRAIN: Duration = Duration::from_secs(20);

/// The maximum number of connections at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// In total; further ones wait in the system's queue.
    pub all: usize,
    /// From one address, or one IPv6 network of 64 bits; further ones are closed.
    pub per_address: usize,
}

impl Default for Places {
    fn default() -> Places {
        // All clients behind a proxy have one address.
        Places { all: 4_096, per_address: 1_024 }
    }
}

/// The listener, and its TLS.
pub struct Listen {
    /// A listening socket.
    pub listener: TcpListener,
    /// TLS of this service; without it, a proxy can provide it.
    pub tls: Option<Tls>,
}

/// An accepted connection, and its place.
type Taken = (OwnedSemaphorePermit, TcpStream, SocketAddr);

async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> io::Result<Taken> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((place, stream, peer))
}

/// Serves until `stop` completes, then finishes the running requests.
pub async fn serve(listen: Listen, router: Router, stop: impl Future<Output = ()> + Send) {
    serve_within(listen, Places::default(), router, stop).await;
}

/// Serves with other limits of connections.
pub async fn serve_within(
    listen: Listen,
    most: Places,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) {
    let graceful = GracefulShutdown::new();
    let (places, peers) = (Arc::new(Semaphore::new(most.all)), Peers::default());
    tokio::pin!(stop);
    loop {
        let taken = tokio::select! {
            // The wait for a place is in the `select!`, so that a stop is noticed although all places are taken.
            taken = next(&listen.listener, &places) => taken,
            () = &mut stop => break,
        };
        let (place, stream, peer) = match taken {
            Ok(taken) => taken,
            // No file descriptor is available, or the client has disconnected: other connections continue.
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(entered) = peers.enter(peer.ip(), most.per_address) else {
            metrics::counter!("palisade_connections_refused_total").increment(1);
            continue;
        };
        let stream = Patient::new(stream, ANSWER);
        let (router, watcher) = (router.clone(), graceful.watcher());
        let acceptor = listen.tls.as_ref().map(Tls::acceptor);
        tokio::spawn(async move {
            let _held = (place, entered, Open::new());
            // The client ends a connection early; there is nobody to report this to.
            let _ = match acceptor {
                None => connection(stream, peer, router, watcher).await,
                Some(acceptor) => match tokio::time::timeout(HEADER, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => connection(stream, peer, router, watcher).await,
                    _ => Ok(()),
                },
            };
        });
    }
    // Closes the listener while the running requests are finished.
    drop(listen);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not complete in time");
    }
}

/// Counts the open connections.
struct Open;

impl Open {
    fn new() -> Open {
        metrics::gauge!("palisade_connections_open").increment(1.0);
        Open
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("palisade_connections_open").decrement(1.0);
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
) -> io::Result<()> {
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
            let answer: Result<_, Infallible> = router.oneshot(request).await;
            answer
        }
    });
    let mut builder = http1::Builder::new();
    // Without a timer, hyper's timeouts have no effect.
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER).max_buf_size(HEADER_BYTES).half_close(false);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    watcher.watch(connection).await.map_err(io::Error::other)
}
