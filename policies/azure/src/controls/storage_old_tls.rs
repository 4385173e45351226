use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Storage account accepts old versions of TLS
    ///
    /// ## Why
    /// TLS 1.0 and 1.1 have known weaknesses, and no client that is still supported needs them.
    ///
    /// ## Impact
    /// Clients that support only TLS 1.1 or older are refused.
    ///
    /// ## Fix
    /// Set `min_tls_version = "TLS1_2"`, or omit it.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name            = "data"
    ///   min_tls_version = "TLS1_0"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name            = "data"
    ///   min_tls_version = "TLS1_2"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-storage-old-tls",
        severity: Severity::Medium,
        judges: &[terraform("azurerm_storage_account", "min_tls_version")],
        aliases: &["AZU-0011", "AVD-AZU-0011", "azure-storage-use-secure-tls-policy", "CKV_AZURE_44", "8263f146-5e03-43e0-9cfe-db960d56d1e7"],
        rule: Rule::Must(Must {
            be: Want::Not(&["TLS1_0", "TLS1_1"]),
            message: "TLS versions before 1.2 are accepted",
            set: "TLS1_2",
            ..Must::TEMPLATE
        }),
    };
}
