use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// Cloud SQL instance accepts connections without TLS
    ///
    /// ## Why
    /// Anyone on the network path can read queries, results and, with some engines, the password.
    ///
    /// ## Impact
    /// Clients that do not use TLS are refused.
    ///
    /// ## Fix
    /// Set `ssl_mode = "ENCRYPTED_ONLY"` in `ip_configuration`.
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
    ///       ipv4_enabled = true
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
    ///       ssl_mode = "ENCRYPTED_ONLY"
    ///     }
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-sql-plain-connections",
        severity: Severity::Medium,
        judges: &[terraform("google_sql_database_instance", "settings.ip_configuration.ssl_mode")
            .or(&["settings.ip_configuration.require_ssl"])],
        aliases: &["GCP-0015", "AVD-GCP-0015", "google-sql-encrypt-in-transit-data", "CKV_GCP_6", "02474449-71aa-40a1-87ae-e14497747b00"],
        rule: Rule::Must(Must {
            be: Want::One(&["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED", "true"]),
            unset: Missing::Fails,
            message: "connections without TLS are accepted: set `ssl_mode = \"ENCRYPTED_ONLY\"`",
            ..Must::TEMPLATE
        }),
    };
}
