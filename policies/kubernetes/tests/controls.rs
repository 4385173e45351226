//! Checks every control with its cases, its examples and the rules for documentation, all at once.

use palisade_parser_kubernetes::Kubernetes;
use palisade_policies_kubernetes::PACK;
use palisade_sdk::testing::{check_cases, judge, parse};

palisade_sdk::pack_tests!(Kubernetes, PACK, "kubernetes-", "yaml");

#[test]
fn a_wrong_case_is_reported_both_ways() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web #! failed\nspec:\n  hostPID: true\n  containers: []\n";
    let error = check_cases(&Kubernetes, &PACK, "kubernetes-host-pid", "pod.yaml", text).unwrap_err();
    insta::assert_snapshot!(error, @r"
    kubernetes-host-pid
    pod.yaml:4: expected, not found: failed
        |   name: web #! failed
    pod.yaml:6: found, not expected: failed
        |   hostPID: true
        = the pod shares the node's PID namespace: set `spec.hostPID: false`
    ");
}

#[test]
fn a_secret_is_never_part_of_a_message() {
    let text = std::fs::read_to_string(suite().folder.join("secret_in_environment.yaml")).unwrap();
    for batch in parse(&Kubernetes, "pod.yaml", &text).unwrap() {
        let outcomes = judge(&PACK, "kubernetes-secret-in-environment", batch).unwrap();
        assert!(outcomes.len() > 4, "{outcomes:#?}");
        for outcome in outcomes {
            for secret in ["correct-horse", "abc.def.ghi", "wJalrXUtnFEMI", "hunter2"] {
                let text = format!("{}{}{:?}", outcome.message, outcome.instance, outcome.fix);
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[test]
fn values_of_the_wrong_kind_are_survived() {
    let fields = [
        "containers: text",
        "containers: {name: web}",
        "containers: [text, 1, null, [], {}]",
        "containers: [{name: 1, image: 2, securityContext: text, resources: [], env: {a: b}, ports: text}]",
        "containers: [{name: web, image: [], securityContext: {capabilities: [ALL], runAsUser: {}}}]",
        "containers: [{name: web, env: [text, {name: [], value: {}}], volumeMounts: [{name: {}}]}]",
        "volumes: {name: data}",
        "volumes: [text, {name: data, hostPath: text}, {name: data, hostPath: {path: [etc]}}]",
        "securityContext: [text]",
        "securityContext: {sysctls: text, seLinuxOptions: text, supplementalGroups: 0}",
    ];
    for field in fields {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  {field}\n");
        for batch in parse(&Kubernetes, "pod.yaml", &text).unwrap() {
            for control in PACK.controls {
                judge(&PACK, control.id, batch.clone()).unwrap();
            }
        }
    }
    for (kind, rest) in [
        ("Role", "rules: text"),
        ("Role", "rules: [text, {verbs: text, resources: {}, apiGroups: 1}, {}]"),
        ("ClusterRoleBinding", "subjects: [text, {name: []}]\nroleRef: text"),
        ("Service", "spec: {type: [], externalIPs: text}"),
        ("Ingress", "spec: {tls: text, rules: [text, {host: []}]}"),
    ] {
        let group = match kind {
            "Service" => "v1",
            "Ingress" => "networking.k8s.io/v1",
            _ => "rbac.authorization.k8s.io/v1",
        };
        let text = format!("apiVersion: {group}\nkind: {kind}\nmetadata: {{name: web}}\n{rest}\n");
        for batch in parse(&Kubernetes, "object.yaml", &text).unwrap() {
            for control in PACK.controls {
                judge(&PACK, control.id, batch.clone()).unwrap();
            }
        }
    }
}
