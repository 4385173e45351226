use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Rule, setting};

palisade_sdk::control! {
    /// Cloud SQL accepts connections without TLS
    ///
    /// ## Why
    /// Whoever is on the way reads queries, results and, with some engines, the password.
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
        kinds: &["google_sql_database_instance"],
        aliases: &["GCP-0015", "AVD-GCP-0015", "google-sql-encrypt-in-transit-data", "CKV_GCP_6", "02474449-71aa-40a1-87ae-e14497747b00"],
        rule: Rule::Coded(|subject, findings| {
            let mode = setting(subject.start(), "settings.ip_configuration.ssl_mode");
            let required = setting(subject.start(), "settings.ip_configuration.require_ssl");
            let encrypted = mode
                .says(|it| matches!(it, "ENCRYPTED_ONLY" | "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"))
                .or(required.says(|it| it == "true"));
            let at = required.set().unwrap_or_else(|| mode.node());
            findings.tell(
                Answer::Yes(at).unless(encrypted),
                "",
                "connections need no TLS: set `ssl_mode = \"ENCRYPTED_ONLY\"`",
            );
        }),
    };
}
