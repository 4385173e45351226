use palisade_sdk::Severity;
use palisade_sdk::network::is_everywhere;
use palisade_sdk::rule::{Answer, Rule};
use palisade_sdk::terraform::values;

palisade_sdk::control! {
    /// Cloud SQL lets the whole internet in
    ///
    /// ## Why
    /// Anybody may try passwords, and each new hole in the engine, against a database that every address
    /// can reach.
    ///
    /// ## Impact
    /// Clients outside the listed networks need the Auth Proxy or a private address.
    ///
    /// ## Fix
    /// Remove `0.0.0.0/0` from `authorized_networks`; use the Auth Proxy or a private address.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_sql_database_instance" "shop" {
    ///   name             = "shop"
    ///   database_version = "POSTGRES_16"
    ///
    ///   settings {
    ///     tier = "db-f1-micro"
    ///
    ///     ip_configuration {
    ///       authorized_networks {
    ///         value = "0.0.0.0/0"
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_sql_database_instance" "shop" {
    ///   name             = "shop"
    ///   database_version = "POSTGRES_16"
    ///
    ///   settings {
    ///     tier = "db-f1-micro"
    ///
    ///     ip_configuration {
    ///       authorized_networks {
    ///         value = "192.0.2.0/24"
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-sql-open",
        severity: Severity::High,
        kinds: &["google_sql_database_instance"],
        aliases: &["CKV_GCP_11"],
        rule: Rule::Coded(|subject, findings| {
            let networks = values(subject.start(), "settings.ip_configuration.authorized_networks.value");
            let open = Answer::any(networks, is_everywhere);
            findings.tell(open, "", "the whole internet reaches the database: list the networks that may");
        }),
    };
}
