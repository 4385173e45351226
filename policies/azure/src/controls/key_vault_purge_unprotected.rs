use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// Key vault has no purge protection
    ///
    /// ## Why
    /// Without purge protection a deleted vault, and every key in it, can be purged immediately: all data
    /// that the keys encrypt is lost.
    ///
    /// ## Impact
    /// It cannot be disabled again, and the name of a deleted vault stays taken until its retention ends.
    ///
    /// ## Fix
    /// Set `purge_protection_enabled = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_key_vault" "keys" {
    ///   name = "keys"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_key_vault" "keys" {
    ///   name                     = "keys"
    ///   purge_protection_enabled = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-key-vault-purge-unprotected",
        severity: Severity::Medium,
        judges: &[terraform("azurerm_key_vault", "purge_protection_enabled")],
        aliases: &["AZU-0016", "AVD-AZU-0016", "azure-keyvault-no-purge", "CKV_AZURE_110"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "purge protection is disabled",
            ..Must::TEMPLATE
        }),
    };
}
