use palisade_sdk::rule::{Findings, Rule, Subject};
use palisade_sdk::{Node, Severity};

use crate::rbac::{ROLES, rules};

palisade_sdk::control! {
    /// Role grants permissions with a star
    ///
    /// ## Why
    /// A star grants what exists and what will exist: verbs such as `escalate`, and the resources of every
    /// operator that is installed later. Nobody can tell from the role what its holder may do.
    ///
    /// ## Impact
    /// What is not listed is refused from then on. The audit log of a while shows what is used.
    ///
    /// ## Fix
    /// List the API groups, resources and verbs that are needed.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    ///   - apiGroups: ["*"]
    ///     resources: ["*"]
    ///     verbs: ["*"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    ///   - apiGroups: ["apps"]
    ///     resources: ["deployments"]
    ///     verbs: ["get", "list", "watch", "update"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-wildcard",
        severity: Severity::High,
        shapes: ROLES,
        aliases: &["CKV_K8S_49", "6b896afb-ca07-467a-b256-1a0077a1c08e"],
        policies: &["cis-kubernetes-1.23/5.1.3", "cis-eks-1.4/4.1.3"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for rule in rules(subject, findings) {
        let mut what = Vec::new();
        let mut stars = Vec::new();
        for (key, name) in [("verbs", "verb"), ("resources", "resource"), ("apiGroups", "API group")] {
            let items = rule.node.get(key).into_iter().flat_map(|list| list.items());
            if let Some(star) = items.into_iter().find(|item| item.as_scalar() == Some("*")) {
                what.push(name);
                stars.push(star);
            }
        }
        if let Some((first, others)) = stars.split_first() {
            let what = what.join(" and every ");
            let message = format!("the rule for `{}` grants every {what}: list what is needed", rule.label);
            let outcome = findings.fail(*first, &rule.label, message);
            outcome.related_nodes.extend(others.iter().map(Node::index));
        }
    }
}
