//! The service: what its use cases share.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use palisade_capabilities::Vault;
use palisade_catalog::Catalog;
use palisade_outbound::{MemoryGate, Outbound};
use palisade_scan::Cache;
use palisade_store::{Acceptor, Finisher, Store, StoreError, TURNS};
use riverqueue::JobArgs;
use tokio::sync::Mutex as AsyncMutex;

use crate::computing::Computing;
use crate::error::ServiceError;
use crate::lock::lock;
use crate::options::ServiceOptions;
use crate::places::Places;
use crate::verify::Verifier;

/// Guests at a time that wait for providers, beside those that compute: places for several integrations whose providers
/// are slow.
pub const GUESTS: usize = 96;
/// Calls of adapters at a time for one integration, whose provider may take a while for each.
const CALLS: usize = 24;
/// Jobs at a time of one integration that ask its provider.
const ASKING: usize = 12;
/// Evaluations at a time of one integration. Those that are tried again have no turn of their own, so there may be
/// more than have one.
const EVALUATIONS: usize = 2 * TURNS as usize;

/// The service. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Service(pub(crate) Arc<Inner>);

/// What the use cases share.
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) outbound: Outbound,
    pub(crate) options: ServiceOptions,
    pub(crate) acceptor: Acceptor,
    pub(crate) finisher: Finisher,
    /// What earlier scans found out.
    pub(crate) cache: Option<Arc<Cache>>,
    /// The webhook endpoint of each connection: its verifier runs before anything touches the database.
    pub(crate) endpoints: Mutex<BTreeMap<String, Arc<Endpoint>>>,
    /// The state of secrets and connections that endpoints and vaults were made of.
    pub(crate) credentials: AtomicI64,
    /// Credentials of each connection and integration.
    pub(crate) vaults: Mutex<HashMap<String, Arc<Vault>>>,
    /// What is worked on by one at a time, such as a pull request.
    locks: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
    /// This process, among those that share a database.
    pub(crate) host: String,
    /// Calls of adapters at a time, for each integration and each connection.
    pub(crate) calls: Places,
    /// Evaluations at a time, for each integration.
    pub(crate) evaluations: Places,
    /// Jobs at a time that ask a provider and compute nothing, for each integration.
    pub(crate) asking: Places,
    /// Scans of whole repositories at a time, for each integration.
    pub(crate) scanning: Places,
    /// What is computed at a time.
    pub(crate) computing: Computing,
    /// The waits that providers asked connections for.
    pub(crate) gates: Mutex<HashMap<String, Arc<MemoryGate>>>,
    /// Pull requests that were evaluated a moment ago.
    pub(crate) evaluated: Mutex<HashMap<String, Evaluated>>,
}

/// A pull request that was evaluated a moment ago.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evaluated {
    pub(crate) at: Instant,
    /// How often it had been changed when it was looked at last, and since when it has been that often.
    pub(crate) changes: i64,
    pub(crate) since: Instant,
}

/// A connection's webhook endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) verifier: Verifier,
    pub(crate) id_header: String,
    pub(crate) proof_header: String,
    pub(crate) event_header: String,
}

impl Service {
    /// Opens all endpoints. Workers are started by [`Service::work`].
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn open(
        store: Store,
        catalog: Catalog,
        outbound: Outbound,
        cache: Option<Arc<Cache>>,
        options: ServiceOptions,
    ) -> Result<Service, ServiceError> {
        let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
        let finisher = Finisher::start(store.clone());
        let credentials = store.credentials_version().await?;
        let workers = options.workers;
        let service = Service(Arc::new(Inner {
            store,
            catalog,
            outbound,
            options,
            acceptor,
            finisher,
            cache,
            endpoints: Mutex::default(),
            credentials: AtomicI64::new(credentials),
            vaults: Mutex::default(),
            locks: Mutex::default(),
            host: palisade_store::new_id(),
            calls: Places::new(CALLS),
            evaluations: Places::new(EVALUATIONS),
            asking: Places::new(ASKING),
            scanning: Places::new(workers.saturating_sub(1)),
            computing: Computing::new(workers),
            gates: Mutex::default(),
            evaluated: Mutex::default(),
        }));
        service.open_endpoints().await?;
        Ok(service)
    }

    /// The plugins.
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// How it runs.
    pub fn options(&self) -> &ServiceOptions {
        &self.0.options
    }

    /// Puts a job into the queue.
    pub(crate) async fn enqueue(&self, job: impl JobArgs) -> Result<(), ServiceError> {
        self.0.store.jobs().insert(job).await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Puts a job for an integration or a connection into the queue, once while one waits.
    pub(crate) async fn enqueue_alone(&self, job: impl JobArgs, subject: &str) -> Result<(), ServiceError> {
        Ok(self.0.store.enqueue_alone(job, subject).await?)
    }

    /// The lock of something that one worker at a time works on.
    pub(crate) fn one_at_a_time(&self, what: String) -> Arc<AsyncMutex<()>> {
        let mut locks = lock(&self.0.locks);
        if locks.len() > 10_000 {
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        }
        Arc::clone(locks.entry(what).or_default())
    }
}
