use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Storage account accepts plain HTTP
    ///
    /// ## Why
    /// Anyone on the network path can read files and keys that are sent over HTTP, and can replace what
    /// is delivered.
    ///
    /// ## Impact
    /// Clients that still use `http://`, and old versions of SMB, are refused.
    ///
    /// ## Fix
    /// Set `https_traffic_only_enabled = true`, or omit it.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name                       = "data"
    ///   https_traffic_only_enabled = false
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name                       = "data"
    ///   https_traffic_only_enabled = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-storage-plain-http",
        severity: Severity::High,
        judges: &[terraform("azurerm_storage_account", "https_traffic_only_enabled").or(&["enable_https_traffic_only"])],
        aliases: &["AZU-0008", "AVD-AZU-0008", "azure-storage-enforce-https", "CKV_AZURE_3", "12944ec4-1fa0-47be-8b17-42a034f937c2"],
        rule: Rule::Must(Must {
            be: Want::Not(&["false"]),
            message: "the account accepts plain HTTP",
            ..Must::TEMPLATE
        }),
    };
}
