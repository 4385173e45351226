//! Which files are read, and which are unsupported.

#![cfg(test)]

mod common;

use palisade_parser_kubernetes::Kubernetes;
use palisade_sdk::parser::{Parser, Status};
use palisade_sdk::testing::MemoryTree;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";

fn check(tree: &MemoryTree, path: &str, status: Status, reason: &str) {
    let parsed = common::parse_in(tree, path);
    let covered = &parsed.coverage[0];
    assert_eq!(covered.status, status, "{path}: {}", covered.reason);
    assert!(covered.reason.contains(reason), "{path}: {}", covered.reason);
    let any = !parsed.batch.resources.is_empty();
    assert_eq!(any, status == Status::Scanned, "{path}");
    if !any {
        assert_eq!(parsed.batch, palisade_sdk::tape::Batch::default(), "{path}");
    }
}

#[test]
fn kustomize() {
    let overlay = "resources: [../base]
patches:
- path: patch.yaml
- path: ../shared/./other.yaml
- patch: |-
    - op: remove
      path: /spec
- old.yaml
patchesStrategicMerge:
- strategic.yaml
- |
  apiVersion: v1
  kind: Pod
patchesJson6902:
- target: {kind: Pod}
  path: json6902.yaml
- path: ../../../outside.yaml
";
    let paths = [
        "o/patch.yaml",
        "shared/other.yaml",
        "o/old.yaml",
        "o/strategic.yaml",
        "o/json6902.yaml",
        "o/plain.yaml",
    ];
    let tree = paths.iter().fold(MemoryTree::default(), |tree, path| tree.with(path, POD.as_bytes()));
    let tree = tree
        .with("o/kustomization.yaml", overlay.as_bytes())
        .with("b/kustomization.yml", b"a: [broken")
        .with("c/Kustomization", b"resources: []");
    for path in &paths[..5] {
        check(&tree, path, Status::Unsupported, "a Kustomize patch, not a whole manifest");
    }
    check(&tree, "o/plain.yaml", Status::Scanned, "");
    for path in ["o/kustomization.yaml", "b/kustomization.yml", "c/Kustomization"] {
        check(&tree, path, Status::Unsupported, "overlays are not built yet");
    }
}

#[test]
fn helm() {
    let tree = MemoryTree::new([
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\nkind of: chart\n"),
        ("chart/values.yaml", "image: x\n"),
        ("chart/crds/crd.yaml", POD),
        ("chart/templates/pod.yaml", POD),
        ("chart/templates/deep/er/pod.yaml", POD),
        ("chart/charts/sub/Chart.yaml", "name: sub\n"),
        ("chart/charts/sub/templates/pod.yaml", POD),
        ("templates/pod.yaml", POD),
        ("ci/template.yaml", "apiVersion: v1\nkind: Pod\n{{- if .x }}\na: {{ .b }}\n{{- end }}\n"),
        ("ci/valid.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ .name }}'}\n"),
        (
            "ci/half.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\na: {{ .b }}: c\n",
        ),
        (
            "ci/broken.yaml",
            "apiVersion: v1\nkind: Pod\ndata:\n  x: '{{ y }}'\n---\napiVersion: v1\nkind: [\n",
        ),
    ]);
    check(&tree, "chart/Chart.yaml", Status::Ignored, "not a Kubernetes manifest");
    check(&tree, "chart/values.yaml", Status::Ignored, "not a Kubernetes manifest");
    check(&tree, "chart/crds/crd.yaml", Status::Scanned, "");
    for path in [
        "chart/templates/pod.yaml",
        "chart/templates/deep/er/pod.yaml",
        "chart/charts/sub/templates/pod.yaml",
    ] {
        check(&tree, path, Status::Unsupported, "a Helm template");
    }
    check(&tree, "templates/pod.yaml", Status::Scanned, "");
    check(&tree, "ci/template.yaml", Status::Unsupported, "a Helm template");
    check(&tree, "ci/valid.yaml", Status::Scanned, "");
    for path in ["ci/half.yaml", "ci/broken.yaml"] {
        let parsed = common::parse_in(&tree, path);
        assert_eq!(parsed.coverage[0].status, Status::Failed, "{path}");
        assert_eq!(parsed.batch.resources.len(), 1, "{path}");
    }
}

