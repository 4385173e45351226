//! Handles on secrets: a guest can name one, have it sent to a granted host, or have a new one captured out of an
//! answer. It can never read one.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::http::HttpError;

/// Where a secret comes from when a request needs it.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The value as of now. Some are made anew each time, such as an App's signed token.
    async fn reveal(&self) -> Result<SecretString, HttpError>;
}

/// A secret that does not change.
pub struct Fixed(pub SecretString);

#[async_trait]
impl SecretSource for Fixed {
    async fn reveal(&self) -> Result<SecretString, HttpError> {
        Ok(self.0.clone())
    }
}

/// One secret, by the name that the manifest or the host gave it.
#[derive(Clone)]
pub struct Credential {
    label: String,
    source: Arc<dyn SecretSource>,
}

impl Credential {
    /// A credential that is asked for its value when it is sent.
    pub fn new(label: impl Into<String>, source: Arc<dyn SecretSource>) -> Credential {
        Credential { label: label.into(), source }
    }

    /// A credential whose value does not change.
    pub fn fixed(label: impl Into<String>, value: SecretString) -> Credential {
        Credential::new(label, Arc::new(Fixed(value)))
    }

    /// Its name; all that a guest learns of it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The value, for whoever sends it. Never handed to a guest.
    pub async fn reveal(&self) -> Result<SecretString, HttpError> {
        self.source.reveal().await
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credential({})", self.label)
    }
}
