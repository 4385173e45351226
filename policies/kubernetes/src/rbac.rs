//! Common attributes of roles and bindings.

use palisade_sdk::attribute::{Attribute, Only, shape, when};
use palisade_sdk::rule::Want;

/// An attribute of each rule of a role. A rule is named after its resources or URLs, and not after its position:
/// `pods,pods/log`, `apps/deployments`, `/metrics`.
pub(crate) const fn of_rules(path: &'static str) -> Attribute {
    shape("kubernetes.role@1", path).each(&["rules"]).named(&["apiGroups", "resources", "nonResourceURLs"])
}

/// An attribute of each subject of a binding: `User/jane`, `ServiceAccount/build/deployer`.
pub(crate) const fn of_subjects(path: &'static str) -> Attribute {
    shape("kubernetes.role-binding@1", path).each(&["subjects"]).named(&["kind", "namespace", "name"])
}

/// A rule applies to the core group.
pub(crate) const CORE: Only = when("apiGroups", Want::Includes(&["", "*"])).or_unset();

/// A rule applies to the group of roles and bindings.
pub(crate) const RBAC: Only =
    when("apiGroups", Want::Includes(&["rbac.authorization.k8s.io", "*"])).or_unset();

/// A rule applies to roles.
pub(crate) const ROLES: Only = when("resources", Want::Includes(&["roles", "clusterroles", "*"]));

/// A rule is not restricted to objects with certain names.
pub(crate) const UNNAMED: Only = when("resourceNames", Want::Absent);
