use palisade_sdk::Severity;
use palisade_sdk::related::Referent;
use palisade_sdk::rule::{Findings, Rule, Subject, setting};

palisade_sdk::control! {
    /// SQL server lets the whole internet in
    ///
    /// ## Why
    /// Anybody may try passwords, and each new hole in the server, against a database that every address
    /// can reach.
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
        kinds: FIREWALL_RULES,
        related: SERVERS,
        aliases: &["CKV_AZURE_11", "25c0ea09-f1c5-4380-b055-3b83863f2bb8"],
        rule: Rule::Coded(judge),
    };
}

const FIREWALL_RULES: &[&str] = &[
    "azurerm_mariadb_firewall_rule",
    "azurerm_mssql_firewall_rule",
    "azurerm_mysql_firewall_rule",
    "azurerm_mysql_flexible_server_firewall_rule",
    "azurerm_postgresql_firewall_rule",
    "azurerm_postgresql_flexible_server_firewall_rule",
    "azurerm_sql_firewall_rule",
];

const SERVERS: &[&str] = &[
    "azurerm_mariadb_server",
    "azurerm_mssql_server",
    "azurerm_mysql_flexible_server",
    "azurerm_mysql_server",
    "azurerm_postgresql_flexible_server",
    "azurerm_postgresql_server",
    "azurerm_sql_server",
];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let rule = subject.start();
    let starts = setting(rule, "start_ip_address").says(|it| matches!(it, "0.0.0.0" | "0.0.0.1"));
    let ends = setting(rule, "end_ip_address").says(|it| matches!(it, "255.255.255.255" | "255.255.255.254"));
    let mut open = ends.and(starts);
    // A server without a public address overrules its rules.
    for path in ["server_id", "server_name"] {
        let Some(server) = subject.at(path) else { continue };
        if let Referent::Of(servers) = subject.referent(server, SERVERS, &["name", "id"]) {
            for server in servers {
                let public = setting(server.root(), "public_network_access_enabled");
                open = open.unless(public.says(|it| it == "false"));
            }
        }
    }
    findings.tell(open, "", "the whole internet reaches the database: list the addresses that may");
}
