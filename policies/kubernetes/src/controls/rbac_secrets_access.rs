use palisade_sdk::Severity;
use palisade_sdk::rule::{Findings, Rule, Subject};

use crate::rbac::{Grant, ROLES, forbid_grant};

palisade_sdk::control! {
    /// Role may read all secrets
    ///
    /// ## Why
    /// Secrets hold passwords, keys and tokens of service accounts. Who may get, list or watch them has all
    /// of it, in a whole namespace or, by a ClusterRole that is bound for the cluster, everywhere. `list`
    /// alone shows the contents as well.
    ///
    /// ## Impact
    /// Operators that look for secrets by themselves have to be told which ones they may read.
    ///
    /// ## Fix
    /// Remove `secrets` from the rule, or list the ones that are needed in `resourceNames`.
    ///
    /// ## Fails
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: reader
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["secrets"]
    ///     verbs: ["get", "list"]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: reader
    ///   namespace: shop
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: ["secrets"]
    ///     resourceNames: ["shop-database"]
    ///     verbs: ["get"]
    /// ```
    pub(crate) static CONTROL = {
        id: "kubernetes-rbac-secrets-access",
        severity: Severity::Medium,
        shapes: ROLES,
        aliases: &["b7bca5c4-1dab-4c2c-8cbe-3050b9d59b14"],
        policies: &["cis-kubernetes-1.23/5.1.2", "cis-eks-1.4/4.1.2"],
        rule: Rule::Coded(judge),
    };
}

fn judge(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    forbid_grant(
        subject,
        findings,
        |rule| {
            if rule.names_objects() {
                return Grant::No;
            }
            rule.grants("", &["secrets"], &["get", "list", "watch"])
        },
        false,
        |label, word| {
            format!("the rule for `{label}` may read all secrets: remove `{word}` or list `resourceNames`")
        },
    );
}
