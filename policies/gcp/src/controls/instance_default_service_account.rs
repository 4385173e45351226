use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

use crate::iam::is_default;

palisade_sdk::control! {
    /// Instance uses the default service account
    ///
    /// ## Why
    /// The default service account of Compute Engine is usually an editor of the whole project. Anyone
    /// who breaks into the instance can get a token from its metadata server and change the project.
    ///
    /// ## Impact
    /// The permissions that the instance needs must be granted to its own service account.
    ///
    /// ## Fix
    /// Create a service account for the instance, grant it the roles that it needs, and name it in
    /// `service_account`.
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
        shapes: &["gcp.instance@1"],
        aliases: &["GCP-0044", "AVD-GCP-0044", "google-compute-no-default-service-account"],
        rule: Rule::Coded(judge),
    };
}

const MESSAGE: &str = "the instance uses the default service account: set `service_account`";

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let instance = subject.start();
    // Without the block a machine has no account.
    match setting(instance, "serviceAccount") {
        Setting::Set(_) => {}
        Setting::Unknown(node) => return findings.report(Answer::Unknown(node), "", MESSAGE),
        Setting::Unset(_) => return,
    }
    let default = match setting(instance, "email") {
        Setting::Unset(node) => Answer::Yes(node),
        Setting::Set(node) | Setting::Unknown(node) if instance.get("defaultServiceAccount").is_some() => {
            Answer::Yes(node)
        }
        _ if instance.get("ownServiceAccount").is_some() => Answer::No,
        email => email.matches(is_default),
    };
    findings.report(default, "", MESSAGE);
}
