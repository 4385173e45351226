//! Dependencies point down.

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use palisade_tests::top;

/// The crates of the host from the bottom up: a crate may use only those with a smaller number.
const HOST: &[(&str, u32)] = &[
    ("palisade-wit", 0),
    ("palisade-tape", 0),
    ("palisade-shapes", 1),
    ("palisade-bundle", 2),
    ("palisade-shape-tables", 2),
    ("palisade-rego-order", 0),
    ("palisade-domain", 1),
    ("palisade-source", 1),
    ("palisade-report", 2),
    ("palisade-capabilities", 2),
    ("palisade-store", 2),
    ("palisade-outbound", 3),
    ("palisade-sandbox", 3),
    ("palisade-modules", 4),
    ("palisade-catalog", 4),
    ("palisade-packs", 5),
    ("palisade-scan", 5),
    ("palisade-service", 6),
    ("palisade-web", 7),
    ("palisade", 8),
];

/// The crates for plugin authors, and which of our crates each may use.
const SDK: &[(&str, &[&str])] = &[
    // The tables of shapes are used by its test harness.
    ("palisade-sdk", &["palisade-tape", "palisade-shape-tables"]),
    // The parts of Go that Terraform and OPA use; not a plugin itself.
    ("palisade-go", &[]),
    // A part of packs in Rego; not a plugin itself.
    ("palisade-rego-builtins", &["palisade-go"]),
    // Parts of parsers; not plugins themselves.
    ("palisade-text", &["palisade-sdk"]),
    ("palisade-yaml", &["palisade-sdk", "palisade-text"]),
    ("palisade-parser-kubernetes", &["palisade-sdk", "palisade-text", "palisade-yaml"]),
    // Parts of the Terraform parser; not plugins themselves.
    ("palisade-terraform-syntax", &["palisade-text"]),
    ("palisade-terraform-values", &[]),
    ("palisade-terraform-functions", &["palisade-go", "palisade-terraform-values"]),
    // A part of packs in Rego; not a plugin itself.
    ("palisade-rego", &[]),
    // The engine that becomes a pack, and the interface between it and the host.
    (
        "palisade-rego-engine",
        &["palisade-sdk", "palisade-rego", "palisade-rego-builtins", "palisade-rego-order"],
    ),
    (
        "palisade-parser-terraform",
        &[
            "palisade-sdk",
            "palisade-text",
            "palisade-yaml",
            "palisade-terraform-syntax",
            "palisade-terraform-values",
            "palisade-terraform-functions",
        ],
    ),
    (
        "palisade-parser-documents",
        &["palisade-sdk", "palisade-text", "palisade-terraform-syntax", "palisade-yaml"],
    ),
];

/// Plugins: of our crates they use only the SDK, as third-party plugins do.
const PLUGINS: &[&str] = &[
    "palisade-policies-aws",
    "palisade-policies-azure",
    "palisade-policies-gcp",
    "palisade-policies-kubernetes",
    "palisade-provider-azure-devops",
    "palisade-provider-bitbucket",
    "palisade-provider-github",
    "palisade-provider-gitlab",
    "palisade-test-guests",
];

/// Tools and tests, which may use all crates.
const FREE: &[&str] = &[
    "palisade-fake-azure-devops",
    "palisade-fake-bitbucket",
    "palisade-fake-github",
    "palisade-fake-gitlab",
    "palisade-fake-host",
    "palisade-tests",
    "xtask",
];

/// Crates that only these crates may name, in any kind of dependency.
const RESERVED: &[(&str, &[&str])] = &[
    ("wasmtime", &["palisade-sandbox"]),
    ("wasmtime-wizer", &["palisade-sandbox"]),
    ("gix", &["palisade-source"]),
    ("gix-transport", &["palisade-source"]),
    (
        "reqwest",
        &[
            "palisade-fake-azure-devops",
            "palisade-fake-bitbucket",
            "palisade-fake-github",
            "palisade-fake-gitlab",
            "palisade-fake-host",
            "palisade-modules",
            "palisade-outbound",
            "palisade-tests",
        ],
    ),
    ("cap-std", &["palisade-source"]),
    ("cap-fs-ext", &["palisade-source"]),
];

