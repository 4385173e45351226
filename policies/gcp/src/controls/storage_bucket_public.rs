use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape, when};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Storage bucket is public
    ///
    /// ## Why
    /// A grant to `allUsers` lets anyone on the internet read or even write the bucket;
    /// `allAuthenticatedUsers` is anyone with a Google account.
    ///
    /// ## Impact
    /// Callers who are not named lose their access. Use signed URLs, or serve public files through a CDN.
    ///
    /// ## Fix
    /// Name the members that need access, and set `public_access_prevention = "enforced"` at the bucket.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_storage_bucket" "data" {
    ///   name     = "example-data"
    ///   location = "EU"
    /// }
    ///
    /// resource "google_storage_bucket_iam_member" "readers" {
    ///   bucket = google_storage_bucket.data.name
    ///   role   = "roles/storage.objectViewer"
    ///   member = "allUsers"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_storage_bucket" "data" {
    ///   name     = "example-data"
    ///   location = "EU"
    /// }
    ///
    /// resource "google_storage_bucket_iam_member" "readers" {
    ///   bucket = google_storage_bucket.data.name
    ///   role   = "roles/storage.objectViewer"
    ///   member = "group:readers@example.com"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-storage-bucket-public",
        severity: Severity::High,
        // A bucket that prevents it overrules its grants.
        judges: &[shape("gcp.storage-bucket-grant@1", "members")
            .only(&[when("bucket.publicAccessPrevention", Want::Not(&["enforced"]))])],
        aliases: &["GCP-0001", "AVD-GCP-0001", "google-storage-no-public-access", "CKV_GCP_28", "a6cd52a1-3056-4910-96a5-894de9f3f3b3", "c010082c-76e0-4b91-91d9-6e8439e455dd"],
        rule: Rule::Must(Must {
            be: Want::Not(&["allUsers", "allAuthenticatedUsers"]),
            message: "the bucket is public: name the allowed members",
            ..Must::TEMPLATE
        }),
    };
}
