//! Linux capabilities in manifests.

/// The capabilities that a container adds.
pub(crate) const ADDED: &str = "securityContext.capabilities.add";

/// The capabilities that it drops.
pub(crate) const DROPPED: &str = "securityContext.capabilities.drop";

/// A capability's name in upper case, without the optional prefix.
pub(crate) fn normal(name: &str) -> String {
    let upper = name.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or_else(|| upper.clone(), str::to_owned)
}
