//! Serving: connections with limits on headers, idleness and number, with or without TLS.

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

/// How long the header of a request, and a TLS handshake, may take.
const HEADER: Duration = Duration::from_secs(10);
/// The most bytes of a request's header.
const HEADER_BYTES: usize = 64 << 10;
/// For how long a peer may take nothing of an answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long answers may take once the service stops.
const DRAIN: Duration = Duration::from_secs(20);

/// How many connections are served at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// In all; those beyond wait in the system's queue.
    pub all: usize,
    /// From one address, or one IPv6 network of 64 bits; those beyond are closed.
    pub per_address: usize,
}

impl Default for Places {
    fn default() -> Places {
        // A proxy has one address, so one address has many.
        Places { all: 4_096, per_address: 1_024 }
    }
}

/// Where and how to listen.
pub struct Listen {
    /// A socket that listens.
    pub listener: TcpListener,
    /// TLS by this service itself; without it a proxy does it, or nobody.
    pub tls: Option<Tls>,
}

/// A connection that came in, and the place it takes.
type Taken = (OwnedSemaphorePermit, TcpStream, SocketAddr);

async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> io::Result<Taken> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((place, stream, peer))
}

/// Serves until `stop` ends, and then what has begun.
pub async fn serve(listen: Listen, router: Router, stop: impl Future<Output = ()> + Send) {
    serve_within(listen, Places::default(), router, stop).await;
}

/// The same with another number of places.
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
            // The wait for a place is in here, so that a stop is seen though all of them are taken.
            taken = next(&listen.listener, &places) => taken,
            () = &mut stop => break,
        };
        let (place, stream, peer) = match taken {
            Ok(taken) => taken,
            // No descriptor is left, or the peer is gone already: others go on.
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
            // What ends a connection early is the peer's doing; there is nobody to tell.
            let _ = match acceptor {
                None => connection(stream, peer, router, watcher).await,
                Some(acceptor) => match tokio::time::timeout(HEADER, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => connection(stream, peer, router, watcher).await,
                    _ => Ok(()),
                },
            };
        });
    }
    // Nobody new waits to be taken while what has begun is finished.
    drop(listen);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not complete in time");
    }
}

/// Counts connections that are open.
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
    // Without a timer hyper's time-outs do nothing.
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER).max_buf_size(HEADER_BYTES).half_close(false);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    watcher.watch(connection).await.map_err(io::Error::other)
}