#[test]
fn what_is_no_manifest() {
    for text in [
        "",
        "\n\n",
        "# apiVersion kind\n",
        "---\n---\n...\n",
        "a: b\n",
        "apiVersion: 1\nkind: Pod\n",
        "apiVersion: v1\nkind: {}\n",
        "- apiVersion: v1\n  kind: Pod\n",
        "{\"apiVersion\": 1, \"kind\": 2}",
        "{\"a\": \"apiVersion kind\"}",
    ] {
        let tree = MemoryTree::new([("a.yaml", text)]);
        check(&tree, "a.yaml", Status::Ignored, "not a Kubernetes manifest");
    }
}

#[test]
fn what_cannot_be_read() {
    let tree = MemoryTree::default().with("b.yaml", POD.as_bytes());
    let work = palisade_sdk::parser::Work {
        root: String::new(),
        format: "kubernetes".to_owned(),
        files: vec!["absent.yaml".to_owned(), "b.yaml".to_owned()],
    };
    let parsed = Kubernetes.parse(&tree, &work, &[], &palisade_sdk::parser::Environment::default()).unwrap();
    assert_eq!(parsed.coverage[0].reason, "no such file");
    assert_eq!(parsed.coverage[1].status, Status::Scanned);
}

#[test]
fn line_ends_and_byte_order_mark() {
    let text = "apiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n---\r\napiVersion: v1\r\nkind: Pod\r\nmetadata: {name: b}\r\n";
    for text in [text.to_owned(), format!("\u{feff}{text}")] {
        let parsed = common::parse(&text);
        assert_eq!(parsed.coverage[0].status, Status::Scanned);
        let addresses: Vec<&str> = parsed.batch.resource_views().map(|view| view.address()).collect();
        assert_eq!(addresses, ["Pod/a", "Pod/b"]);
    }
}

