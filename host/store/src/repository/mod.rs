//! Operations on the tables, one file for each subject. A handle borrows the store: `store.pulls().touch(…)`.

pub mod acceptances;
pub mod alerts;
pub mod audit;
pub mod checks;
pub mod connections;
pub mod counts;
pub mod deliveries;
pub mod hooks;
pub mod integrations;
pub mod inventory;
pub mod listed_checks;
pub mod memory;
pub mod people;
pub mod pulls;
pub mod scans;
pub mod secrets;
pub mod sources;

use sea_orm::sea_query::{Expr, SimpleExpr};

use crate::{Store, StoreError, transaction::Value};

/// Whether a row has no waiting or running job; the row contains the id of its last job.
fn has_no_job(table: &str) -> SimpleExpr {
    Expr::cust(format!(
        "NOT EXISTS (SELECT 1 FROM river_job WHERE river_job.id = {table}.job_id \
         AND river_job.state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))"
    ))
}

impl Store {
    /// Repeats a statement that deletes some rows at a time until it deletes none, so that other writers do not wait
    /// long; returns the number of deleted rows.
    async fn delete_some(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let mut tx = self.begin().await?;
            let deleted = tx.execute(sql, values.clone()).await?;
            if deleted == 0 {
                return Ok(all);
            }
            tx.commit().await?;
            all += deleted;
        }
    }
}

macro_rules! handles {
    ($($(#[$doc:meta])* $method:ident: $module:ident::$name:ident;)*) => {
        impl Store {
            $($(#[$doc])* pub fn $method(&self) -> $module::$name<'_> { $module::$name { store: self } })*
        }
    };
}

handles! {
    /// Accepted risks.
    acceptances: acceptances::Acceptances;
    /// Alerts of detectors.
    alerts: alerts::Alerts;
    /// The audit log.
    audit: audit::Audit;
    /// Checks and their content.
    checks: checks::Checks;
    /// Connections: Apps on servers.
    connections: connections::Connections;
    /// Accepted webhook deliveries.
    deliveries: deliveries::Deliveries;
    /// Webhooks of repositories.
    hooks: hooks::Hooks;
    /// Integrations: installations of Apps.
    integrations: integrations::Integrations;
    /// Resources and findings.
    inventory: inventory::Inventory;
    /// The memory of plugins.
    memory: memory::Memory;
    /// Users and tokens.
    people: people::People;
    /// Pull requests.
    pulls: pulls::Pulls;
    /// Scans.
    scans: scans::Scans;
    /// Git sources.
    sources: sources::Sources;
}
