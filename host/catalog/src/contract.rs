//! Whether a component implements a world of the contract.

use std::collections::BTreeSet;

use palisade_bundle::{Capability, World};
use wasmparser::{Parser, Payload};

/// Imports and exports of a component, without running it.
fn names(component: &[u8]) -> Result<(BTreeSet<String>, BTreeSet<String>), String> {
    let (mut imports, mut exports) = (BTreeSet::new(), BTreeSet::new());
    let mut depth = 0u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.insert(import.map_err(|error| error.to_string())?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.insert(export.map_err(|error| error.to_string())?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

/// The world of a component, determined by its exports and checked against the text of the world.
pub fn world_of(component: &[u8]) -> Result<World, String> {
    let (imports, exports) = names(component)?;
    let made_for = World::ALL.into_iter().find(|world| {
        let package = format!("palisade:{world}/");
        exports.iter().any(|export| export.starts_with(&package))
    });
    let Some(world) = made_for else {
        let exports = if exports.is_empty() { "nothing".to_owned() } else { list(&exports) };
        return Err(format!(
            "unknown world, it exports {exports}: end it with `export_parser!` or `export_pack!`"
        ));
    };
    if let Some(foreign) = imports
        .iter()
        .find(|import| !import.starts_with("palisade:host/") && !import.starts_with("palisade:types/"))
    {
        return Err(format!(
            "it imports `{foreign}`, which the world `{world}` does not have: build it for \
             wasm32-unknown-unknown, without WASI"
        ));
    }
    let (resolve, worlds) = palisade_wit::resolve()?;
    let wanted = format!("palisade:worlds/{world}");
    let id = resolve.packages.get(worlds).and_then(|package| package.worlds.get(world.name()).copied());
    let id = id.ok_or_else(|| format!("the contract has no world `{wanted}`"))?;
    let offered: BTreeSet<String> = resolve
        .worlds
        .get(id)
        .map(|it| it.imports.keys().map(|key| resolve.name_world_key(key)).collect())
        .unwrap_or_default();
    if let Some(foreign) =
        imports.iter().find(|import| import.starts_with("palisade:host/") && !offered.contains(*import))
    {
        return Err(format!(
            "it imports `{foreign}`, which the world `{world}` does not have: remove the import, or use a world \
             that has it"
        ));
    }
    wit_component::targets(&resolve, id, component).map_err(|error| {
        format!("it does not implement the world `{world}`: {}", first_lines(&format!("{error:#}")))
    })?;
    Ok(world)
}

/// The interfaces of the host that a component imports.
pub(crate) fn capabilities_of(component: &[u8]) -> Result<BTreeSet<Capability>, String> {
    let (imports, _) = names(component)?;
    let named = |import: &String| {
        let name = import.strip_prefix("palisade:host/")?.split('@').next()?;
        Capability::ALL.into_iter().find(|capability| capability.name() == name)
    };
    Ok(imports.iter().filter_map(named).collect())
}

fn list(names: &BTreeSet<String>) -> String {
    let mut shown: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    if names.len() > 5 {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

fn first_lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).collect::<Vec<_>>().join("; ")
}
