//! Cases: files in which a comment at the end of a line states the expected outcome.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::pack::{Pack, Request};
use crate::parser::{Environment, Parser, Status, Work};
use crate::rule::{Found, Outcome};
use crate::tape::{Batch, NONE, Origin, Unknown, written};
use crate::{Control, Kind, Node};

use super::{MemoryTree, parts, shaped};

/// The markers of an expectation, in languages with `#` comments and in those with `//` comments.
const MARKERS: [&str; 2] = ["#! ", "//! "];

/// The text for an unknown value, so that every format can have one in a case.
const UNKNOWN: &str = "$unknown";

/// One expected or found outcome: its line, `failed` or `unknown`, and its instance.
type Line = (u32, &'static str, String);

/// The line that begins another file in a case.
const FILE: &str = "#! file ";

/// The files in a text: a line `#! file modules/bucket/main.tf` begins another file. The text before a file is blanked,
/// so that lines and bytes count as in the whole text.
fn files(path: &str, text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = vec![(path.to_owned(), String::new())];
    let mut before = String::new();
    for line in text.split_inclusive('\n') {
        before.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        if let Some(name) = line.strip_prefix(FILE) {
            files.push((name.trim().to_owned(), before.clone()));
        } else if let Some((_, content)) = files.last_mut() {
            content.push_str(line);
        }
    }
    files
}

/// Parses one file, or several in one text (see [`check_cases`]), as the host does: claims units, then parses each.
/// Coverage other than scanned is an error, since a case that is not read tests nothing.
pub fn parse(parser: &dyn Parser, path: &str, text: &str) -> Result<Vec<Batch>, String> {
    let files = files(path, text);
    let tree = MemoryTree::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let candidates = tree.paths();
    let units =
        parser.claim(&tree, &candidates).map_err(|error| format!("{path}: not claimed: {error:?}"))?;
    let formats = parser.describe();
    let mut batches = Vec::new();
    for unit in &units {
        let format = formats.get(unit.format as usize).map_or(String::new(), |format| format.id.clone());
        let files = unit.owned.iter().chain(&unit.shared).filter_map(|index| candidates.get(*index as usize));
        let work = Work { root: unit.root.clone(), format, files: files.cloned().collect() };
        let parsed = parser
            .parse(&tree, &work, &[], &Environment::default())
            .map_err(|error| format!("{path}: not parsed: {error:?}"))?;
        for file in &parsed.coverage {
            // What only another file reads is none of the parser's own.
            let beside = file.status == Status::Ignored && file.path != path;
            if file.status != Status::Scanned && !beside {
                let line = file.span.map_or(0, |span| span.line);
                return Err(format!("{}:{line}: {:?}: {}", file.path, file.status, file.reason));
            }
        }
        let mut batch = parsed.batch;
        hide_unknowns(&mut batch);
        batches.push(shaped(batch));
    }
    if batches.iter().all(|batch| batch.resources.is_empty()) {
        return Err(format!("{path}: no resource was found in it"));
    }
    Ok(batches)
}

/// The place of an outcome: its node, as [`Node::shown_at`] defines it, or the header of its resource.
pub fn place(batch: &Batch, outcome: &Outcome) -> Option<Origin> {
    let own = (outcome.node != NONE).then(|| Node::new(batch, outcome.node)).and_then(|it| it.shown_at());
    own.or_else(|| batch.resource(outcome.resource).and_then(|resource| resource.origin()))
}

/// The default parameters of a pack.
fn defaults(pack: &Pack) -> Vec<(String, String)> {
    let of_control = |control: &&'static Control| {
        let id = control.id;
        control.parameters.iter().map(move |it| (format!("{id}.{}", it.name), it.default.to_owned()))
    };
    pack.controls.iter().flat_map(of_control).collect()
}

/// Judges every resource of a batch with one control.
pub fn judge(pack: &Pack, control_id: &str, batch: Batch) -> Result<Vec<Outcome>, String> {
    let index = pack.controls.iter().position(|control| control.id == control_id);
    let index = index.and_then(|index| u32::try_from(index).ok());
    let index = index.ok_or_else(|| format!("the pack has no control `{control_id}`"))?;
    let request = Request {
        subjects: (0u32..).zip(&batch.resources).map(|(row, _)| row).collect(),
        batch,
        enabled: vec![index],
        parameters: defaults(pack),
        environment: String::new(),
        list_passed: false,
    };
    Ok(pack.judge(&request).outcomes)
}

