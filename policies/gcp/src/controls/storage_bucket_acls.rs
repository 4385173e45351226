use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// Storage bucket still uses access lists
    ///
    /// ## Why
    /// With access lists each object may be opened by itself, past what the policy of the bucket says, and
    /// nobody sees it there.
    ///
    /// ## Impact
    /// Access that was given by lists ends. It can be turned back for 90 days.
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
            message: "objects may be opened one by one",
            ..Must::TEMPLATE
        }),
    };
}
