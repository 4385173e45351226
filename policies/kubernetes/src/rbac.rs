//! What the controls share about roles and bindings.

use palisade_sdk::attribute::{Attribute, Only, shape, when};
use palisade_sdk::rule::Want;

/// An attribute of each rule of a role. A rule is called by what it is about, which is the same wherever it stands:
/// `pods,pods/log`, `apps/deployments`, `/metrics`.
pub(crate) const fn of_rules(path: &'static str) -> Attribute {
    shape("kubernetes.role@1", path).each(&["rules"]).named(&["apiGroups", "resources", "nonResourceURLs"])
}

/// An attribute of each of those whom a binding binds: `User/jane`, `ServiceAccount/build/deployer`.
pub(crate) const fn of_subjects(path: &'static str) -> Attribute {
    shape("kubernetes.role-binding@1", path).each(&["subjects"]).named(&["kind", "namespace", "name"])
}

/// A rule is about the core group.
pub(crate) const CORE: Only = when("apiGroups", Want::Includes(&["", "*"])).or_unset();

/// A rule is about the group of roles and bindings.
pub(crate) const RBAC: Only =
    when("apiGroups", Want::Includes(&["rbac.authorization.k8s.io", "*"])).or_unset();

/// A rule is about roles.
pub(crate) const ROLES: Only = when("resources", Want::Includes(&["roles", "clusterroles", "*"]));

/// A rule is not restricted to objects of certain names.
pub(crate) const UNNAMED: Only = when("resourceNames", Want::Absent);