/// Runs one control over a file of cases.
///
/// A line that ends with a comment `#! failed` expects exactly one violation there, `#! failed web` one whose instance
/// is `web`, `#! unknown web` one that depends on an unknown value, `#! failed a; failed b` two, and `#! +3 failed` one
/// three lines below, where a comment is not possible. All expected outcomes must be found, and all outcomes must be
/// expected.
///
/// The text `$unknown` is replaced by an unknown value. A line `#! file modules/bucket/main.tf` begins another file of
/// the same case. If an outcome has a fix, the fix is applied, and must leave fewer outcomes. The parts in which the
/// host passes a large unit must have the same outcomes. The error is a table of the differences.
pub fn check_cases(
    parser: &dyn Parser,
    pack: &Pack,
    control_id: &str,
    path: &str,
    text: &str,
) -> Result<(), String> {
    let mut differences: BTreeMap<Line, (i32, String)> = BTreeMap::new();
    for line in expectations(path, text)? {
        differences.entry(line).or_default().0 -= 1;
    }
    for (line, message) in outcomes(parser, pack, control_id, path, text)? {
        let difference = differences.entry(line).or_default();
        difference.0 += 1;
        difference.1 = message;
    }
    let mut report = ineffective_fixes(parser, pack, control_id, path, text)?;
    for batch in parse(parser, path, text)? {
        report.push_str(&parts::differences(pack, control_id, &batch)?);
    }
    for ((line, kind, instance), (count, message)) in &differences {
        let verdict = match count.signum() {
            -1 => "expected, not found",
            1 => "found, not expected",
            _ => continue,
        };
        let source = (*line as usize).checked_sub(1).and_then(|index| text.lines().nth(index)).unwrap_or("");
        let what = format!("{kind} {instance}");
        let _ = writeln!(report, "{path}:{line}: {verdict}: {}\n    | {source}", what.trim_end());
        if !message.is_empty() {
            let _ = writeln!(report, "    = {message}");
        }
    }
    if report.is_empty() { Ok(()) } else { Err(format!("{control_id}\n{report}")) }
}

/// Applies each fix separately, and reports those that leave as many outcomes as before.
fn ineffective_fixes(
    parser: &dyn Parser,
    pack: &Pack,
    control_id: &str,
    path: &str,
    text: &str,
) -> Result<String, String> {
    let before = outcomes(parser, pack, control_id, path, text)?.len();
    let mut report = String::new();
    for batch in parse(parser, path, text)? {
        for outcome in judge(pack, control_id, batch.clone())? {
            let (Some(fix), Some(at)) = (&outcome.fix, place(&batch, &outcome)) else { continue };
            if matches!(batch.nodes.kind(outcome.node), Kind::Mapping | Kind::Sequence) {
                let _ =
                    writeln!(report, "{path}:{}: the fix `{fix}` replaces a block: name a scalar", at.line);
                continue;
            }
            let (start, end) = (at.start as usize, at.end as usize);
            let (Some(head), Some(old), Some(tail)) =
                (text.get(..start), text.get(start..end), text.get(end..))
            else {
                continue;
            };
            let Some(new) = written(old, fix) else { continue };
            let fixed = format!("{head}{new}{tail}");
            if outcomes(parser, pack, control_id, path, &fixed)?.len() >= before {
                let _ = writeln!(report, "{path}:{}: the fix `{fix}` does not remove the violation", at.line);
            }
        }
    }
    Ok(report)
}

/// Runs one control on the two examples of its documentation: the failing one must have at least one violation, the
/// passing one no outcome.
pub fn check_examples(parser: &dyn Parser, pack: &Pack, control_id: &str, path: &str) -> Result<(), String> {
    let control = pack.controls.iter().find(|control| control.id == control_id);
    let docs = control.ok_or_else(|| format!("the pack has no control `{control_id}`"))?.docs();
    let failing = outcomes(parser, pack, control_id, path, &docs.failing_example)
        .map_err(|error| format!("{control_id}: `Fails`: {error}"))?;
    if !failing.iter().any(|((_, kind, _), _)| *kind == "failed") {
        return Err(format!("{control_id}: the example under `Fails` does not fail"));
    }
    let passing = outcomes(parser, pack, control_id, path, &docs.passing_example)
        .map_err(|error| format!("{control_id}: `Passes`: {error}"))?;
    match passing.first() {
        None => Ok(()),
        Some(((line, kind, instance), message)) => Err(format!(
            "{control_id}: the example under `Passes` does not pass: {line}: {kind} {instance}: {message}"
        )),
    }
}

