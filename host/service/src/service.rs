//! The shared state of the service.

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

/// Guests that can wait for providers at the same time, in addition to those that compute: enough for several
/// integrations with slow providers.
pub const GUESTS: usize = 96;
/// Calls of adapters at the same time for one integration, whose provider may be slow.
const CALLS: usize = 24;
/// Jobs of one integration at the same time that send requests to its provider.
const ASKING: usize = 12;
/// Evaluations of one integration at the same time. Retries have no turn, so there may be more evaluations than turns.
const EVALUATIONS: usize = 2 * TURNS as usize;

/// The service. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Service(pub(crate) Arc<Inner>);

/// The shared state.
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) outbound: Outbound,
    pub(crate) options: ServiceOptions,
    pub(crate) acceptor: Acceptor,
    pub(crate) finisher: Finisher,
    /// Results of earlier scans.
    pub(crate) cache: Option<Arc<Cache>>,
    /// The webhook endpoint of each connection: its verifier runs before the database is accessed.
    pub(crate) endpoints: Mutex<BTreeMap<String, Arc<Endpoint>>>,
    /// The version of secrets and connections from which endpoints and vaults were created.
    pub(crate) credentials: AtomicI64,
    /// Credentials of each connection and integration.
    pub(crate) vaults: Mutex<HashMap<String, Arc<Vault>>>,
    /// Locks of objects that one worker at a time processes, such as a pull request.
    locks: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
    /// The id of this process among those that share a database.
    pub(crate) host: String,
    /// Limits calls of adapters, for each integration and each connection.
    pub(crate) calls: Places,
    /// Limits evaluations, for each integration.
    pub(crate) evaluations: Places,
    /// Limits jobs that send requests to a provider and compute nothing, for each integration.
    pub(crate) asking: Places,
    /// Limits scans of whole repositories, for each integration.
    pub(crate) scanning: Places,
    /// Limits computations.
    pub(crate) computing: Computing,
    /// The waits that providers asked for, by connection.
    pub(crate) gates: Mutex<HashMap<String, Arc<MemoryGate>>>,
    /// Recently evaluated pull requests.
    pub(crate) evaluated: Mutex<HashMap<String, Evaluated>>,
}

/// A recently evaluated pull request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evaluated {
    pub(crate) at: Instant,
    /// The number of changes at the last look, and the time since which it has been the same.
    pub(crate) changes: i64,
    pub(crate) since: Instant,
}

/// A connection's webhook endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) verifier: Verifier,
    pub(crate) id_headers: Vec<String>,
    pub(crate) id_fields: Vec<String>,
    pub(crate) event_header: String,
}

impl Service {
    /// Opens all endpoints. [`Service::work`] starts the workers.
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

    /// Returns the catalog of plugins.
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// Returns the options.
    pub fn options(&self) -> &ServiceOptions {
        &self.0.options
    }

    /// Queues a job.
    pub(crate) async fn enqueue(&self, job: impl JobArgs) -> Result<(), ServiceError> {
        self.0.store.jobs().insert(job).await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Queues a job for an integration or a connection, unless one is waiting already.
    pub(crate) async fn enqueue_alone(&self, job: impl JobArgs, subject: &str) -> Result<(), ServiceError> {
        Ok(self.0.store.enqueue_alone(job, subject).await?)
    }

    /// The lock of an object that one worker at a time processes.
    pub(crate) fn one_at_a_time(&self, what: String) -> Arc<AsyncMutex<()>> {
        let mut locks = lock(&self.0.locks);
        if locks.len() > 10_000 {
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        }
        Arc::clone(locks.entry(what).or_default())
    }
}
