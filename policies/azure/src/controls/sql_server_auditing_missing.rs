use palisade_sdk::Severity;
use palisade_sdk::related::Link;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

palisade_sdk::control! {
    /// SQL server is not audited
    ///
    /// ## Why
    /// Without an audit nobody can say afterwards who read or changed what in the databases of the server.
    ///
    /// ## Impact
    /// Records cost storage.
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
        kinds: &["azurerm_mssql_server"],
        related: &["azurerm_mssql_server_extended_auditing_policy"],
        aliases: &["AZU-0027", "AVD-AZU-0027", "azure-database-enable-audit", "CKV_AZURE_23", "609839ae-bd81-4375-9910-5bce72ae7b92"],
        rule: Rule::Coded(judge),
    };
}

const POLICY: Link =
    Link { kind: "azurerm_mssql_server_extended_auditing_policy", path: "server_id", names: &["id"] };

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut audited = match setting(subject.start(), "extended_auditing_policy") {
        Setting::Set(block) if block.children().next().is_some() => Answer::Yes(block),
        Setting::Unknown(node) => Answer::Unknown(node),
        _ => Answer::No,
    };
    let policies = subject.companions(&[POLICY]);
    for policy in &policies.certain {
        let off = setting(policy.resource.root(), "enabled").says(|it| it == "false");
        audited = audited.or(Answer::Yes(policy.by).unless(off));
    }
    audited = audited.or(policies.possible.first().map_or(Answer::No, |it| Answer::Unknown(it.by)));
    findings.tell(
        Answer::Yes(subject.start()).unless(audited),
        "",
        "nobody can tell who changed what: audit the server",
    );
}
