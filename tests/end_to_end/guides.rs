//! The guides, followed word for word.
//!
//! In a guide in `docs/`, the line above a block of code or its language defines what the block is:
//!
//! - after ``Write `PATH`:`` a file that the reader writes;
//! - after ``Open `PATH`:`` a file that must exist by then, with this content;
//! - `console`: commands after `$ `, each with its whole output;
//! - `sh`: commands whose output contains sizes and digests, and is not compared.
//!
//! A command exits with 0, unless the text after it states that something "ends with status N".

use std::fs;

use palisade_tests::top;

use crate::place::Place;

/// One step of a reader.
enum Step {
    /// Writes a file.
    Write { path: String, content: String },
    /// Compares a file with the one that is shown.
    Open { path: String, content: String },
    /// Runs the program.
    Run { arguments: Vec<String>, output: Option<String>, status: i32 },
}

/// The path in a line such as ``Write `PATH`:``.
fn path_after(line: &str, word: &str) -> Option<String> {
    let path = line.strip_prefix(word)?.strip_prefix(" `")?.strip_suffix("`:")?;
    Some(path.to_owned())
}

/// The arguments of a command line that begins with the program. Stars may be in single quotes.
fn arguments(line: &str) -> Vec<String> {
    let rest = line.strip_prefix("palisade ").unwrap_or_else(|| panic!("`{line}` does not run `palisade`"));
    rest.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect()
}

/// The commands of a block, each with its output if that is shown.
fn commands(language: &str, block: &[&str]) -> Vec<Step> {
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    for line in block {
        if language == "sh" {
            found.push((arguments(line), String::new()));
        } else if let Some(command) = line.strip_prefix("$ ") {
            found.push((arguments(command), String::new()));
        } else {
            let (_, output) = found.last_mut().expect("a block begins with a command");
            output.push_str(line);
            output.push('\n');
        }
    }
    let shown = language == "console";
    let run = |(arguments, output)| Step::Run { arguments, output: shown.then_some(output), status: 0 };
    found.into_iter().map(run).collect()
}

/// The steps of a guide, in order.
fn steps(guide: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut above = "";
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let content = || block.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
            if let Some(path) = path_after(above, "Write") {
                steps.push(Step::Write { path, content: content() });
            } else if let Some(path) = path_after(above, "Open") {
                steps.push(Step::Open { path, content: content() });
            } else if ["console", "sh"].contains(&language) {
                steps.extend(commands(language, &block));
            } else {
                panic!("a block of `{language}` that is neither a file nor commands, after {above:?}");
            }
            above = "";
        } else if !line.is_empty() {
            above = line;
            if let Some((_, rest)) = line.split_once("ends with status ") {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let Some(Step::Run { status, .. }) = steps.last_mut() else {
                    panic!("no command stands before {line:?}");
                };
                *status = digits.parse().unwrap();
            }
        }
    }
    steps
}

/// Follows a guide in an empty folder, and compares the results with those that it shows.
fn check(guide: &str) {
    let place = Place::new();
    let text = fs::read_to_string(top().join("docs").join(guide)).unwrap();
    let mut ran = 0;
    for step in steps(&text) {
        match step {
            Step::Write { path, content } => place.write(&path, content),
            Step::Open { path, content } => {
                let there = place.read(&path);
                assert_eq!(there, content, "{guide}: `{path}`\nthere:\n{there}\nshown:\n{content}");
            }
            Step::Run { arguments, output, status } => {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let result = place.run(&arguments);
                // Both streams together, as on a terminal.
                let written = format!("{}{}", result.out, result.err);
                if let Some(shown) = output {
                    let what = arguments.join(" ");
                    assert_eq!(
                        written, shown,
                        "{guide}: `palisade {what}`\nwritten:\n{written}\nshown:\n{shown}"
                    );
                }
                result.ends(status);
                ran += 1;
            }
        }
    }
    assert!(ran > 0, "{guide} runs nothing");
}

#[test]
fn first_rego_pack() {
    check("first-rego-pack.md");
}

#[test]
fn from_conftest() {
    check("from-conftest.md");
}

#[test]
fn from_sysdig() {
    check("from-sysdig.md");
}
