//! Order in the files.

use std::path::Path;

use crate::files;

/// The longest file, in lines.
const LONGEST: usize = 600;

/// Longer files, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// Where a keyword that lifts the compiler's guarantees may be: the place that loads compiled code, and the guests that
/// misbehave on purpose. Seeds of hash tables are requested through a symbol that the linker looks up, the Rego engine
/// is called through exports with fixed names, and its allocator fills freed memory with zeros.
const UNSAFE: [&str; 5] = [
    "host/sandbox/src/engine.rs",
    "plugins/packs/rego/builtins/src/seeds.rs",
    "plugins/packs/rego/engine/src/export.rs",
    "plugins/sdk/src/memory.rs",
    "tests/guests/examples/",
];

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests")
}

#[test]
fn no_file_is_too_long() {
    let rooms = ["host/", "plugins/", "policies/", "xtask/"];
    let mut long = Vec::new();
    for (path, text) in files::rust() {
        if rooms.iter().any(|room| path.starts_with(room))
            && !is_test(&path)
            && text.lines().count() > LONGEST
        {
            long.push(path);
        }
    }
    let listed: Vec<&str> = LONGER.iter().map(|(path, _)| *path).collect();
    assert_eq!(
        long, listed,
        "files of more than {LONGEST} lines, and those that are listed in tests/house/tidy.rs with a reason"
    );
}

/// Unfinished work and silenced warnings. The words are assembled here, so that this file does not contain them.
#[test]
fn nothing_is_left_for_later() {
    let words =
        [["to", "do!"], ["unimple", "mented!"], ["#[ign", "ore"], ["[all", "ow("]].map(|it| it.concat());
    let mut found = Vec::new();
    for (path, text) in files::rust() {
        for (number, line) in text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "finish it, or use `#[expect(…, reason = …)]`: {found:#?}");
}

#[test]
fn nothing_unsafe_but_where_it_is_listed() {
    let words = ["{", "fn ", "impl ", "extern ", "trait "].map(|it| ["uns", "afe ", it].concat());
    let attribute = ["#[uns", "afe("].concat();
    let mut found = Vec::new();
    for (path, text) in files::rust() {
        if UNSAFE.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if words.iter().any(|word| code.contains(word)) || code.contains(&attribute) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_binary_is_committed() {
    let endings = ["wasm", "cwasm", "so", "a", "o", "dylib", "dll", "exe", "zip", "tar", "gz", "tgz", "xz"];
    let binary = |path: &String| {
        Path::new(path)
            .extension()
            .is_some_and(|it| endings.iter().any(|ending| it.eq_ignore_ascii_case(ending)))
    };
    let found: Vec<String> = files::all().into_iter().filter(binary).collect();
    assert!(found.is_empty(), "built things do not belong into the repository: {found:?}");
}

#[test]
fn every_room_is_on_the_map() {
    let map = files::text("ARCHITECTURE.md");
    for path in files::all() {
        let Some(folder) = path.strip_suffix("/Cargo.toml") else { continue };
        if folder.starts_with("host/") || folder.starts_with("plugins/") {
            assert!(map.contains(&format!("`{folder}`")), "ARCHITECTURE.md does not mention `{folder}`");
        }
    }
}

#[test]
fn the_changelog_speaks_of_this_version() {
    let changelog = files::text("CHANGELOG.md");
    let version = env!("CARGO_PKG_VERSION");
    let heading = |line: &str| {
        let title = line.strip_prefix("## ").unwrap_or("").trim_matches(['[', ']']);
        title.starts_with("Unreleased") || title.starts_with(version)
    };
    assert!(
        changelog.lines().any(heading),
        "CHANGELOG.md has a section neither for `Unreleased` nor for {version}"
    );
}
