use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// Storage account allows access from all networks
    ///
    /// ## Why
    /// A leaked key or shared access signature works from anywhere. With a default of `Deny` it works
    /// only from the networks that are listed.
    ///
    /// ## Impact
    /// Clients outside the listed networks are refused, Azure's own services too unless `bypass` names
    /// them.
    ///
    /// ## Fix
    /// Set `default_action = "Deny"` in `network_rules`, or in an `azurerm_storage_account_network_rules`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name = "data"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name = "data"
    /// }
    ///
    /// resource "azurerm_storage_account_network_rules" "data" {
    ///   storage_account_id = azurerm_storage_account.data.id
    ///   default_action     = "Deny"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-storage-network-open",
        severity: Severity::Medium,
        judges: &[shape("azure.storage-account@1", "defaultAction")
            .only(&[when("publicNetworkAccessEnabled", Want::Not(&["false"]))])],
        aliases: &["AZU-0012", "AVD-AZU-0012", "azure-storage-default-action-deny", "CKV_AZURE_35", "a5613650-32ec-4975-a305-31af783153ea"],
        rule: Rule::Must(Must {
            be: Want::One(&["Deny"]),
            unset: Missing::Fails,
            message: "access is allowed from all networks",
            ..Must::TEMPLATE
        }),
    };
}