/// Crates that a crate must not depend on.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("palisade-tape", &["tokio", "wasmtime", "reqwest", "serde"]),
    ("palisade-domain", &["tokio", "wasmtime", "reqwest", "gix", "cap-std"]),
    ("palisade-report", &["tokio", "wasmtime", "reqwest"]),
    // Only the service uses the database: `tests/house/views.rs`.
    ("palisade-web", &["palisade-store"]),
];

fn packages() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(top().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo metadata");
    metadata.packages
}

fn rank(name: &str) -> Option<u32> {
    HOST.iter().find(|(room, _)| *room == name).map(|(_, rank)| *rank)
}

/// The crates of this workspace that a package is built with.
fn ours<'a>(package: &'a Package, all: &'a [Package]) -> impl Iterator<Item = &'a str> {
    package
        .dependencies
        .iter()
        .filter(|it| it.kind != DependencyKind::Development)
        .map(|it| it.name.as_str())
        .filter(|name| all.iter().any(|other| other.name.as_str() == *name))
}

#[test]
fn every_crate_has_a_place() {
    for package in packages() {
        let name = package.name.as_str();
        let known = rank(name).is_some()
            || SDK.iter().any(|(it, _)| *it == name)
            || PLUGINS.contains(&name)
            || FREE.contains(&name);
        assert!(
            known,
            "the crate `{name}` ({}) has no place in the house: add it to `HOST` in \
             tests/house/dependencies.rs with its rank, or to `PLUGINS` if it is one, and to the table of \
             rooms in ARCHITECTURE.md",
            package.manifest_path
        );
    }
}

#[test]
fn the_tables_name_what_exists() {
    let packages = packages();
    let host = HOST.iter().map(|(name, _)| *name);
    let sdk = SDK.iter().map(|(name, _)| *name);
    for name in host.chain(sdk).chain(PLUGINS.iter().copied()).chain(FREE.iter().copied()) {
        let exists = packages.iter().any(|it| it.name.as_str() == name);
        assert!(exists, "tests/house/dependencies.rs names `{name}`, which is gone");
    }
}

#[test]
fn a_room_uses_lower_ones_only() {
    let packages = packages();
    for package in &packages {
        let Some(own) = rank(&package.name) else { continue };
        for used in ours(package, &packages) {
            let name = &package.name;
            let Some(other) = rank(used) else {
                panic!("`{name}` uses `{used}`, which is a plugin's or a tool: the host knows no plugin");
            };
            assert!(
                other < own,
                "`{name}` (rank {own}) uses `{used}` (rank {other}): dependencies point down only. Something \
                 is in the wrong room"
            );
        }
    }
}

#[test]
fn what_lies_under_host_is_a_room() {
    for package in packages() {
        let under_host = package.manifest_path.starts_with(top().join("host"));
        let shared = [
            "palisade-wit",
            "palisade-tape",
            "palisade-shapes",
            "palisade-shape-tables",
            "palisade-bundle",
            "palisade-rego-order",
        ];
        let is_shared = shared.contains(&package.name.as_str());
        assert_eq!(under_host || is_shared, rank(&package.name).is_some(), "{}", package.name);
    }
}

#[test]
fn a_plugin_uses_the_sdk_only() {
    let packages = packages();
    for package in &packages {
        let name = package.name.as_str();
        let allowed: &[&str] = match SDK.iter().find(|(it, _)| *it == name) {
            Some((_, allowed)) => allowed,
            None if PLUGINS.contains(&name) => &["palisade-sdk"],
            None => continue,
        };
        for used in ours(package, &packages) {
            assert!(allowed.contains(&used), "`{name}` uses `{used}`; of ours it may use {allowed:?} only");
        }
    }
}

#[test]
fn some_crates_belong_to_a_few_rooms() {
    for package in packages() {
        for (reserved, rooms) in RESERVED {
            let named = package.dependencies.iter().any(|it| it.name == *reserved);
            assert!(
                !named || rooms.contains(&package.name.as_str()),
                "`{}` names `{reserved}`, which only {rooms:?} may: give it a plain trait or type instead",
                package.name
            );
        }
    }
}

#[test]
fn some_rooms_do_without() {
    let packages = packages();
    for (room, forbidden) in FORBIDDEN {
        let package = packages.iter().find(|it| it.name.as_str() == *room).expect("it exists");
        for it in package.dependencies.iter().filter(|it| it.kind != DependencyKind::Development) {
            assert!(!forbidden.contains(&it.name.as_str()), "`{room}` must do without `{}`", it.name);
        }
    }
}
