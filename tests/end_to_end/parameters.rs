//! Parameters of controls: who may set what, and what a scan then finds.

use std::collections::BTreeSet;

use crate::place::Place;

const POD: &str = "apiVersion: v1
kind: Pod
metadata:
  name: agent
  namespace: shop
spec:
  hostUsers: true
  securityContext:
    runAsUser: 5000
    sysctls:
      - {name: net.core.somaxconn, value: \"1024\"}
  containers:
    - name: agent
      image: registry.example/agent:1.4.0
      ports:
        - {containerPort: 9100, hostPort: 9100}
      securityContext:
        capabilities: {add: [CAP_SYS_PTRACE]}
";

/// The four controls that have a parameter.
const CONTROLS: [&str; 4] = [
    "kubernetes-added-capability",
    "kubernetes-host-port",
    "kubernetes-low-user-id",
    "kubernetes-unsafe-sysctl",
];

const TREE: [&str; 9] = [
    "scan",
    "--format",
    "json",
    "--fail-on",
    "none",
    "--control",
    "kubernetes-{added,host-port,low,unsafe}*",
    "--jobs",
    "1",
];

fn place(files: &[(&str, &str)]) -> Place {
    let place = Place::with(&[("pod.yaml", POD)]);
    for (path, text) in files {
        place.write(path, text);
    }
    place
}

/// The controls that fail, without their common prefix, and the messages about ignored parameters.
fn found(place: &Place, options: &[&str]) -> (Vec<String>, Vec<String>) {
    let report = place.run(&[&TREE[..], options].concat()).ends(0).json();
    let failed = report["results"].as_array().unwrap().iter().filter(|it| it["status"] == "failed");
    let failed =
        failed.map(|it| it["control"].as_str().unwrap().trim_start_matches("kubernetes-").to_owned());
    let remarks =
        report["diagnostics"].as_array().unwrap().iter().filter(|it| it["code"] == "parameter-ignored");
    let failed: BTreeSet<String> = failed.collect();
    (failed.into_iter().collect(), remarks.map(|it| it["message"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn each_parameter_counts() {
    let place = place(&[]);
    let all: Vec<&str> = CONTROLS.iter().map(|it| it.trim_start_matches("kubernetes-")).collect();
    assert_eq!(found(&place, &[]).0, all);
    for (set, gone) in [
        ("kubernetes-added-capability.allowed=[\"SYS_PTRACE\"]", "added-capability"),
        ("kubernetes-added-capability.allowed=[\"SYS_*\"]", "added-capability"),
        ("kubernetes-added-capability.allowed=[\"SYS_ADMIN\"]", ""),
        ("kubernetes-host-port.allowed=[9100]", "host-port"),
        ("kubernetes-host-port.allowed=[910, 9101]", ""),
        ("kubernetes-low-user-id.minimum=5000", "low-user-id"),
        ("kubernetes-low-user-id.minimum=5001", ""),
        ("kubernetes-unsafe-sysctl.allowed=[\"net.core.*\"]", "unsafe-sysctl"),
    ] {
        let left: Vec<&str> = all.iter().copied().filter(|it| *it != gone).collect();
        assert_eq!(found(&place, &["--set", set]).0, left, "{set}");
        // Results that were cached for other values are not used.
        assert_eq!(found(&place, &[]).0, all, "{set}");
    }
}

#[test]
fn a_message_names_the_number_that_was_set() {
    let place = place(&[]);
    let run = place.run(&[&TREE[..], &["--set", "kubernetes-low-user-id.minimum=6000"]].concat());
    run.ends(0).prints(&["set `spec.securityContext.runAsUser` to at least 6000"]);
}

#[test]
fn an_option_is_above_the_users_file() {
    let place = place(&[]);
    std::fs::create_dir_all(place.home()).unwrap();
    let settings = "[parameters.kubernetes-low-user-id]\nminimum = 20000\n";
    std::fs::write(place.home().join("config.toml"), settings).unwrap();
    let run = |options: &[&str]| place.run(&[&TREE[..], options].concat()).ends(0);
    run(&[]).prints(&["at least 20000"]);
    let less = run(&["--set", "kubernetes-low-user-id.minimum=2000"]);
    assert!(!less.out.contains("low-user-id"), "{}", less.out);
    // Of two options the last one counts.
    let twice =
        ["--set", "kubernetes-low-user-id.minimum=2000", "--set", "kubernetes-low-user-id.minimum=7000"];
    run(&twice).prints(&["at least 7000"]);
}

#[test]
fn a_repository_can_only_be_stricter() {
    for (settings, options, low, remark) in [
        ("[parameters.kubernetes-low-user-id]\nminimum = 20000\n", &[][..], "at least 20000", ""),
        (
            "[parameters.kubernetes-low-user-id]\nminimum = 100\n",
            &[],
            "at least 10000",
            "palisade.toml:2: value `100` of `kubernetes-low-user-id.minimum` is ignored: it is less strict than `10000`, \
             which is set",
        ),
        (
            "strict = false\n[parameters]\nkubernetes-low-user-id = { minimum = 6000 }\n",
            &["--set", "kubernetes-low-user-id.minimum=5500"],
            "at least 6000",
            "",
        ),
        (
            "[parameters.acme-control]\nallowed = []\n",
            &[],
            "at least 10000",
            "palisade.toml:2: control `acme-control` not found: see `palisade controls`; the value is ignored",
        ),
        (
            "[parameters.kubernetes-host-port]\nallowed = [9100]\n",
            &[],
            "uses host port 9100",
            "palisade.toml:2: value `[9100]` of `kubernetes-host-port.allowed` is ignored: it is less strict than `[]`, \
             which is set",
        ),
        // Fewer values than the administrator allows.
        (
            "[parameters.kubernetes-host-port]\nallowed = []\n",
            &["--set", "kubernetes-host-port.allowed=[9100]"],
            "uses host port 9100",
            "",
        ),
    ] {
        let place = place(&[("palisade.toml", settings)]);
        let run = place.run(&[&TREE[..], options].concat());
        let remarks = found(&place, options).1;
        run.ends(0).prints(&[low]);
        assert_eq!(remarks.join("\n"), remark, "{settings}");
    }
}

#[test]
fn the_parameters_of_the_base_count() {
    let place = place(&[("palisade.toml", "[parameters.kubernetes-low-user-id]\nminimum = 20000\n")]);
    place.commit();
    place.write("palisade.toml", "");
    place.write("pod.yaml", POD.replace("name: agent", "name: other").replace("5000", "15000"));
    let arguments = [&TREE[..], &["--base", "HEAD"]].concat();
    let run = place.run(&arguments).ends(0).prints(&["at least 20000"]);
    run.reports(&["the change modifies in `palisade.toml`: parameters"]);
}

#[test]
fn what_cannot_be_set_is_wrong_use() {
    let place = place(&[]);
    for (set, expected) in [
        ("minimum=1", "expected CONTROL.NAME=JSON"),
        ("kubernetes-low-user-id.minimum", "expected CONTROL.NAME=JSON"),
        ("kubernetes-low-user-id.minimum=many", "value `many` is invalid JSON"),
        (
            "kubernetes-low-user-id.minimum=\"9\"",
            "invalid value `\"9\"` for `kubernetes-low-user-id.minimum`: \"9\" is not of type",
        ),
        ("kubernetes-low-user-id.minimum=0", "0 is less than the minimum of 1"),
        ("kubernetes-host-port.allowed=[1, 91000]", "/1: 91000 is greater than the maximum of 65535"),
        (
            "kubernetes-low-user-id.least=1",
            "control `kubernetes-low-user-id` has no parameter `least`: expected `minimum`",
        ),
        (
            "kubernetes-host-ipc.least=1",
            "control `kubernetes-host-ipc` has no parameter `least`: it has none",
        ),
        ("kubernetes-low-user.minimum=1", "control `kubernetes-low-user` not found: see `palisade controls`"),
    ] {
        place.run(&[&TREE[..], &["--set", set]].concat()).ends(2).reports(&[expected]);
    }
    let long = format!("[parameters.{}]\nminimum = 1\n", "x".repeat(200));
    let names: Vec<String> = (0..1_001).map(|it| format!("c{it} = {{ minimum = 1 }}\n")).collect();
    let many = format!("[parameters]\n{}", names.concat());
    for (settings, expected) in [
        (
            "[parameters.kubernetes-low-user-id]\nminimum = 2026-01-01\n",
            "line 2: `minimum`: dates are unsupported: write a text",
        ),
        ("[parameters.kubernetes-low-user-id]\nminimum = \"x\"\n", "palisade.toml:2: invalid value `\"x\"`"),
        ("[parameters]\nkubernetes-low-user-id = 1\n", "invalid type: integer `1`"),
        (long.as_str(), "a name has more than 128 bytes"),
        (many.as_str(), "there are more than 1000"),
    ] {
        place.write("palisade.toml", settings);
        place.run(&TREE).ends(2).reports(&[expected]);
    }
}

#[test]
fn who_set_what_is_shown() {
    let place = place(&[("palisade.toml", "[parameters.kubernetes-host-port]\nallowed = []\n")]);
    let run =
        place.run(&["config", "show", "--format", "table", ".", "--set", "kubernetes-low-user-id.minimum=9"]);
    run.ends(0).prints(&[
        "kubernetes-low-user-id.minimum=9",
        "option --set",
        "kubernetes-host-port.allowed=[]",
        "palisade.toml:2",
    ]);
    place
        .run(&["controls", "kubernetes-low-user-id", "--format", "markdown"])
        .ends(0)
        .prints(&["| `minimum` | The lowest user id that is high enough | `10000` | larger numbers |"]);
}
