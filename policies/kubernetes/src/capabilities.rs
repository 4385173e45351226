//! Linux capabilities, as manifests spell them.

/// Where a container adds some.
pub(crate) const ADDED: &str = "securityContext.capabilities.add";

/// Where it drops some.
pub(crate) const DROPPED: &str = "securityContext.capabilities.drop";

/// A capability's name without the prefix that some write, in upper case.
pub(crate) fn normal(name: &str) -> String {
    let upper = name.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or_else(|| upper.clone(), str::to_owned)
}