#[test]
fn what_is_not_utf_8() {
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(POD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let tree = MemoryTree::default()
        .with("a.yaml", b"a: \xff")
        .with("b.yaml", b"apiVersion: v1\nkind: Pod\nmetadata: {name: a} # caf\xe9\n")
        .with("c.yaml", &wide);
    check(&tree, "a.yaml", Status::Ignored, "not a Kubernetes manifest");
    check(&tree, "b.yaml", Status::Scanned, "");
    check(&tree, "c.yaml", Status::Scanned, "");
}

#[test]
fn what_hides_its_kind() {
    for text in [
        "apiVersion: v1\n\"k\\x69nd\": Pod\n",
        "apiVersion: v1\n!!binary a2luZA==: Pod\n",
        "{\"api\\u0056ersion\": \"v1\", \"\\u006bind\": \"Pod\"}",
        "<<: {apiVersion: v1, kind: Pod}\n",
        "kind: List\nitems: [{apiVersion: v1, kind: Pod}]\n",
    ] {
        let tree = MemoryTree::new([("a.yaml", text)]);
        check(&tree, "a.yaml", Status::Scanned, "");
    }
}

#[test]
fn what_kubectl_refuses() {
    for (text, reason) in [
        ("metadata: {name: 1}", "`metadata.name` must be a text"),
        ("metadata: {labels: {a: 1}}", "`a` of `metadata.labels` must be a text"),
        ("metadata: {annotations: [a]}", "`metadata.annotations` must be a mapping"),
        ("metadata: text", "`metadata` must be a mapping"),
        ("metadata: {generation: 1.5}", "a whole number"),
        ("metadata: {creationTimestamp: 2024-01-01}", "a time such as"),
        ("metadata: {finalizers: [1]}", "a list of texts"),
        ("metadata: {ownerReferences: [{controller: x}]}", "true or false"),
        ("items: text", "what has `items` is a list"),
        (
            "items: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod}]}]",
            "no list within a list",
        ),
        ("items: [{apiVersion: v1, kind: Pod}, text]", "an item of a list is not a Kubernetes object"),
        ("---\na: b", "a document in it is not a Kubernetes object"),
    ] {
        let parsed = common::parse(&format!("apiVersion: v1\nkind: Thing\n{text}\n"));
        assert_eq!(parsed.coverage[0].status, Status::Partial, "{text}");
        assert!(parsed.coverage[0].reason.contains(reason), "{text}: {}", parsed.coverage[0].reason);
        assert!(!parsed.batch.resources.is_empty(), "{text}: it is judged all the same");
    }
    for (text, reason) in [
        ("--- {apiVersion: v1, kind: Pod}", "nothing but a comment behind `---`"),
        ("%YAML 1.1\n---\napiVersion: v1\nkind: Pod", "takes no directives"),
        ("apiVersion: v1\nkind: Pod\na: .inf", "no number for this value"),
        ("apiVersion: v1\nkind: Pod\na: !!int b", "does not fit its tag"),
        ("apiVersion: v1\nkind: Pod\n~: b", "a key is null"),
        ("apiVersion: v1\nkind: Pod\na: \"\\/\"", "no such escape"),
        ("apiVersion: v1\nkind: Pod\na: &b.c d", "the name of an anchor"),
        ("apiVersion: v1\nkind: Pod\na:\n-\tb", "a tab cannot indent"),
        ("apiVersion: v1\nkind: Pod\na: {\"b\"\n  : c}", "must be on one line"),
        ("apiVersion: v1\nkind: Pod\na: [b?]", "more than a text"),
        ("apiVersion: v1\nkind: Pod\na: [b:]", "a part of it"),
    ] {
        let parsed = common::parse(&format!("{text}\n"));
        assert_eq!(parsed.coverage[0].status, Status::Failed, "{text}");
        assert!(parsed.coverage[0].reason.contains(reason), "{text}: {}", parsed.coverage[0].reason);
    }
}

const PRIVILEGED: &str = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext: {privileged: true}
";

/// What a change may write in or beside a manifest to hide it from the scan. None of them is a valid manifest.
#[test]
fn what_hides_a_manifest() {
    let keys = |end: &str| (0..1_100).map(|number| format!("k{number}: 1")).collect::<Vec<_>>().join(end);
    let junk = keys("\n");
    for text in [
        "a: b\n---\n\u{feff}? apiVersion\n: v1\n? kind\n: Pod\n".to_owned(),
        "broken: [apiVersion, kind\n".to_owned(),
        format!("{PRIVILEGED}# {{{{ x }}}}\nbroken: [\n"),
    ] {
        let parsed = common::parse(&text);
        assert!(parsed.coverage[0].status >= Status::Partial, "{text}: {:?}", parsed.coverage[0]);
    }
    let parsed = common::parse(&format!("{junk}\n{PRIVILEGED}"));
    assert_eq!((parsed.coverage[0].status, parsed.batch.resources.len()), (Status::Scanned, 1));
    let pod = parsed.batch.resource(0).and_then(|it| it.shape("kubernetes.pod@1"));
    assert!(pod.is_some(), "its pod is looked at");
    let wide = keys(", ");
    let linked = format!(
        "x: &x {{{wide}, containers: []}}\napiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: *x\n"
    );
    let parsed = common::parse(&linked);
    assert_eq!(parsed.coverage[0].status, Status::Partial, "{}", parsed.coverage[0].reason);
    assert!(parsed.coverage[0].reason.contains("more than 1000 keys"), "{}", parsed.coverage[0].reason);
}

#[test]
fn a_whole_manifest_is_judged_though_it_is_named_as_a_patch() {
    let overlay = "patches:
- path: ../prod/pod.yaml
- path: part.yaml
- path: role.yaml
- path: binding.yaml
- path: several.yaml
- path: patch.json
- path: list.yaml
";
    let part = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      \
                containers:\n        - name: web\n          resources: {}\n";
    let tree = MemoryTree::new([
        ("docs/kustomization.yaml", overlay),
        ("prod/pod.yaml", PRIVILEGED),
        ("docs/part.yaml", part),
        (
            "docs/role.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: ['*']}]\n",
        ),
        (
            "docs/binding.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: r}\nsubjects: []\n",
        ),
        ("docs/several.yaml", &format!("{part}---\n{PRIVILEGED}")),
        ("docs/patch.json", "[{\"op\": \"remove\", \"path\": \"/spec/containers/0\"}]"),
        ("docs/list.yaml", "- op: remove\n  path: /spec\n"),
    ]);
    for path in ["prod/pod.yaml", "docs/role.yaml", "docs/several.yaml"] {
        check(&tree, path, Status::Scanned, "");
    }
    for path in ["docs/part.yaml", "docs/binding.yaml", "docs/patch.json", "docs/list.yaml"] {
        check(&tree, path, Status::Unsupported, "a Kustomize patch, not a whole manifest");
    }
}

#[test]
fn a_chart_has_a_name() {
    for (chart, status) in [
        ("", Status::Scanned),
        ("# name: x\n", Status::Scanned),
        ("name:\n", Status::Scanned),
        ("name: [", Status::Scanned),
        ("apiVersion: v2\nname: chart\n", Status::Unsupported),
    ] {
        let tree = MemoryTree::new([("c/Chart.yaml", chart), ("c/templates/pod.yaml", PRIVILEGED)]);
        check(&tree, "c/templates/pod.yaml", status, if status == Status::Scanned { "" } else { "Helm" });
    }
}
