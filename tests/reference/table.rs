//! The result of all suites as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::suite::Suite;

/// The longest text of a difference that is shown, in characters.
const SHOWN: usize = 600;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Differences, exceptions by reason, skipped parts, and one row a suite.
pub(crate) fn render(suites: &[Suite]) -> String {
    let mut text = String::new();
    for suite in suites {
        for it in &suite.different {
            let (tool, palisade) = (shortened(&it.tool), shortened(&it.palisade));
            let _ = writeln!(
                text,
                "different: {} {}\n    tool:     {tool}\n    palisade: {palisade}",
                suite.name, it.case
            );
        }
    }
    for suite in suites {
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (case, reason) in &suite.excepted {
            reasons.entry(reason).or_default().push(case);
        }
        for (reason, cases) in reasons {
            let _ = writeln!(text, "excepted: {} {}: {reason}", suite.name, cases.join(", "));
        }
    }
    for suite in suites {
        for reason in &suite.skipped {
            let _ = writeln!(text, "SKIPPED: {}: {reason}", suite.name);
        }
    }
    let _ = writeln!(
        text,
        "{:12} {:>6} {:>6} {:>8} {:>9} {:>7}",
        "suite", "cases", "equal", "excepted", "different", "skipped"
    );
    for it in suites {
        let (excepted, different, skipped) = (it.excepted.len(), it.different.len(), it.skipped.len());
        let _ = writeln!(
            text,
            "{:12} {:6} {:6} {excepted:8} {different:9} {skipped:7}",
            it.name, it.cases, it.equal
        );
    }
    text
}
