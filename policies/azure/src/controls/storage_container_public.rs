use palisade_sdk::Severity;
use palisade_sdk::related::Referent;
use palisade_sdk::rule::{Answer, Findings, Rule, Subject, setting};

palisade_sdk::control! {
    /// Storage container is open to everybody
    ///
    /// ## Why
    /// Anonymous readers download every blob of the container; with access to the container they can list
    /// them first.
    ///
    /// ## Impact
    /// Anonymous downloads end. Hand out signed links, or serve public files through a CDN.
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
        kinds: &["azurerm_storage_container"],
        related: ACCOUNT,
        aliases: &["AZU-0007", "AVD-AZU-0007", "azure-storage-no-public-access", "CKV_AZURE_34", "dd5230f8-a577-4bbb-b7ac-f2c2fe7d5299"],
        rule: Rule::Coded(judge),
    };
}

const ACCOUNT: &[&str] = &["azurerm_storage_account"];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let access = setting(subject.start(), "container_access_type");
    let mut open = access.says(|it| matches!(it, "blob" | "container"));
    // An account that forbids it overrules its containers.
    for path in ["storage_account_name", "storage_account_id"] {
        let Some(account) = subject.at(path) else { continue };
        if let Referent::Of(accounts) = subject.referent(account, ACCOUNT, &["name", "id"]) {
            for account in accounts {
                for flag in ["allow_nested_items_to_be_public", "allow_blob_public_access"] {
                    open = open.unless(setting(account.root(), flag).says(|it| it == "false"));
                }
            }
        }
    }
    if let (Answer::Yes(_), Some(access)) = (open, access.set()) {
        open = Answer::Yes(access);
    }
    findings.tell(open, "", "anybody may read the container: make it private");
}
