use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// Web app accepts plain HTTP
    ///
    /// ## Why
    /// Anyone on the network path can read and modify HTTP traffic: session cookies, passwords, the pages
    /// themselves.
    ///
    /// ## Impact
    /// Clients that do not follow redirects have to use `https://`.
    ///
    /// ## Fix
    /// Set `https_only = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_linux_web_app" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_linux_web_app" "shop" {
    ///   name       = "shop"
    ///   https_only = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-app-plain-http",
        severity: Severity::Medium,
        judges: &[terraform("azurerm_app_service", "https_only"), terraform("azurerm_linux_web_app", "https_only"), terraform("azurerm_windows_web_app", "https_only")],
        aliases: &["CKV_AZURE_14", "11e9a948-c6c3-4a0f-8dcf-b5cf1763cdbe"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "the app accepts plain HTTP",
            ..Must::TEMPLATE
        }),
    };
}
