//! The README matches the program.

use std::collections::BTreeSet;
use std::process::Command;

use palisade_tests::palisade;

use crate::files;

/// The subcommands of the built program.
fn subcommands() -> BTreeSet<String> {
    let output = Command::new(palisade()).arg("--help").output().expect("it runs");
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    let list = help.split_once("Commands:").expect("a list of commands").1;
    let lines = list.trim_start_matches('\n').lines().take_while(|line| line.starts_with("  "));
    // Lines with a deeper indent continue the description above.
    let names =
        lines.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

/// Command lines of the blocks marked `console`.
fn typed(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
        } else if inside && let Some(line) = line.strip_prefix("$ ") {
            lines.push(line.to_owned());
        }
    }
    lines
}

#[test]
fn the_two_commands_are_named() {
    let readme = files::text("README.md");
    let typed = typed(&readme);
    for command in ["cargo xtask demo", "cargo xtask test"] {
        assert!(typed.iter().any(|line| line.starts_with(command)), "README.md does not show `{command}`");
    }
}

#[test]
fn every_command_line_begins_with_a_subcommand() {
    let subcommands = subcommands();
    assert!(subcommands.contains("scan"), "{subcommands:?}");
    let mut seen = 0;
    for line in typed(&files::text("README.md")) {
        let Some(arguments) = line.strip_prefix("palisade ") else { continue };
        let first = arguments.split_whitespace().next().unwrap_or("");
        assert!(
            subcommands.contains(first),
            "README.md shows `{line}`, and `palisade` has no `{first}`: {subcommands:?}"
        );
        seen += 1;
    }
    assert!(seen > 0, "README.md shows no command line of `palisade`");
}
