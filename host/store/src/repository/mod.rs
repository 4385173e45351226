//! What is done with the tables, one file a subject. A handle borrows the store: `store.pulls().touch(…)`.

pub mod acceptances;
pub mod alerts;
pub mod audit;
pub mod checks;
pub mod connections;
pub mod counts;
pub mod deliveries;
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

/// Whether no job of a row waits or runs; the row keeps the id of its last job.
fn has_no_job(table: &str) -> SimpleExpr {
    Expr::cust(format!(
        "NOT EXISTS (SELECT 1 FROM river_job WHERE river_job.id = {table}.job_id \
         AND river_job.state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))"
    ))
}

impl Store {
    /// Runs a statement that deletes some rows at a time until it deletes none, so that nobody waits long for the one that
    /// writes; answers how many were deleted.
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
    /// What detectors saw.
    alerts: alerts::Alerts;
    /// The chain of what was done.
    audit: audit::Audit;
    /// What checks should say.
    checks: checks::Checks;
    /// Apps on servers.
    connections: connections::Connections;
    /// Accepted webhook deliveries.
    deliveries: deliveries::Deliveries;
    /// Installations.
    integrations: integrations::Integrations;
    /// Resources and findings.
    inventory: inventory::Inventory;
    /// What plugins remember.
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
