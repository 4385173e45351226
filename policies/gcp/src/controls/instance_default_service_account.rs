use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

use crate::iam::is_default;

palisade_sdk::control! {
    /// Instance runs as the default service account
    ///
    /// ## Why
    /// The default account of Compute Engine is usually an editor of the whole project. Whoever breaks into
    /// the machine asks its metadata server for a token and changes the project.
    ///
    /// ## Impact
    /// What the machine does in Google Cloud must be granted to its own account.
    ///
    /// ## Fix
    /// Create a service account for the machine, grant it what is needed, and name it in `service_account`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_compute_instance" "web" {
    ///   name         = "web"
    ///   machine_type = "e2-small"
    ///
    ///   service_account {
    ///     scopes = ["cloud-platform"]
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_service_account" "web" {
    ///   account_id = "web"
    /// }
    ///
    /// resource "google_compute_instance" "web" {
    ///   name         = "web"
    ///   machine_type = "e2-small"
    ///
    ///   service_account {
    ///     email  = google_service_account.web.email
    ///     scopes = ["cloud-platform"]
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-instance-default-service-account",
        severity: Severity::High,
        kinds: &["google_compute_instance", "google_compute_instance_template"],
        related: &[DEFAULT, OWN],
        aliases: &["GCP-0044", "AVD-GCP-0044", "google-compute-no-default-service-account"],
        rule: Rule::Coded(judge),
    };
}

const DEFAULT: &str = "data.google_compute_default_service_account";
const OWN: &str = "google_service_account";

const MESSAGE: &str = "the machine runs as the default account of the project: give it one of its own";

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Without the block a machine has no account at all.
    let account = match setting(subject.start(), "service_account") {
        Setting::Set(account) => account,
        Setting::Unknown(node) => {
            findings.unknown(node, "");
            return;
        }
        Setting::Unset(_) => return,
    };
    if account.items().next().is_none() && account.get("scopes").is_none() && account.get("email").is_none() {
        return;
    }
    let email = match setting(account, "email") {
        Setting::Unset(node) => {
            findings.fail(node, "", MESSAGE);
            return;
        }
        Setting::Set(node) | Setting::Unknown(node) => node,
    };
    let refers_to = |kind: &str| subject.targets(email).any(|(target, _)| target.kind() == kind);
    if refers_to(DEFAULT) {
        findings.fail(email, "", MESSAGE);
    } else if !refers_to(OWN) {
        let default = Answer::any([email], is_default);
        findings.tell(default, "", MESSAGE);
    }
}
