use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform};
use palisade_sdk::rule::{Rule, Want};

palisade_sdk::control! {
    /// Project grants a basic role
    ///
    /// ## Why
    /// The basic roles owner, editor and viewer apply to every service of the project, also to future
    /// ones. One stolen credential of such a member exposes the whole project.
    ///
    /// ## Impact
    /// Members keep only the permissions of their new roles. The IAM recommender proposes roles from the
    /// permissions that were used.
    ///
    /// ## Fix
    /// Grant the predefined or custom roles that are needed.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "google_project_iam_member" "deploy" {
    ///   project = "shop"
    ///   role    = "roles/editor"
    ///   member  = "user:ada@example.com"
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "google_project_iam_member" "deploy" {
    ///   project = "shop"
    ///   role    = "roles/run.developer"
    ///   member  = "user:ada@example.com"
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "gcp-project-basic-role",
        severity: Severity::Medium,
        judges: &[terraform("google_project_iam_binding", "role"), terraform("google_project_iam_member", "role")],
        aliases: &["CKV_GCP_117"],
        rule: Rule::Must(Must {
            be: Want::Not(&["roles/editor", "roles/owner", "roles/viewer"]),
            message: "the role is a basic role: grant a predefined or custom role",
            ..Must::TEMPLATE
        }),
    };
}
