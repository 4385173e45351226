//! Handles of secrets: a guest can name a secret, have it sent to a granted host, or have a new one captured from a
//! response. It can never read one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use secrecy::SecretString;

use crate::http_error::HttpError;

/// The source of a secret's value when a request needs it.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// Returns the current value. Some values are created for each call, such as the signed token of an App.
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

/// A secret with the name that the manifest or the host gave it.
#[derive(Clone)]
pub struct Credential {
    label: String,
    source: Arc<dyn SecretSource>,
}

impl Credential {
    /// Creates a credential whose value is requested when it is sent.
    pub fn new(label: impl Into<String>, source: Arc<dyn SecretSource>) -> Credential {
        Credential { label: label.into(), source }
    }

    /// Creates a credential whose value does not change.
    pub fn fixed(label: impl Into<String>, value: SecretString) -> Credential {
        Credential::new(label, Arc::new(Fixed(value)))
    }

    /// The name of the credential; a guest learns nothing else of it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The value, for code that sends it. Never passed to a guest.
    pub async fn reveal(&self) -> Result<SecretString, HttpError> {
        self.source.reveal().await
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credential({})", self.label)
    }
}

/// The credentials of one plugin for one tenant.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// Returns the credential with this name: one that the administrator has set, or a kept one that has not expired.
    async fn find(&self, name: &str) -> Option<Credential>;
    /// Keeps a credential from a response until it expires. It never replaces one that an administrator has set.
    async fn keep(&self, name: &str, credential: Credential);
}

/// The maximum number of kept credentials, in addition to those of the administrator.
const KEPT: usize = 64;

/// Credentials in memory: those of the administrator, and those from responses.
#[derive(Default)]
pub struct Vault {
    set: BTreeMap<String, Credential>,
    kept: Mutex<BTreeMap<String, Credential>>,
}

impl Vault {
    /// Creates a vault with the credentials that the administrator has set.
    pub fn new(set: impl IntoIterator<Item = Credential>) -> Vault {
        let set = set.into_iter().map(|it| (it.label().to_owned(), it)).collect();
        Vault { set, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Credential>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Credentials for Vault {
    async fn find(&self, name: &str) -> Option<Credential> {
        if let Some(set) = self.set.get(name) {
            return Some(set.clone());
        }
        let kept = self.kept().get(name).cloned()?;
        if kept.reveal().await.is_ok() {
            return Some(kept);
        }
        self.kept().remove(name);
        None
    }

    async fn keep(&self, name: &str, credential: Credential) {
        let mut kept = self.kept();
        // A guest that keeps too many credentials loses the first one by name; others are not affected.
        if kept.len() >= KEPT && !kept.contains_key(name) {
            kept.pop_first();
        }
        kept.insert(name.to_owned(), credential);
    }
}
