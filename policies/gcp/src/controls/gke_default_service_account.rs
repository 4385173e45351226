use palisade_sdk::Severity;
use palisade_sdk::rule::{Answer, Findings, Rule, Setting, Subject, setting};

use crate::iam::is_default;

palisade_sdk::control! {
    /// GKE nodes use the default service account
    ///
    /// ## Why
    /// The default service account of Compute Engine is usually an editor of the whole project, and every
    /// pod that reaches the metadata server of its node can use it.
    ///
    /// ## Impact
    /// Nodes need a service account that may write logs and metrics and pull images. Changing it replaces
    /// the nodes.
    ///
    /// ## Fix
    /// Set `service_account` to a dedicated account in `node_config`, in the cluster or in its node
    /// pools.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_container_cluster" "shop" {
    ///   name               = "shop"
    ///   initial_node_count = 1
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_container_cluster" "shop" {
    ///   name                     = "shop"
    ///   initial_node_count       = 1
    ///   remove_default_node_pool = true
    /// }
    ///
    /// resource "google_container_node_pool" "shop" {
    ///   cluster = google_container_cluster.shop.id
    ///
    ///   node_config {
    ///     service_account = "gke@shop.iam.gserviceaccount.com"
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-gke-default-service-account",
        severity: Severity::Medium,
        shapes: &["gcp.gke-nodes@1"],
        aliases: &["GCP-0050", "AVD-GCP-0050", "google-gke-use-service-account", "CKV2_GCP_1", "1c8eef02-17b1-4a3e-b01d-dcc3292d2c38"],
        rule: Rule::Coded(judge),
    };
}

const MESSAGE: &str = "the nodes use the default service account: set `service_account`";

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let nodes = subject.start();
    let account = match setting(nodes, "serviceAccount") {
        // Whichever it is, it is chosen.
        Setting::Unknown(_) if !matches!(setting(nodes, "nodeConfig"), Setting::Unknown(_)) => return,
        Setting::Unset(node) => Answer::Yes(node),
        account => account.matches(|it| it == "default" || is_default(it)),
    };
    // Nodes that are removed at once, or that Google runs with an account of the cluster's choice.
    let without = setting(nodes, "removeDefaultNodePool").matches(|it| it == "true");
    let autopilot = match setting(nodes, "provisionedServiceAccount") {
        Setting::Unset(_) => Answer::No,
        _ => setting(nodes, "enableAutopilot").matches(|it| it == "true"),
    };
    findings.report(account.unless(without.or(autopilot)), "", MESSAGE);
}
