use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// SQL server auditing is disabled
    ///
    /// ## Why
    /// Without an audit log it is unknown who read or changed data in the databases of the server.
    ///
    /// ## Impact
    /// Audit records cost storage.
    ///
    /// ## Fix
    /// Add an `azurerm_mssql_server_extended_auditing_policy` for the server.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_mssql_server" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_mssql_server" "shop" {
    ///   name = "shop"
    /// }
    ///
    /// resource "azurerm_mssql_server_extended_auditing_policy" "shop" {
    ///   server_id              = azurerm_mssql_server.shop.id
    ///   log_monitoring_enabled = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-sql-server-auditing-missing",
        severity: Severity::Medium,
        judges: &[shape("azure.sql-server@1", "auditingPolicy")],
        aliases: &["AZU-0027", "AVD-AZU-0027", "azure-database-enable-audit", "CKV_AZURE_23", "609839ae-bd81-4375-9910-5bce72ae7b92"],
        rule: Rule::Must(Must {
            be: Want::Not(&["false"]),
            unset: Missing::Fails,
            message: "auditing is not enabled: add an `azurerm_mssql_server_extended_auditing_policy`",
            ..Must::TEMPLATE
        }),
    };
}
