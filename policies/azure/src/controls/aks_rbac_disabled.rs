use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// AKS cluster has RBAC disabled
    ///
    /// ## Why
    /// Without RBAC, anyone with any credential of the cluster may do anything in it.
    ///
    /// ## Impact
    /// Users and workloads need roles. It cannot be changed in place: the cluster is replaced.
    ///
    /// ## Fix
    /// Set `role_based_access_control_enabled = true`, or omit it.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_kubernetes_cluster" "shop" {
    ///   name                              = "shop"
    ///   role_based_access_control_enabled = false
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_kubernetes_cluster" "shop" {
    ///   name                              = "shop"
    ///   role_based_access_control_enabled = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-aks-rbac-disabled",
        severity: Severity::High,
        judges: &[terraform("azurerm_kubernetes_cluster", "role_based_access_control_enabled").or(&["role_based_access_control.enabled"])],
        aliases: &["AZU-0042", "AVD-AZU-0042", "azure-container-use-rbac-permissions", "CKV_AZURE_5", "86f92117-eed8-4614-9c6c-b26da20ff37f"],
        rule: Rule::Must(Must {
            be: Want::Not(&["false"]),
            message: "RBAC is disabled",
            ..Must::TEMPLATE
        }),
    };
}
