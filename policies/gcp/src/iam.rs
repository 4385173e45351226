//! Service accounts of instances.

/// Whether an account is the default service account of a project's instances.
pub(crate) fn is_default(email: &str) -> bool {
    email.ends_with("-compute@developer.gserviceaccount.com")
}
