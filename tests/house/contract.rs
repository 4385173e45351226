//! Rules for the text of the contract.

use palisade_bundle::{Capability, World};
use palisade_tests::top;
use wit_parser::{Resolve, Type, TypeDef, TypeDefKind};

use crate::files;

/// Name and text of each package, in the order of their dependencies.
pub(crate) use palisade_wit::PACKAGES;

pub(crate) fn source(package: &str) -> &'static str {
    PACKAGES.iter().find(|(name, _)| *name == package).map_or("", |(_, text)| text)
}

fn resolved() -> Resolve {
    palisade_wit::resolve().unwrap().0
}

#[test]
fn every_folder_is_one_package() {
    let mut seen = vec!["worlds".to_owned()];
    for entry in std::fs::read_dir(top().join("wit/deps")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let files: Vec<_> =
            std::fs::read_dir(entry.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(files, [format!("{name}.wit").as_str()], "one file a package");
        seen.push(name);
    }
    let mut known = PACKAGES.map(|(name, _)| name.to_owned()).to_vec();
    known.sort();
    seen.sort();
    assert_eq!(seen, known, "`palisade-wit` has every package");
}

#[test]
fn every_package_is_a_draft() {
    let resolve = resolved();
    assert_eq!(resolve.packages.len(), PACKAGES.len());
    for (_, package) in &resolve.packages {
        assert_eq!(package.name.namespace, "palisade");
        let version = package.name.version.as_ref().map(ToString::to_string);
        assert_eq!(version.as_deref(), Some("0.1.0"), "{}", package.name);
    }
}

/// Whether a name was imported by `use`; it is documented where it is defined.
fn is_used(resolve: &Resolve, it: &TypeDef) -> bool {
    match it.kind {
        TypeDefKind::Type(Type::Id(other)) => resolve.types[other].owner != it.owner,
        _ => false,
    }
}

#[test]
fn every_item_says_what_it_is() {
    let resolve = resolved();
    let mut silent = Vec::new();
    for (_, package) in &resolve.packages {
        if package.docs.is_empty() {
            silent.push(format!("package {}", package.name));
        }
    }
    for (_, interface) in &resolve.interfaces {
        let name = interface.name.as_deref().unwrap_or("?");
        if interface.docs.is_empty() {
            silent.push(format!("interface {name}"));
        }
        for (function, it) in &interface.functions {
            if it.docs.is_empty() {
                silent.push(format!("{name}.{function}"));
            }
        }
        for (named, id) in &interface.types {
            let it = &resolve.types[*id];
            if it.docs.is_empty() && !is_used(&resolve, it) {
                silent.push(format!("{name}.{named}"));
            }
            if let TypeDefKind::Variant(variant) = &it.kind {
                let cases = variant.cases.iter().filter(|case| case.docs.is_empty());
                silent.extend(cases.map(|case| format!("{name}.{named}.{}", case.name)));
            }
        }
    }
    for (_, world) in &resolve.worlds {
        if world.docs.is_empty() {
            silent.push(format!("world {}", world.name));
        }
    }
    assert!(silent.is_empty(), "these have no doc comment: {silent:#?}");
}

/// Guests are called and return; only the host waits.
#[test]
fn nothing_is_asynchronous() {
    let resolve = resolved();
    for (_, interface) in &resolve.interfaces {
        for (name, function) in &interface.functions {
            assert!(!function.kind.is_async(), "`{name}` is async");
        }
    }
    for (_, it) in &resolve.types {
        let asynchronous = matches!(it.kind, TypeDefKind::Future(_) | TypeDefKind::Stream(_));
        assert!(!asynchronous, "{:?} is a {}", it.name, it.kind.as_str());
    }
}

/// Interfaces of `palisade:host` that a world imports.
fn imports(resolve: &Resolve, world: &str) -> Vec<String> {
    let (_, world) = resolve.worlds.iter().find(|(_, it)| it.name == world).expect("it is a world");
    let names = world.imports.keys().map(|key| resolve.name_world_key(key));
    names
        .filter_map(|name| {
            let name = name.strip_prefix("palisade:host/")?;
            Some(name.split('@').next()?.to_owned())
        })
        .collect()
}

#[test]
fn no_world_imports_anothers_functions() {
    let resolve = resolved();
    for (_, world) in &resolve.worlds {
        assert_eq!(world.exports.len(), 1, "{}", world.name);
        for key in world.imports.keys() {
            let name = resolve.name_world_key(key);
            let known = name.starts_with("palisade:host/") || name.starts_with("palisade:types/");
            assert!(known, "the world `{}` imports {name}", world.name);
        }
    }
}

/// The table of `wit/README.md` matches the files.
#[test]
fn the_readme_shows_who_imports_what() {
    let resolve = resolved();
    let readme = files::text("wit/README.md");
    for (package, _) in PACKAGES {
        assert!(readme.contains(&format!("| `palisade:{package}` |")), "wit/README.md omits `{package}`");
    }
    let row = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let head = readme.lines().find(|line| line.starts_with("| world |")).map(row).expect("the table");
    let columns = &head[1..];
    assert_eq!(columns.len(), Capability::ALL.len());
    for world in World::ALL {
        let start = format!("| `{world}` |");
        let cells = readme.lines().find(|line| line.starts_with(&start)).map(row).expect("a row a world");
        let imports = imports(&resolve, world.name());
        let inherent: Vec<&str> = world.inherent().iter().map(|it| it.name()).collect();
        for (column, cell) in columns.iter().zip(&cells[1..]) {
            let expected = match (imports.contains(column), inherent.contains(&column.as_str())) {
                (false, false) => "",
                (true, true) => "●",
                (true, false) => "○",
                (false, true) => panic!("`{world}` comes with `{column}` and does not import it"),
            };
            assert_eq!(cell, expected, "wit/README.md, `{world}` and `{column}`");
        }
    }
}

#[test]
fn the_readme_has_the_rule_for_change() {
    let readme = files::text("wit/README.md");
    for part in ["## Compatibility", "semver_check", "frozen/<package>@<version>/", "two minor releases"] {
        assert!(readme.contains(part), "wit/README.md lacks `{part}`");
    }
}
