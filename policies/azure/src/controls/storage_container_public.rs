use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Storage container allows anonymous access
    ///
    /// ## Why
    /// Anonymous users can download every blob of the container; with access to the container they can
    /// list them first.
    ///
    /// ## Impact
    /// Anonymous downloads end. Use shared access signatures (SAS), or serve public files through a CDN.
    ///
    /// ## Fix
    /// Set `container_access_type = "private"`, and `allow_nested_items_to_be_public = false` at the
    /// account.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name = "data"
    /// }
    ///
    /// resource "azurerm_storage_container" "files" {
    ///   name                  = "files"
    ///   storage_account_name  = azurerm_storage_account.data.name
    ///   container_access_type = "blob"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_storage_account" "data" {
    ///   name = "data"
    /// }
    ///
    /// resource "azurerm_storage_container" "files" {
    ///   name                  = "files"
    ///   storage_account_name  = azurerm_storage_account.data.name
    ///   container_access_type = "private"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-storage-container-public",
        severity: Severity::High,
        // An account that forbids it overrules its containers.
        judges: &[shape("azure.storage-container@1", "containerAccessType")
            .only(&[when("account.allowNestedItemsToBePublic", Want::Not(&["false"]))])],
        aliases: &["AZU-0007", "AVD-AZU-0007", "azure-storage-no-public-access", "CKV_AZURE_34", "dd5230f8-a577-4bbb-b7ac-f2c2fe7d5299"],
        rule: Rule::Must(Must {
            be: Want::Not(&["blob", "container"]),
            message: "anonymous access is allowed",
            set: "private",
            ..Must::TEMPLATE
        }),
    };
}
