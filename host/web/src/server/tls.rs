//! TLS by the service itself, with certificates that can be replaced while it serves.

use std::sync::{Arc, PoisonError, RwLock};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

/// Certificates and their key. Clones share them.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<TlsAcceptor>>);

/// Why nothing can be served.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The files of TLS cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
}

fn acceptor(certificates: &[u8], key: &[u8]) -> Result<TlsAcceptor, ServeError> {
    let wrong = |what: &str, why: String| ServeError::Tls(format!("invalid {what}: {why}"));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificates)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong("certificate", error.to_string()))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong("key", error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ServeError::Tls(error.to_string()))?
        .with_no_client_auth()
        // A key of another certificate is refused here too.
        .with_single_cert(chain, key)
        .map_err(|error| wrong("certificate", error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl Tls {
    /// TLS with a chain of certificates and a key, both in PEM.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(certificates: &[u8], key: &[u8]) -> Result<Tls, ServeError> {
        Ok(Tls(Arc::new(RwLock::new(acceptor(certificates, key)?))))
    }

    /// Uses other certificates from now on, for new connections; those that there are stay as they are.
    ///
    /// # Errors
    /// What is wrong with them; then the ones before stay in use.
    pub fn replace(&self, certificates: &[u8], key: &[u8]) -> Result<(), ServeError> {
        let acceptor = acceptor(certificates, key)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
        Ok(())
    }

    /// What accepts the next connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
