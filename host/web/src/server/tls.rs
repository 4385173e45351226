//! TLS of the service, with certificates that can be replaced while it serves.

use std::sync::{Arc, PoisonError, RwLock};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

/// Certificates and their key. Clones share them.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<TlsAcceptor>>);

/// The reason why the server cannot start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The certificates or the key are invalid.
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
        // This also refuses a key that does not belong to the certificate.
        .with_single_cert(chain, key)
        .map_err(|error| wrong("certificate", error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl Tls {
    /// Creates TLS with a certificate chain and a key, both in PEM.
    ///
    /// # Errors
    /// If they are invalid.
    pub fn new(certificates: &[u8], key: &[u8]) -> Result<Tls, ServeError> {
        Ok(Tls(Arc::new(RwLock::new(acceptor(certificates, key)?))))
    }

    /// Uses other certificates for new connections from now on; existing ones are not affected.
    ///
    /// # Errors
    /// If they are invalid; the previous ones stay in use.
    pub fn replace(&self, certificates: &[u8], key: &[u8]) -> Result<(), ServeError> {
        let acceptor = acceptor(certificates, key)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
        Ok(())
    }

    /// Returns the acceptor for the next connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
