//! Serving: connections with limits on headers, idleness and number, with or without TLS.

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
use hyper_util::server::graceful::GracefulShutdown;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// How long the header of a request, and a TLS handshake, may take.
const HEADER: Duration = Duration::from_secs(10);
/// The most bytes of a request's header.
const HEADER_BYTES: usize = 64 << 10;
/// Connections at a time; those beyond wait at the system's door.
const CONNECTIONS: usize = 4_096;
/// How long answers may take once the service stops.
const DRAIN: Duration = Duration::from_secs(20);

/// Certificates and their key.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Where and how to listen.
pub struct Listen {
    /// A socket that listens.
    pub listener: TcpListener,
    /// TLS by this service itself; without it a proxy does it, or nobody.
    pub tls: Option<Tls>,
}

/// Why nothing can be served.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The files of TLS cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
}

impl Tls {
    /// TLS with a chain of certificates and a key, both in PEM.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(certificates: &[u8], key: &[u8]) -> Result<Tls, ServeError> {
        let wrong = |what: &str, why: String| ServeError::Tls(format!("the {what} cannot be used: {why}"));
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong("certificate", error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong("key", error.to_string()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ServeError::Tls(error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| wrong("certificate", error.to_string()))?;
        Ok(Tls(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Serves until `stop` ends, and then what has begun.
pub async fn serve(listen: Listen, router: Router, stop: impl Future<Output = ()> + Send) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    tokio::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listen.listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // No descriptor is left, or the peer is gone already: others go on.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let (router, tls, watcher) = (router.clone(), listen.tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            // What ends a connection early is the peer's doing; there is nobody to tell.
            let _ = match tls {
                None => connection(stream, peer, router, watcher).await,
                Some(Tls(acceptor)) => match tokio::time::timeout(HEADER, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => connection(stream, peer, router, watcher).await,
                    _ => Ok(()),
                },
            };
        });
    }
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
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
