use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// Storage bucket has no uniform bucket-level access
    ///
    /// ## Why
    /// With ACLs each object can be made public individually, regardless of the IAM policy of the bucket
    /// and not visible in it.
    ///
    /// ## Impact
    /// Access that was granted by ACLs ends. The change can be reverted within 90 days.
    ///
    /// ## Fix
    /// Set `uniform_bucket_level_access = true`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_storage_bucket" "data" {
    ///   name     = "example-data"
    ///   location = "EU"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_storage_bucket" "data" {
    ///   name                        = "example-data"
    ///   location                    = "EU"
    ///   uniform_bucket_level_access = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-storage-bucket-acls",
        severity: Severity::Low,
        judges: &[terraform("google_storage_bucket", "uniform_bucket_level_access")],
        aliases: &["GCP-0002", "AVD-GCP-0002", "google-storage-enable-ubla", "CKV_GCP_29", "bb0db090-5509-4853-a827-75ced0b3caa0"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "uniform bucket-level access is disabled",
            ..Must::TEMPLATE
        }),
    };
}
