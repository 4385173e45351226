//! Every key of `plugin.toml`, with valid and invalid values.

use std::collections::BTreeSet;

use palisade_bundle::{Capability, LimitRequest, Manifest, World};
use proptest::prelude::*;

/// The required keys.
const PLAIN: &str = r#"
name = "example"
version = "1.2.3"
world = "pack"
title = "An example"
"#;

/// The manifest with one line replaced, or added if its key is new.
fn with(line: &str) -> String {
    let key = line.split(['=', ' ']).next().unwrap_or("");
    let kept = PLAIN.lines().filter(|it| it.split(' ').next() != Some(key));
    kept.chain([line]).collect::<Vec<_>>().join("\n")
}

fn refused(text: &str) -> String {
    match Manifest::parse(text) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_required_keys_are_enough() {
    let manifest = Manifest::parse(PLAIN).unwrap();
    assert_eq!(manifest.name, "example");
    assert_eq!(manifest.version, "1.2.3");
    assert_eq!(manifest.world, World::Pack);
    assert_eq!(manifest.title, "An example");
    assert_eq!(manifest.description, "");
    assert_eq!(manifest.limits, LimitRequest::default());
    assert_eq!(manifest.settings.schema, None);
    assert_eq!(manifest.reach(), BTreeSet::from([Capability::Log]));
}

#[test]
fn every_key_may_be_set() {
    let manifest = Manifest::parse(
        r#"
        name = "a-1"
        version = "0.0.1"
        world = "provider"
        title = "All of it"
        description = "A sentence."
        license = "Apache-2.0"
        homepage = "https://palisade.dev"
        capabilities = ["http", "credentials", "clock", "settings", "state", "blobs"]
        hosts = ["api.github.com"]
        credentials = ["token"]

        [limits]
        cpu-ms = 1
        wall-ms = 2
        memory-mib = 3
        table-elements = 4
        output-mib = 5
        findings = 6
        log-lines = 7

        [settings]
        schema = "{}"
        "#,
    )
    .unwrap();
    assert_eq!(manifest.limits.cpu_ms, Some(1));
    assert_eq!(manifest.limits.wall_ms, Some(2));
    assert_eq!(manifest.limits.memory_mib, Some(3));
    assert_eq!(manifest.limits.table_elements, Some(4));
    assert_eq!(manifest.limits.output_mib, Some(5));
    assert_eq!(manifest.limits.findings, Some(6));
    assert_eq!(manifest.limits.log_lines, Some(7));
    assert_eq!(manifest.settings.schema.as_deref(), Some("{}"));
    let names: Vec<&str> = manifest.reach().into_iter().map(Capability::name).collect();
    assert_eq!(names, ["log", "clock", "settings", "state", "credentials", "blobs", "http"]);
}

#[test]
fn good_values_are_taken() {
    let longest = format!("name = \"{}\"", "a".repeat(64));
    let title = format!("title = \"{}\"", "t".repeat(200));
    for line in [
        "name = \"a\"",
        "name = \"kubernetes-2\"",
        "name = \"a--\"",
        &longest,
        "version = \"0.0.0\"",
        "version = \"4294967295.0.0\"",
        "world = \"parser\"",
        "world = \"detector\"",
        "world = \"provider\"",
        "world = \"notifier\"",
        "title = \"größe\"",
        &title,
        "capabilities = []",
        "capabilities = [\"log\", \"log\"]",
        "hosts = []",
        "limits = {}",
        "settings = {}",
    ] {
        assert_eq!(refused(&with(line)), "accepted", "{line}");
    }
}

#[test]
fn bad_values_are_named() {
    const NAME: &str = "expected a letter, then letters, digits and dashes, all lower case, at most 64";
    const VERSION: &str = "expected three numbers, such as 1.0.0";
    const TITLE: &str = "expected 1 to 200 bytes";
    let long_name = "a".repeat(65);
    let long_title = "t".repeat(201);
    for (key, value, rule) in [
        ("name", "", NAME),
        ("name", "1a", NAME),
        ("name", "-a", NAME),
        ("name", "Example", NAME),
        ("name", "an example", NAME),
        ("name", "../../etc", NAME),
        ("name", "größe", NAME),
        ("name", &long_name, NAME),
        ("version", "", VERSION),
        ("version", "1", VERSION),
        ("version", "1.0", VERSION),
        ("version", "1.0.0.0", VERSION),
        ("version", "1.0.x", VERSION),
        ("version", "1.0.-1", VERSION),
        ("version", "v1.0.0", VERSION),
        ("version", "+1.0.0", VERSION),
        ("version", "1.0.0-rc.1", VERSION),
        ("version", "1.0.4294967296", VERSION),
        ("title", "", TITLE),
        ("title", "  ", TITLE),
        ("title", &long_title, TITLE),
    ] {
        let line = format!("{key} = \"{value}\"");
        // An untrusted value is truncated.
        let shown: String = value.chars().take(80).collect();
        assert_eq!(
            refused(&with(&line)),
            format!("invalid value `{shown}` of `{key}` in the manifest: {rule}")
        );
    }
    for (line, message) in [
        (
            "name = \"a\\u001b[2J\\nb\"",
            "invalid value `a\\u{1b}[2J\\nb` of `name` in the manifest: expected a letter, then letters, digits and \
             dashes, all lower case, at most 64",
        ),
        (
            "hosts = [\"example.org\"]",
            "invalid value `…` of `hosts` in the manifest: requires the capability `http`",
        ),
        (
            "credentials = [\"token\"]",
            "invalid value `…` of `credentials` in the manifest: requires the capability `credentials`",
        ),
    ] {
        assert_eq!(refused(&with(line)), message);
    }
}

/// The first line of TOML's message, without the excerpt.
#[test]
fn unknown_keys_and_wrong_types_are_named() {
    for (line, part) in [
        ("colour = \"red\"", "unknown field `colour`"),
        ("Name = \"a\"", "unknown field `Name`"),
        ("name = 1", "invalid type: integer `1`, expected a string"),
        ("version = 1.0", "invalid type: floating point `1.0`, expected a string"),
        ("world = \"universe\"", "unknown variant `universe`"),
        ("world = \"Parser\"", "unknown variant `Parser`"),
        ("capabilities = \"http\"", "invalid type: string \"http\", expected a sequence"),
        ("capabilities = [\"files\"]", "unknown variant `files`"),
        ("hosts = [1]", "invalid type: integer `1`, expected a string"),
        ("limits = { cpu_ms = 1 }", "unknown field `cpu_ms`"),
        ("limits = { cpu-ms = -1 }", "invalid value: integer `-1`, expected u64"),
        ("limits = { memory-mib = \"1\" }", "invalid type: string \"1\", expected u64"),
        ("settings = { schema = {} }", "invalid type: map, expected a string"),
        ("settings = { default = \"{}\" }", "unknown field `default`"),
        ("name = ", "TOML parse error"),
    ] {
        let message = refused(&with(line));
        assert!(message.starts_with("invalid manifest: "), "{line}: {message}");
        assert!(message.contains(part), "{line}: {message}");
    }
    for key in ["name", "version", "world", "title"] {
        let without: Vec<&str> = PLAIN.lines().filter(|it| !it.starts_with(key)).collect();
        let message = refused(&without.join("\n"));
        assert!(message.contains(&format!("missing field `{key}`")), "{message}");
    }
}

/// The names in the manifest are those of the WIT interfaces.
#[test]
fn names_are_those_of_the_contract() {
    let text = |name: &str| palisade_wit::PACKAGES.iter().find(|(it, _)| *it == name).unwrap().1;
    let (worlds, host) = (text("worlds"), text("host"));
    for world in World::ALL {
        assert!(worlds.contains(&format!("world {world} {{")), "{world}");
        let manifest = Manifest::parse(&with(&format!("world = \"{world}\""))).unwrap();
        assert_eq!(manifest.world, world);
    }
    for capability in Capability::ALL {
        assert!(host.contains(&format!("interface {capability} {{")), "{capability}");
        let manifest = Manifest::parse(&with(&format!("capabilities = [\"{capability}\"]"))).unwrap();
        assert!(manifest.reach().contains(&capability));
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,80}", key in "(name|version|world|title|limits|hosts)", value in ".{0,20}") {
        let _ = Manifest::parse(&text);
        let _ = Manifest::parse(&with(&format!("{key} = {value:?}")));
    }
}
