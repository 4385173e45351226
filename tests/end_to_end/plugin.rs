//! Plugins as an administrator handles them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use palisade_tests::{built_in, core_module, guest, top};

use crate::place::{POD, PRIVILEGED, Place, stable, text};

fn manifest() -> PathBuf {
    top().join("plugins/parsers/kubernetes/plugin.toml")
}

/// Name and origin of each enabled plugin, by name.
fn listed(place: &Place) -> String {
    let list = place.run(&["plugin", "list"]).ends_silently(0).json();
    let plugins = list.as_array().unwrap().iter();
    let mut text: Vec<String> = plugins
        .map(|it| format!("{} {}", it["plugin"]["name"].as_str().unwrap(), it["from"].as_str().unwrap()))
        .collect();
    text.sort();
    text.join(", ")
}

/// The only file in a folder, however deep.
fn only_file(folder: &Path) -> PathBuf {
    let mut entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let (one, more) = (entries.next().unwrap(), entries.next());
    assert_eq!(more, None);
    if one.is_dir() { only_file(&one) } else { one }
}

/// Removes lengths of code, which differ between versions of the engine.
fn steps(text: &str) -> String {
    let line = |line: &str| match line.strip_suffix(" bytes of code") {
        Some(rest) => format!(
            "{} [bytes] bytes of code",
            rest.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end()
        ),
        None => match line.strip_suffix(" bytes") {
            Some(rest) => {
                format!("{} [bytes] bytes", rest.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end())
            }
            None => line.to_owned(),
        },
    };
    stable(&text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

#[test]
fn what_is_there_is_listed() {
    let place = Place::new();
    assert_snapshot!("list", place.run(&["plugin", "list", "--format", "table"]).ends_silently(0).out);
    assert_eq!(
        listed(&place),
        "aws-controls built-in, azure-controls built-in, azure-devops built-in, bitbucket built-in, documents built-in, gcp-controls built-in, github built-in, gitlab built-in, kubernetes built-in, kubernetes-controls built-in, terraform built-in"
    );
    assert!(!place.home().exists(), "looking leaves nothing behind");
}

#[test]
fn a_file_says_what_it_is() {
    let place = Place::with(&[("notes.txt", "no plugin")]);
    for name in ["kubernetes", "kubernetes-controls"] {
        let file = built_in(name);
        let inspect = |format| place.run(&["plugin", "inspect", text(&file), "--format", format]);
        assert_snapshot!(format!("inspect_{name}"), steps(&inspect("table").ends_silently(0).out));
        let json = inspect("json").ends_silently(0).json();
        assert_eq!(
            (&json["plugin"]["name"], &json["size"]),
            (&name.into(), &fs::metadata(&file).unwrap().len().into())
        );
        assert_eq!(json["made_for"], json["plugin"]["world"]);
    }
    place
        .run(&["plugin", "inspect", "notes.txt"])
        .ends(2)
        .reports(&["`notes.txt`", "not a WebAssembly component"]);
    place
        .run(&["plugin", "inspect", text(&core_module("palisade_parser_kubernetes"))])
        .ends(2)
        .reports(&["component"]);
    assert!(!place.home().exists(), "nothing was run");
}

#[test]
fn a_file_is_checked_step_by_step() {
    let place = Place::with(&[("notes.txt", "no plugin")]);
    let file = built_in("kubernetes");
    let check = || place.run(&["plugin", "check", text(&file)]).ends_silently(0).out;
    assert_snapshot!("check", steps(&check()));
    assert!(check().contains("ok       compile   compiled before\n"));
    let key = place.home().join("key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "only its owner may read it");
    assert_eq!(fs::metadata(place.home()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(
        listed(&place),
        "aws-controls built-in, azure-controls built-in, azure-devops built-in, bitbucket built-in, documents built-in, gcp-controls built-in, github built-in, gitlab built-in, kubernetes built-in, kubernetes-controls built-in, terraform built-in",
        "checked is not installed"
    );

    let module = core_module("palisade_parser_kubernetes");
    for (file, grants, step) in [
        ("gone.wasm", &[][..], "size"),
        (".", &[], "size"),
        ("notes.txt", &[], "validity"),
        (text(&module), &[], "validity"),
        (text(&guest("wasi_import")), &[], "world"),
        (text(&guest("world_lies")), &[], "manifest"),
        (text(&guest("http_import")), &["--grant", "http=example.org"], "world"),
        (text(&guest("describe_traps")), &[], "describe"),
    ] {
        let ran = place.run(&[&["plugin", "check", file], grants].concat());
        let ran = ran.ends(2).reports(&["error: plugin `", file, &format!("refused at step `{step}`")]);
        let last = ran.out.lines().find(|line| line.starts_with("refused  ")).unwrap();
        assert!(last.starts_with(&format!("refused  {step} ")), "{file}: {last}");
        assert_eq!(ran.out.lines().count(), 9, "{file}: each step is told");
        place.run(&[&["plugin", "install", file], grants].concat()).ends(2);
        assert!(!place.home().join("plugins.lock").exists(), "{file}");
    }
}

#[test]
fn what_is_asked_for_must_be_granted() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let asks = "capabilities = [\"http\"]\nhosts = [\"example.org\"]\n";
    place.write("plugin.toml", format!("{asks}{}", fs::read_to_string(manifest()).unwrap()));
    place
        .run(&["plugin", "build", text(&core_module("palisade_parser_kubernetes")), "-o", "asks.wasm"])
        .ends_silently(0);
    for (grants, missing) in [
        (&[][..], "capability `http`, host `example.org`"),
        (&["--grant", "log"], "capability `http`, host `example.org`"),
        (&["--grant", "http"], "host `example.org`"),
        (&["--grant", "http=example.com"], "host `example.org`"),
    ] {
        for command in ["check", "install"] {
            let ran = place.run(&[&["plugin", command, "asks.wasm"], grants].concat());
            ran.ends(2).reports(&[
                "step `grants`",
                &format!("it requests {missing}, which is not granted"),
                "--grant",
            ]);
        }
    }
    place.run(&["scan", "--plugin", "asks.wasm"]).ends(2).reports(&["step `grants`"]);
    let install = ["plugin", "install", "asks.wasm", "--grant", "http=example.org"];
    place.run(&[&install[..], &["--replace", "kubernetes"]].concat()).ends_silently(0);
    place.run(&["scan"]).ends_silently(1);
}

#[test]
fn an_installed_plugin_takes_part() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let file = built_in("kubernetes");
    let before = place.run(&["scan"]).ends_silently(1).out;
    let install = place.run(&["plugin", "install", text(&file)]).ends_silently(0).out;
    assert!(install.ends_with("\ninstalled kubernetes 0.1.0\n"), "{install}");
    assert_eq!(
        listed(&place),
        "aws-controls built-in, azure-controls built-in, azure-devops built-in, bitbucket built-in, documents built-in, gcp-controls built-in, github built-in, gitlab built-in, kubernetes installed, kubernetes-controls built-in, terraform built-in"
    );
    let ran = place.run(&["scan", "-v"]).ends(1);
    assert_eq!(ran.out, before, "the same plugin, the same report");

    // A second installation changes nothing.
    place.run(&["plugin", "install", text(&file)]).ends_silently(0);
    assert_eq!(
        listed(&place),
        "aws-controls built-in, azure-controls built-in, azure-devops built-in, bitbucket built-in, documents built-in, gcp-controls built-in, github built-in, gitlab built-in, kubernetes installed, kubernetes-controls built-in, terraform built-in"
    );
    let removed = place.run(&["plugin", "remove", "kubernetes"]).ends_silently(0).out;
    assert_eq!(removed, "removed kubernetes 0.1.0\n");
    assert_eq!(
        listed(&place),
        "aws-controls built-in, azure-controls built-in, azure-devops built-in, bitbucket built-in, documents built-in, gcp-controls built-in, github built-in, gitlab built-in, kubernetes built-in, kubernetes-controls built-in, terraform built-in"
    );
    assert_eq!(fs::read_dir(place.home().join("plugins")).unwrap().count(), 0, "its file is gone too");
    assert_eq!(place.run(&["scan"]).ends_silently(1).out, before);
    place.run(&["plugin", "remove", "kubernetes"]).ends(2).reports(&["`kubernetes`"]);
}

#[test]
fn a_given_plugin_takes_part_once() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let (parser, pack) = (built_in("kubernetes"), built_in("kubernetes-controls"));
    let before = place.run(&["scan"]).ends_silently(1).out;
    for arguments in [
        &["--plugin", text(&parser)][..],
        &["--plugin", text(&parser), "--plugin", text(&pack)],
        &["--pack", text(&pack)],
        &["--pack", "kubernetes-controls", "--plugin", text(&parser)],
    ] {
        assert_eq!(place.run(&[&["scan"], arguments].concat()).ends_silently(1).out, before, "{arguments:?}");
    }
    let twice = ["scan", "--plugin", text(&parser), "--plugin", text(&parser)];
    place.run(&twice).ends(2).reports(&["two plugins are named `kubernetes`"]);
    assert!(!place.home().join("plugins.lock").exists(), "given is not installed");
}

#[test]
fn a_changed_file_is_refused() {
    let place = Place::with(&[("pod.yaml", POD)]);
    place.run(&["plugin", "install", text(&built_in("kubernetes"))]).ends_silently(0);
    let kept = only_file(&place.home().join("plugins"));
    let good = fs::read(&kept).unwrap();
    let (lock, controls) =
        (place.home().join("plugins.lock"), fs::read(built_in("kubernetes-controls")).unwrap());
    let longer = [&good[..], &[0]].concat();
    for (what, bytes) in [("longer", &longer[..]), ("another", &controls), ("empty", b"")] {
        fs::write(&kept, bytes).unwrap();
        for command in [&["scan"][..], &["parse"], &["controls"], &["plugin", "list"]] {
            let ran = place.run(command).ends(2).reports(&[
                "plugin `kubernetes`",
                "step `digest`",
                "install it again",
            ]);
            assert_eq!(ran.out, "", "{what}");
        }
    }
    fs::remove_file(&kept).unwrap();
    place.run(&["scan"]).ends(2).reports(&["plugin `kubernetes`", "step `size`"]);
    place.run(&["plugin", "install", text(&built_in("kubernetes"))]).ends_silently(0);
    place.run(&["scan"]).ends_silently(1);

    for bad in ["plugins", "[[plugin]]\nname = \"x\"\nversion = \"1\"\nsha256 = \"no\"\n", "\u{0}"] {
        fs::write(&lock, bad).unwrap();
        place.run(&["scan"]).ends(2).reports(&["plugins.lock` is invalid", "install the plugins again"]);
    }
}

#[test]
fn changed_code_is_compiled_again() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let file = built_in("kubernetes");
    place.run(&["plugin", "install", text(&file)]).ends_silently(0);
    let before = place.run(&["scan"]).ends_silently(1).out;
    let entry = only_file(&place.home().join("cache/code"));
    let good = fs::read(&entry).unwrap();
    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    for (what, bytes) in [("changed", &changed[..]), ("cut", &good[..good.len() / 2]), ("empty", b"")] {
        fs::write(&entry, bytes).unwrap();
        assert_eq!(place.run(&["scan"]).ends_silently(1).out, before, "{what}");
        assert!(fs::read(&entry).unwrap() != bytes, "{what}: a good one takes its place");
        fs::write(&entry, bytes).unwrap();
        let check = || place.run(&["plugin", "check", text(&file)]).ends_silently(0).out;
        assert!(check().contains("bytes of code\n"), "{what}");
        assert!(check().contains("compiled before\n"), "{what}");
    }
    // With another key, nothing that the former one signed counts.
    fs::write(place.home().join("key"), [7; 32]).unwrap();
    assert_eq!(place.run(&["scan"]).ends_silently(1).out, before);
    fs::write(place.home().join("key"), "short").unwrap();
    let ran =
        place.run(&["scan"]).ends(1).reports(&["warning: compiled plugins are not cached", "remove it"]);
    assert_eq!(ran.out, before);
}

#[test]
fn a_plugin_is_built() {
    let place = Place::with(&[
        ("pod.yaml", POD),
        ("notes.txt", "no module"),
        ("empty.toml", ""),
        ("odd.toml", "name = \"x\"\nversion = \"1.0.0\"\nworld = \"moon\"\n"),
    ]);
    let (module, manifest, ready) =
        (core_module("palisade_parser_kubernetes"), manifest(), built_in("kubernetes"));
    let build = |module: &str, manifest: &str, output: &str| {
        place.run(&["plugin", "build", module, "--manifest", manifest, "-o", output])
    };
    assert_eq!(build(text(&module), text(&manifest), "made.wasm").ends_silently(0).out, "");
    assert!(
        fs::read(place.path("made.wasm")).unwrap() == fs::read(&ready).unwrap(),
        "as the built-in one is made"
    );
    place.run(&["plugin", "check", "made.wasm"]).ends_silently(0);
    let scan = ["scan", "--plugin", "made.wasm", "--control", PRIVILEGED];
    assert_eq!(place.run(&scan).ends_silently(1).violations(), 1);

    for (module, manifest, output, words) in [
        ("gone.wasm", text(&manifest), "x.wasm", &["`gone.wasm`"][..]),
        (text(&module), "gone.toml", "x.wasm", &["`gone.toml`"]),
        (text(&module), "empty.toml", "x.wasm", &["invalid manifest", "name"]),
        (text(&module), "odd.toml", "x.wasm", &["invalid manifest", "moon"]),
        ("notes.txt", text(&manifest), "x.wasm", &["`notes.txt`"]),
        (text(&ready), text(&manifest), "x.wasm", &["kubernetes.wasm`"]),
        (text(&module), text(&manifest), "gone/x.wasm", &["cannot write `gone/x.wasm`"]),
    ] {
        build(module, manifest, output).ends(2).reports(words);
        assert!(!place.path(output).exists(), "{output}");
    }
    // If none is named, the manifest is the one in the folder.
    place.run(&["plugin", "build", text(&module), "-o", "x.wasm"]).ends(2).reports(&["`plugin.toml`"]);
    fs::copy(&manifest, place.path("plugin.toml")).unwrap();
    place.run(&["plugin", "build", text(&module), "-o", "x.wasm"]).ends_silently(0);
}

#[test]
fn an_installation_that_cannot_be_written() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let file = built_in("kubernetes");
    let home = [("PALISADE_HOME", "/proc/none")];
    // A scan does not need the installation.
    place.run_with(&home, &["scan"]).ends_silently(1);
    place
        .run_with(&home, &["scan", "--plugin", text(&file)])
        .ends(1)
        .reports(&["warning: ", "set PALISADE_HOME"]);
    place.run_with(&home, &["plugin", "install", text(&file)]).ends(2).reports(&["set PALISADE_HOME"]);
}

