use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// SQL server firewall allows all addresses
    ///
    /// ## Why
    /// Anyone can try passwords, and every new vulnerability of the server, against a database that every
    /// address can reach.
    ///
    /// ## Impact
    /// Clients outside the listed addresses are refused.
    ///
    /// ## Fix
    /// List the addresses that need access, or use a private endpoint.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_mssql_server" "shop" {
    ///   name = "shop"
    /// }
    ///
    /// resource "azurerm_mssql_firewall_rule" "all" {
    ///   name             = "all"
    ///   server_id        = azurerm_mssql_server.shop.id
    ///   start_ip_address = "0.0.0.0"
    ///   end_ip_address   = "255.255.255.255"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_mssql_server" "shop" {
    ///   name = "shop"
    /// }
    ///
    /// resource "azurerm_mssql_firewall_rule" "office" {
    ///   name             = "office"
    ///   server_id        = azurerm_mssql_server.shop.id
    ///   start_ip_address = "192.0.2.1"
    ///   end_ip_address   = "192.0.2.20"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-sql-firewall-open",
        severity: Severity::High,
        judges: &[shape("azure.sql-firewall-rule@1", "endIpAddress").only(&[
            when("startIpAddress", Want::One(&["0.0.0.0", "0.0.0.1"])),
            // A server without a public address ignores its rules.
            when("server.publicNetworkAccessEnabled", Want::Not(&["false"])),
        ])],
        aliases: &["CKV_AZURE_11", "25c0ea09-f1c5-4380-b055-3b83863f2bb8"],
        rule: Rule::Must(Must {
            be: Want::Not(&["255.255.255.255", "255.255.255.254"]),
            message: "all addresses are allowed: list the allowed addresses",
            ..Must::TEMPLATE
        }),
    };
}
