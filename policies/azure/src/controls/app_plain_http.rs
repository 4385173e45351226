use palisade_sdk::Severity;
use palisade_sdk::rule::{Missing, Rule, Values, Want};

palisade_sdk::control! {
    /// Web app accepts plain HTTP
    ///
    /// ## Why
    /// What goes over HTTP is read and changed by whoever is on the way: session cookies, passwords, the
    /// pages themselves.
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
    pub(crate) static APP_PLAIN_HTTP = {
        id: "azure-app-plain-http",
        severity: Severity::Medium,
        kinds: &["azurerm_app_service", "azurerm_linux_web_app", "azurerm_windows_web_app"],
        aliases: &["CKV_AZURE_14", "11e9a948-c6c3-4a0f-8dcf-b5cf1763cdbe"],
        rule: Rule::Values(Values {
            path: "https_only",
            want: Want::One(&["true"]),
            missing: Missing::Fails,
            message: "visitors may be served in plain text: set `https_only = true`",
            ..Values::TEMPLATE
        }),
    };
}