/// A plugin adds a table of shapes to those of this program: a contradiction is refused, and a new kind gets the shape.
#[test]
fn a_stranger_brings_a_table_of_shapes() {
    let place = Place::with(&[(
        "widget.yaml",
        "apiVersion: acme.com/v1\nkind: Widget\nmetadata: {name: web}\nspec:\n  pod:\n    spec:\n      hostNetwork: true\n      \
         containers: [{name: web, image: 'registry.example/web:1.4.0'}]\n",
    )]);
    let module = core_module("palisade_policies_kubernetes");
    let own = fs::read_to_string(top().join("policies/kubernetes/plugin.toml")).unwrap();
    let scan = || {
        let scan = ["scan", "--control", "kubernetes-host-network", "--format", "json"];
        let scan = [&scan[..], &["--plugin", "pack.wasm", "--replace", "kubernetes-controls"]].concat();
        place.run(&scan)
    };
    let source = |kind: &str| {
        format!(
            "[[shapes.extend.from]]\nformats = [\"kubernetes\"]\nkinds = [\"{kind}\"]\nat = \"spec.pod\"\n"
        )
    };
    let extend = |kind: &str| format!("[[shapes.extend]]\nid = \"kubernetes.pod@1\"\n{}", source(kind));
    for (table, expected) in [
        (
            extend("Deployment"),
            "kind `Deployment` (kubernetes) already has shape `kubernetes.pod@1` by a table of `palisade`",
        ),
        (
            extend("Deployment").replace("extend", "define"),
            "shape `kubernetes.pod@1` of `kubernetes-controls` is already defined by `palisade`",
        ),
        (
            extend("Widget.acme.com")
                .replace("[[shapes.extend.from]]", "keys = [\"spec\"]\n[[shapes.extend.from]]"),
            "unknown field `keys`, expected `id` or `from`",
        ),
    ] {
        place.write("plugin.toml", format!("{own}\n{table}"));
        let built = place.run(&["plugin", "build", text(&module), "-o", "pack.wasm"]);
        if built.status == 0 {
            scan().ends(2).reports(&["refused at step `manifest`", expected]);
        } else {
            built.ends(2).reports(&[expected]);
        }
    }
    for (table, found) in [(String::new(), 0), (extend("Widget.acme.com"), 1)] {
        place.write("plugin.toml", format!("{own}\n{table}"));
        place.run(&["plugin", "build", text(&module), "-o", "pack.wasm"]).ends(0);
        let report = scan().ends(i32::from(found > 0)).json();
        let results = report["results"].as_array().unwrap();
        assert_eq!(results.len(), found, "{report:#}");
        if let Some(result) = results.first() {
            assert_eq!(result["location"]["start"]["line"], 7, "{result:#}");
        }
    }
}
