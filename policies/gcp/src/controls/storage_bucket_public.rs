use palisade_sdk::Severity;
use palisade_sdk::related::Referent;
use palisade_sdk::rule::{Findings, Rule, Subject, setting};

use crate::iam::everybody;

palisade_sdk::control! {
    /// Storage bucket is open to everybody
    ///
    /// ## Why
    /// A grant to `allUsers` lets anybody on the internet read or even write the bucket;
    /// `allAuthenticatedUsers` is anybody with a Google account.
    ///
    /// ## Impact
    /// Callers who are not named lose their access. Hand out signed links, or serve public files through a
    /// CDN.
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
        kinds: &["google_storage_bucket_iam_binding", "google_storage_bucket_iam_member"],
        related: BUCKET,
        aliases: &["GCP-0001", "AVD-GCP-0001", "google-storage-no-public-access", "CKV_GCP_28", "a6cd52a1-3056-4910-96a5-894de9f3f3b3", "c010082c-76e0-4b91-91d9-6e8439e455dd"],
        rule: Rule::Coded(judge),
    };
}

const BUCKET: &[&str] = &["google_storage_bucket"];

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut open = everybody(subject.start());
    // A bucket that prevents it overrules its grants.
    if let Some(bucket) = subject.at("bucket")
        && let Referent::Of(buckets) = subject.referent(bucket, BUCKET, &["name", "id"])
    {
        for bucket in buckets {
            let prevention = setting(bucket.root(), "public_access_prevention");
            open = open.unless(prevention.says(|it| it == "enforced"));
        }
    }
    findings.tell(open, "", "anybody may use the bucket: name the members that may");
}
