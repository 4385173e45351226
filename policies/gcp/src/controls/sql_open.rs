use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::network::is_everywhere;
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Cloud SQL instance allows all addresses
    ///
    /// ## Why
    /// Anyone can try passwords, and every new vulnerability of the engine, against a database that every
    /// address can reach.
    ///
    /// ## Impact
    /// Clients outside the listed networks need the Auth Proxy or a private IP address.
    ///
    /// ## Fix
    /// Remove `0.0.0.0/0` from `authorized_networks`; use the Auth Proxy or a private IP address.
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
        judges: &[terraform(
            "google_sql_database_instance",
            "settings.ip_configuration.authorized_networks.value",
        )],
        aliases: &["CKV_GCP_11"],
        rule: Rule::Must(Must {
            be: Want::No(is_everywhere),
            message: "all addresses are allowed: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
