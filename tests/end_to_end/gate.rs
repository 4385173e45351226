//! No change weakens its own gate.

use palisade_tests::core_module;

use crate::place::{POD, Place, text};

const RULE: &str = "package main\n\nimport rego.v1\n\ndeny contains \"never\" if input.kind == \"Nothing\"\n";

#[test]
fn the_settings_of_the_base_count() {
    let place = Place::with(&[("README.md", "")]);
    place.commit();
    place.write("pod.yaml", POD);
    for (settings, expected) in [
        ("exclude = [\"**\"]\n", "exclude `**`"),
        ("exclude = [\"pod.yaml\", \"x\"]\n", "exclude `pod.yaml`, exclude `x`"),
        ("strict = false\n", "strict"),
    ] {
        place.write("palisade.toml", settings);
        place.run(&["scan", "--base", "HEAD", "--format", "json"]).ends(1).reports(&[expected]);
    }
    // Once they are in the base they count, without a message.
    place.write("palisade.toml", "exclude = [\"pod.yaml\"]\n");
    place.commit();
    place.write("pod.yaml", POD.replace("name: ", "name: other-"));
    place.run(&["scan", "--base", "HEAD", "--format", "json"]).ends_silently(0);
    // Settings that a change deletes are in force until it is merged.
    std::fs::remove_file(place.path("palisade.toml")).unwrap();
    place.run(&["scan", "--base", "HEAD", "--format", "json"]).ends(0).reports(&["exclude `pod.yaml`"]);
    // A file that `--config` names is used as it is.
    place.write("own.toml", "exclude = []\n");
    place.run(&["scan", "--base", "HEAD", "--config", "own.toml", "--format", "json"]).ends_silently(1);
}

#[test]
fn a_name_of_a_pack_is_never_a_path() {
    let place =
        Place::with(&[("pod.yaml", POD), ("kubernetes-controls/rule.rego", RULE), ("own/rule.rego", RULE)]);
    place.run(&["scan", "--pack", "kubernetes-controls", "--format", "json"]).ends(1);
    place.run(&["scan", "--pack", "./own", "--format", "json"]).ends(0);
    place.run(&["scan", "--pack", "own"]).ends(2).reports(&["pack `own` not found", "write `./own`"]);
    place.run(&["scan", "--pack", "nowhere"]).ends(2).reports(&["pack `nowhere` not found"]);
}

#[test]
fn no_plugin_takes_the_place_of_a_built_in_one_unasked() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let module = core_module("palisade_policies_gcp");
    for (file, name) in [("parser", "kubernetes"), ("pack", "gcp-controls")] {
        let manifest =
            format!("name = \"{name}\"\nversion = \"1.0.0\"\nworld = \"pack\"\ntitle = \"Other\"\n");
        place.write("plugin.toml", manifest);
        place.run(&["plugin", "build", text(&module), "-o", &format!("{file}.wasm")]).ends(0);
    }
    for replace in [&[][..], &["--replace", "kubernetes"]] {
        let arguments = [&["scan", "--plugin", "parser.wasm"], replace].concat();
        place
            .run(&arguments)
            .ends(2)
            .reports(&["`kubernetes` is a built-in parser", "no pack can take its place"]);
    }
    place
        .run(&["scan", "--plugin", "pack.wasm"])
        .ends(2)
        .reports(&["`gcp-controls` is a built-in pack", "--replace gcp-controls"]);
    let replaced = ["scan", "--plugin", "pack.wasm", "--replace", "gcp-controls"];
    for format in ["json", "table", "markdown", "sarif"] {
        let run = place.run(&[&replaced[..], &["--format", format]].concat()).ends(1);
        assert!(run.out.contains("replaces the built-in pack "), "{}", run.out);
    }

    // None of its controls applies to anything in the tree.
    place
        .run(&[&replaced[..], &["--format", "json", "-v"]].concat())
        .ends(1)
        .reports(&["warning: control `gcp-", "` of `gcp-controls` applies to nothing here"]);

    place.run(&["plugin", "check", "pack.wasm"]).ends(2).reports(&["--replace gcp-controls"]);
    place.run(&["plugin", "install", "pack.wasm"]).ends(2).reports(&["--replace gcp-controls"]);
    place
        .run(&["plugin", "install", "pack.wasm", "--replace", "kubernetes"])
        .ends(2)
        .reports(&["cannot replace"]);
    place.run(&["plugin", "install", "pack.wasm", "--replace", "gcp-controls"]).ends(0);
    for command in [&["plugin", "list", "--format", "table"][..], &["doctor", "--format", "table"]] {
        let run = place.run(command).ends(0);
        assert!(run.out.contains("replaces the built-in one"), "{command:?}: {}", run.out);
    }
    let run = place.run(&["scan", "--format", "json"]).ends(1);
    assert!(run.out.contains("replaces the built-in pack"), "{}", run.out);
}

#[test]
fn a_change_that_began_at_several_commits_is_not_compared_with_one_of_them() {
    let place = Place::with(&[("a.yaml", POD)]);
    place.commit();
    place.git(&["branch", "other"]);
    place.write("b.txt", "");
    place.commit();
    let one = place.git(&["rev-parse", "HEAD"]).trim().to_owned();
    place.git(&["checkout", "--quiet", "other"]);
    place.write("c.txt", "");
    place.commit();
    let other = place.git(&["rev-parse", "HEAD"]).trim().to_owned();
    // Each branch is merged into the other.
    place.git(&["merge", "--quiet", "--no-edit", &one]);
    place.git(&["checkout", "--quiet", "--detach", &one]);
    place.git(&["merge", "--quiet", "--no-edit", &other]);
    place.run(&["scan", "--base", "other"]).ends(2).reports(&["several merge bases", &one, &other]);
    place.run(&["scan", "--base", &one, "--format", "json"]).ends(0);
}
