//! Certificates for servers on loopback.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::Error;

/// A server certificate for `localhost` and 127.0.0.1, and the authority that signed it. All in PEM.
pub struct Certificate {
    /// The certificate authority that clients must trust.
    pub authority: String,
    /// The certificate of the server.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Certificate {
    /// Creates an authority of that name, and a certificate.
    pub fn create(name: &str) -> Result<Self, Error> {
        let bad = |error: &rcgen::Error| Error::Certificate(error.to_string());
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().map_err(|error| bad(&error))?;
        let authority = CertifiedIssuer::self_signed(params, key).map_err(|error| bad(&error))?;
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let key = KeyPair::generate().map_err(|error| bad(&error))?;
        let leaf = CertificateParams::new(names).map_err(|error| bad(&error))?;
        let leaf = leaf.signed_by(&key, &authority).map_err(|error| bad(&error))?;
        Ok(Self { authority: authority.pem(), certificate: leaf.pem(), key: key.serialize_pem() })
    }
}
