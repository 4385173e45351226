//! Every control against its cases, its examples and the rules of documentation, all at once.

use std::fmt::Write as _;
use std::path::PathBuf;

use palisade_parser_kubernetes::Kubernetes;
use palisade_policies_kubernetes::PACK;
use palisade_sdk::testing::{check_cases, check_docs, check_examples, judge, parse};

const PREFIX: &str = "kubernetes-";

fn cases_of(id: &str) -> PathBuf {
    let file = format!("{}.yaml", id.strip_prefix(PREFIX).unwrap_or(id).replace('-', "_"));
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/controls").join(file)
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn cases_come_out_as_they_say() {
    let mut faults = Vec::new();
    for control in PACK.controls {
        let path = cases_of(control.id);
        let name = format!("{}.yaml", control.id);
        match std::fs::read_to_string(&path) {
            Ok(text) => faults.extend(check_cases(&Kubernetes, &PACK, control.id, &name, &text).err()),
            Err(error) => faults.push(format!("{}: {}: {error}", control.id, path.display())),
        }
    }
    report(&faults);
}

#[test]
fn examples_fail_and_pass() {
    let check = |id| check_examples(&Kubernetes, &PACK, id, "example.yaml").err();
    report(&PACK.controls.iter().filter_map(|control| check(control.id)).collect::<Vec<_>>());
}

#[test]
fn documentation_is_complete() {
    report(&PACK.controls.iter().filter_map(|control| check_docs(control).err()).collect::<Vec<_>>());
}

#[test]
fn ids_are_in_order_and_start_alike() {
    let ids: Vec<&str> = PACK.controls.iter().map(|control| control.id).collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "{ids:#?}");
    assert!(ids.iter().all(|id| id.starts_with(PREFIX)), "{ids:#?}");
}

#[test]
fn no_file_of_cases_is_forgotten() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/controls");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "yaml"));
    files.sort();
    let expected: Vec<PathBuf> = PACK.controls.iter().map(|control| cases_of(control.id)).collect();
    assert_eq!(files, expected);
}

#[test]
fn controls() {
    let mut list = String::new();
    for control in PACK.controls {
        writeln!(list, "{} ({:?}): {}", control.id, control.severity, control.docs().title).unwrap();
        if !control.aliases.is_empty() {
            writeln!(list, "    {}", control.aliases.join(" ")).unwrap();
        }
    }
    insta::assert_snapshot!(list);
}

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
        = the pod sees the node's processes: remove `hostPID`
    ");
}

#[test]
fn a_secret_is_never_part_of_a_message() {
    let text = std::fs::read_to_string(cases_of("kubernetes-secret-in-environment")).unwrap();
    for batch in parse(&Kubernetes, "pod.yaml", &text).unwrap() {
        let outcomes = judge(&PACK, "kubernetes-secret-in-environment", batch).unwrap();
        assert!(outcomes.len() > 4, "{outcomes:#?}");
        for outcome in outcomes {
            for secret in ["correct-horse", "abc.def.ghi", "wJalrXUtnFEMI", "hunter2"] {
                let said = format!("{}{}{:?}", outcome.message, outcome.instance, outcome.fix);
                assert!(!said.contains(secret), "{said}");
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
