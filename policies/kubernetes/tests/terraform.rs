//! The same controls for resources of Terraform's provider `hashicorp/kubernetes`.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;

use palisade_parser_kubernetes::Kubernetes;
use palisade_parser_terraform::Terraform;
use palisade_policies_kubernetes::PACK;
use palisade_sdk::parser::Parser;
use palisade_sdk::testing::{Compared, Exception, check_cases, check_forms, judge, parse, unused};

/// Resources with other outcomes in a plan or in JSON syntax.
const EXCEPTIONS: &[Exception] = &[];

#[test]
fn resources_of_terraform_are_judged_like_manifests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    let (mut faults, mut used) = (Vec::new(), BTreeMap::new());
    let mut all = Compared::default();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().replace('_', "-");
        let text = std::fs::read_to_string(&file).unwrap();
        let id = format!("kubernetes-{name}");
        faults.extend(check_cases(&Terraform, &PACK, &id, "main.tf", &text).err());
        let case = ("main.tf", text.as_str());
        match check_forms(&Terraform, &PACK, &id, case, EXCEPTIONS, &mut used) {
            Ok(compared) => all += compared,
            Err(error) => faults.push(error),
        }
    }
    faults.extend(unused(EXCEPTIONS, &used));
    println!("{all:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// The message of the only finding of a control.
fn message(parser: &dyn Parser, path: &str, text: &str, control: &str) -> String {
    let mut messages = Vec::new();
    for batch in parse(parser, path, text).unwrap() {
        messages.extend(judge(&PACK, control, batch).unwrap().into_iter().map(|it| it.message));
    }
    assert_eq!(messages.len(), 1, "{control}: {messages:?}");
    messages.remove(0)
}

#[test]
fn messages_name_attributes_as_they_are_written() {
    let manifest = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}, \
        \"spec\": {\"hostNetwork\": true, \"containers\": [{\"name\": \"a\"}]}}";
    let argument =
        format!("resource \"kubernetes_manifest\" \"a\" {{\n  manifest = jsondecode({manifest:?})\n}}\n");
    let blocks = "resource \"kubernetes_pod_v1\" \"a\" {\n  metadata {\n    name = \"a\"\n  }\n\n  spec {\n    host_network = true\n\n    \
        container {\n      name = \"a\"\n    }\n  }\n}\n";
    for (control, in_manifest, in_argument, in_blocks) in [
        ("host-network", "spec.hostNetwork: false", "spec.hostNetwork = false", "spec.host_network = false"),
        (
            "may-run-as-root",
            "securityContext.runAsNonRoot: true",
            "securityContext.runAsNonRoot = true",
            "security_context.run_as_non_root = true",
        ),
        (
            "service-account-token-mounted",
            "automountServiceAccountToken: false",
            "automountServiceAccountToken = false",
            "automount_service_account_token = false",
        ),
        (
            "default-service-account",
            "spec.serviceAccountName",
            "spec.serviceAccountName",
            "spec.service_account_name",
        ),
    ] {
        let control = format!("kubernetes-{control}");
        for (parser, path, text, expected) in [
            (&Kubernetes as &dyn Parser, "pod.json", manifest, in_manifest),
            (&Terraform, "main.tf", &argument, in_argument),
            (&Terraform, "main.tf", blocks, in_blocks),
        ] {
            let message = message(parser, path, text, &control);
            assert!(message.contains(&format!("set `{expected}`")), "{path}: {message}");
        }
    }
}
