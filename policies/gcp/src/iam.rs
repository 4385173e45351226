//! Accounts of machines.

/// Whether an account is the one that every project's machines have until they are given another.
pub(crate) fn is_default(email: &str) -> bool {
    email.ends_with("-compute@developer.gserviceaccount.com")
}
