use palisade_sdk::Severity;
use palisade_sdk::related::Link;
use palisade_sdk::rule::{Answer, Findings, Rule, Subject, setting};

palisade_sdk::control! {
    /// Storage account can be reached from every network
    ///
    /// ## Why
    /// A leaked key or signed link works from anywhere. With a default of `Deny` it works only from the
    /// networks that are listed.
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
        kinds: &["azurerm_storage_account"],
        related: &["azurerm_storage_account_network_rules"],
        aliases: &["AZU-0012", "AVD-AZU-0012", "azure-storage-default-action-deny", "CKV_AZURE_35", "a5613650-32ec-4975-a305-31af783153ea"],
        rule: Rule::Coded(judge),
    };
}

const RULES: [Link; 2] = [
    Link { kind: "azurerm_storage_account_network_rules", path: "storage_account_id", names: &["id"] },
    Link { kind: "azurerm_storage_account_network_rules", path: "storage_account_name", names: &["name"] },
];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let inline = setting(subject.start(), "network_rules.default_action");
    let off = setting(subject.start(), "public_network_access_enabled").says(|it| it == "false");
    let mut closed = inline.says(|it| it == "Deny").or(off);
    let mut at = inline.node();
    let rules = subject.companions(&RULES);
    for companion in &rules.certain {
        let default = setting(companion.resource.root(), "default_action");
        closed = closed.or(default.says(|it| it == "Deny"));
        at = default.node();
    }
    closed = closed.or(rules.possible.first().map_or(Answer::No, |it| Answer::Unknown(it.by)));
    findings.tell(Answer::Yes(at).unless(closed), "", "every network reaches the account: deny by default");
}
