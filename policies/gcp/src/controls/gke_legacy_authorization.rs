use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// GKE cluster uses legacy authorization (ABAC)
    ///
    /// ## Why
    /// Legacy authorization (ABAC) grants permissions that no RBAC role shows: every credential of the
    /// cluster, and every service account in it, may do nearly anything.
    ///
    /// ## Impact
    /// Users and workloads need RBAC roles.
    ///
    /// ## Fix
    /// Set `enable_legacy_abac = false`, or omit it.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_container_cluster" "shop" {
    ///   name               = "shop"
    ///   enable_legacy_abac = true
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_container_cluster" "shop" {
    ///   name               = "shop"
    ///   enable_legacy_abac = false
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-gke-legacy-authorization",
        severity: Severity::High,
        judges: &[terraform("google_container_cluster", "enable_legacy_abac")],
        aliases: &["GCP-0062", "AVD-GCP-0062", "google-gke-use-rbac-permissions", "CKV_GCP_7", "5baa92d2-d8ee-4c75-88a4-52d9d8bb8067"],
        rule: Rule::Must(Must {
            be: Want::Not(&["true"]),
            message: "legacy authorization (ABAC) is enabled",
            ..Must::TEMPLATE
        }),
    };
}
