//! The current contract stays compatible with its frozen versions: `wit/frozen/<package>@<version>/`.

use std::fmt::Write as _;

use palisade_tests::top;
use wit_component::semver_check;
use wit_parser::{PackageId, PackageName, Resolve, WorldId};

use crate::contract;

/// The version that the frozen text gets, so that both can be loaded together. Comparisons ignore versions.
const OLD: &str = "0.0.0-frozen";

/// How plugins use the interfaces of a package.
#[derive(Clone, Copy)]
enum Side {
    /// Plugins call them: more functions are compatible.
    Import,
    /// Plugins implement them: older plugins lack a new function.
    Export,
    /// The package has worlds of its own.
    Worlds,
}

fn side(package: &str) -> Side {
    match package {
        "types" | "host" => Side::Import,
        "worlds" => Side::Worlds,
        _ => Side::Export,
    }
}

/// The text with another version, and with a world for these interfaces if it has no worlds.
fn with_world(text: &str, package: &PackageName, version: &str, interfaces: &[String], side: Side) -> String {
    let name = format!("{}:{}", package.namespace, package.name);
    let mut text = text.replace(&format!("package {package};"), &format!("package {name}@{version};"));
    let verb = match side {
        Side::Import => "import",
        Side::Export => "export",
        Side::Worlds => return text,
    };
    text.push_str("\nworld frozen {\n");
    for interface in interfaces {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {verb} {interface};");
    }
    text.push_str("}\n");
    text
}

fn push(resolve: &mut Resolve, text: &str) -> Result<PackageId, String> {
    resolve.push_source("contract.wit", text).map_err(|error| format!("{error:#}"))
}

/// The packages before one, in their current version.
fn push_rest(resolve: &mut Resolve, name: &str) -> Result<(), String> {
    if contract::PACKAGES.iter().any(|(it, _)| *it == name) {
        for (_, text) in contract::PACKAGES.iter().take_while(|(it, _)| *it != name) {
            push(resolve, text)?;
        }
    }
    Ok(())
}

/// The name that a text declares, and its interfaces.
fn declared(name: &str, text: &str) -> Result<(PackageName, Vec<String>), String> {
    let mut resolve = Resolve::default();
    push_rest(&mut resolve, name)?;
    let package = push(&mut resolve, text)?;
    let package = &resolve.packages[package];
    Ok((package.name.clone(), package.interfaces.keys().cloned().collect()))
}

/// Checks that plugins for the old text run with the new one.
fn compatible(name: &str, old: &str, new: &str, side: Side) -> Result<(), String> {
    let (package, interfaces) = declared(name, old)?;
    let (today, _) = declared(name, new)?;
    let version = today.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut resolve = Resolve::default();
    push_rest(&mut resolve, name)?;
    let old = push(&mut resolve, &with_world(old, &package, OLD, &interfaces, side))?;
    let new = push(&mut resolve, &with_world(new, &today, &version, &interfaces, side))?;
    let worlds: Vec<(String, WorldId)> =
        resolve.packages[old].worlds.iter().map(|(name, id)| (name.clone(), *id)).collect();
    for (world, old) in worlds {
        let Some(new) = resolve.packages[new].worlds.get(&world).copied() else {
            return Err(format!("the world `{world}` is gone"));
        };
        semver_check(resolve.clone(), old, new).map_err(|error| format!("`{world}`: {error:#}"))?;
    }
    Ok(())
}

#[test]
fn what_is_frozen_stays_compatible() {
    let Ok(folders) = std::fs::read_dir(top().join("wit/frozen")) else { return };
    for folder in folders {
        let folder = folder.unwrap();
        let folder_name = folder.file_name().into_string().unwrap();
        let (name, version) = folder_name.split_once('@').expect("a folder is `<package>@<version>`");
        let frozen = std::fs::read_to_string(folder.path().join(format!("{name}.wit"))).unwrap();
        let declared = format!("package palisade:{name}@{version};");
        assert!(frozen.contains(&declared), "wit/frozen/{folder_name} ought to say `{declared}`");
        let today = contract::source(name);
        // If the current text has another version, the frozen one is still served but no longer changes.
        if today.contains(&declared)
            && let Err(error) = compatible(name, &frozen, today, side(name))
        {
            panic!("`{name}` is frozen at {version} and what was built against it would break: {error}");
        }
    }
}

/// The current contract is compatible with itself, so every package can be frozen.
#[test]
fn every_package_can_be_frozen() {
    for (name, text) in contract::PACKAGES {
        assert_eq!(compatible(name, text, text, side(name)), Ok(()), "{name}");
    }
}

const BEFORE: &str = "
package test:example@0.1.0;
interface it {
  enum colour { red, green }
  record thing { name: string, colour: colour }
  variant fault { other(string) }
  look: func(thing: thing) -> result<_, fault>;
}
";

fn after(from: &str, to: &str, side: Side) -> Result<(), String> {
    let after = BEFORE.replace(from, to);
    assert_ne!(after, BEFORE);
    compatible("example", BEFORE, &after, side)
}

/// The rule of `wit/README.md`, as measured.
#[test]
fn only_functions_that_plugins_import_and_interfaces_may_be_added() {
    for side in [Side::Import, Side::Export] {
        assert_eq!(compatible("example", BEFORE, BEFORE, side), Ok(()));
        for (from, to) in [
            ("name: string, ", "name: string, size: u32, "),
            ("name: string", "name: u32"),
            ("red, green", "red, green, blue"),
            ("red, green", "red"),
            ("other(string)", "other(string), denied"),
            ("look: func(thing: thing)", "look: func(thing: thing, deep: bool)"),
            ("look: func", "see: func"),
        ] {
            assert!(after(from, to, side).is_err(), "`{from}` became `{to}`");
        }
    }
    let function = ("look: func", "more: func();\n  look: func");
    assert_eq!(after(function.0, function.1, Side::Import), Ok(()));
    assert!(after(function.0, function.1, Side::Export).is_err());
    for side in [Side::Import, Side::Export] {
        assert_eq!(after("interface it {", "interface more { f: func(); }\ninterface it {", side), Ok(()));
        assert!(after("interface it {", "interface that {", side).is_err());
    }
}

#[test]
fn worlds_may_import_more_and_export_less() {
    let text = |items: &str| {
        format!(
            "package test:example@0.1.0; interface a {{ f: func(); }} interface b {{ f: func(); }} \
             world plugin {{ {items} }}"
        )
    };
    let check = |before: &str, after: &str| compatible("example", &text(before), &text(after), Side::Worlds);
    assert_eq!(check("import a;", "import a; import b;"), Ok(()));
    assert!(check("import a; import b;", "import a;").is_err());
    assert!(check("export a;", "export a; export b;").is_err());
    assert_eq!(check("export a; export b;", "export a;"), Ok(()));
}

#[test]
fn worlds_keep_their_names() {
    let before = "package test:example@0.1.0; world one {} world two {}";
    let after = "package test:example@0.1.0; world one {}";
    assert_eq!(compatible("example", before, before, Side::Worlds), Ok(()));
    assert_eq!(compatible("example", after, before, Side::Worlds), Ok(()));
    assert_eq!(compatible("example", before, after, Side::Worlds), Err("the world `two` is gone".to_owned()));
}