/// The keyword of an expectation.
pub(super) fn word(kind: Found) -> &'static str {
    match kind {
        Found::Failed => "failed",
        Found::Unknown => "unknown",
    }
}

/// The outcomes of a control for a text, with the messages.
fn outcomes(
    parser: &dyn Parser,
    pack: &Pack,
    control_id: &str,
    path: &str,
    text: &str,
) -> Result<Vec<(Line, String)>, String> {
    let mut found = Vec::new();
    for batch in parse(parser, path, text)? {
        for outcome in judge(pack, control_id, batch.clone())? {
            let line = place(&batch, &outcome).map_or(0, |origin| origin.line);
            found.push(((line, word(outcome.kind), outcome.instance), outcome.message));
        }
    }
    Ok(found)
}

/// Replaces the texts for unknown values by unknown values.
fn hide_unknowns(batch: &mut Batch) {
    let strings = &batch.strings;
    let columns = batch.nodes.kinds.iter_mut().zip(&mut batch.nodes.values).zip(&batch.nodes.origins);
    for ((kind, value), origin) in columns {
        if *kind == Kind::Text as u8 && strings.get(*value) == UNKNOWN {
            let row = u32::try_from(batch.unknowns.len()).unwrap_or(NONE);
            batch.unknowns.push(Unknown {
                expression: *value,
                reason: 0,
                known_prefix: 0,
                expected_type: 0,
                origin: *origin,
            });
            *kind = Kind::Unknown as u8;
            *value = row;
        }
    }
}

/// The expected outcomes in the comments.
fn expectations(path: &str, text: &str) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for (number, line) in (1u32..).zip(text.lines()).filter(|(_, line)| !line.starts_with(FILE)) {
        let Some(comment) = MARKERS.iter().find_map(|marker| Some(line.split_once(marker)?.1)) else {
            continue;
        };
        for part in comment.split(';') {
            let part = part.trim();
            let (below, part) = part
                .strip_prefix('+')
                .and_then(|rest| rest.split_once(' '))
                .and_then(|(count, rest)| Some((count.parse::<u32>().ok()?, rest)))
                .unwrap_or((0, part));
            let (word, instance) = part.split_once(' ').unwrap_or((part, ""));
            let kind = match word {
                "failed" => "failed",
                "unknown" => "unknown",
                _ => return Err(format!("{path}:{number}: expected `failed` or `unknown`, found `{word}`")),
            };
            lines.push((number + below, kind, instance.trim().to_owned()));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::{expectations, files};

    #[test]
    fn comments_at_the_end_of_a_line_are_expectations() {
        let text =
            "a: 1 #! failed\nb: 2 # nothing\n#! +2 unknown\n  #!/bin/sh\nd: 4 #! failed web; unknown a b\n";
        let found = expectations("a.yaml", text).unwrap();
        let expected = [(1, "failed", ""), (5, "unknown", ""), (5, "failed", "web"), (5, "unknown", "a b")];
        assert_eq!(found, expected.map(|(line, kind, instance)| (line, kind, instance.to_owned())));
    }

    #[test]
    fn a_case_may_have_several_files() {
        let text = "a {}\n#! file b/c.tf\nd {}\n";
        let found = files("main.tf", text);
        let expected = [("main.tf", "a {}\n"), ("b/c.tf", "    \n              \nd {}\n")];
        assert_eq!(found, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
        assert_eq!(expectations("main.tf", text), Ok(Vec::new()));
    }

    #[test]
    fn a_misspelt_expectation_is_an_error() {
        let error = expectations("a.yaml", "a: 1 #! fialed").unwrap_err();
        assert_eq!(error, "a.yaml:1: expected `failed` or `unknown`, found `fialed`");
    }
}
