//! The components of `tests/guests`, which misbehave on purpose: guests in Rust are built here, and the program
//! `test-guests` (`tests/src/bin/test-guests.rs`) makes all of them components.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;

use crate::plugins::{modules, value};
use crate::setup::GuestBuilder;
use crate::shell::{Project, Shell, finish};

/// Builds all guests.
pub(crate) fn hostile(project: &Project, shell: &Shell, builder: GuestBuilder) -> Result<()> {
    println!("building the test guests");
    let folder = project.top.join("tests/guests/examples");
    // The SDK is compiled for a world, so guests of one world are built together.
    let mut by_world: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let source = entry?.path();
        if source.extension().is_some_and(|it| it == "rs") {
            // A guest without a manifest is refused for that; any world will do.
            let world = value(&source.with_extension("toml"), "world").unwrap_or_else(|_| "pack".to_owned());
            let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            by_world.entry(world).or_default().push(name);
        }
    }
    let mut built = project.target.clone();
    for (world, mut names) in by_world {
        names.sort();
        let mut arguments =
            ["--package", "palisade-test-guests", "--features", &world].map(str::to_owned).to_vec();
        arguments.extend(names.into_iter().flat_map(|name| ["--example".to_owned(), name]));
        built = modules(project, shell, builder, &arguments)?;
    }
    shell.run("cargo build --locked --workspace --bin test-guests")?;
    let program = project.target.join("debug/test-guests");
    finish(shell.command(program).arg(built.join("examples")).arg(project.test_guests()))
}
