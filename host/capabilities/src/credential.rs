//! Handles on secrets: a guest can name one, have it sent to a granted host, or have a new one captured out of an
//! answer. It can never read one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// The credentials of one plugin for one tenant.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// The one of that name: what the administrator has set, or what was kept and has not ended.
    async fn find(&self, name: &str) -> Option<Credential>;
    /// Keeps one that an answer brought, until it ends. It never takes the place of what an administrator set.
    async fn keep(&self, name: &str, credential: Credential);
}

/// The most credentials that are kept beside those of the administrator.
const KEPT: usize = 64;

/// Credentials in this process's memory: those of the administrator, and those that answers brought.
#[derive(Default)]
pub struct Vault {
    set: BTreeMap<String, Credential>,
    kept: Mutex<BTreeMap<String, Credential>>,
}

impl Vault {
    /// With what the administrator has set.
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
        // A guest that keeps without end loses what it kept first by name; nothing else suffers.
        if kept.len() >= KEPT && !kept.contains_key(name) {
            kept.pop_first();
        }
        kept.insert(name.to_owned(), credential);
    }
}
