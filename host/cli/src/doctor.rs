//! `palisade doctor`: problems of the installation and their fixes.

mod place;
mod plugins;
mod server;
mod tree;

use std::fmt::Write as _;

use palisade_report::clean;
use serde::Serialize;

use crate::args::{DoctorOptions, PlainFormat, Shared};
use crate::failure::Failure;
use crate::output;

/// The version of the output; a change of meaning needs a new one.
const SCHEMA: &str = "palisade/doctor/v1";

/// Exit status if a problem must be fixed before a scan can be trusted.
const SICK: u8 = 2;

/// Result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warning,
    Problem,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    #[serde(rename = "check")]
    name: &'static str,
    state: State,
    /// The finding.
    found: String,
    /// The fix; empty if the check passed.
    fix: String,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Check {
        Check { name, state: State::Ok, found: found.into(), fix: String::new() }
    }

    fn warning(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Check {
        Check { name, state: State::Warning, found: found.into(), fix: fix.into() }
    }

    fn problem(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Check {
        Check { name, state: State::Problem, found: found.into(), fix: fix.into() }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    healthy: bool,
    checks: &'a [Check],
}

/// One line for each check, whatever line breaks the messages contain.
fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let line = |text: &str| clean(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned();
    let mut text = String::new();
    for it in checks {
        let state = match it.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Problem => "problem",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{state:7}  {:width$}  {}", it.name, line(&it.found));
        let _ = match it.fix.as_str() {
            "" => writeln!(text),
            fix => writeln!(text, ": {}", line(fix)),
        };
    }
    text
}

pub(crate) fn doctor(options: &DoctorOptions, _shared: Shared) -> Result<u8, Failure> {
    let mut checks = plugins::checks()?;
    checks.extend(place::checks());
    checks.extend(tree::checks(&options.path));
    checks.extend(server::checks(options.server.as_deref()));
    let healthy = checks.iter().all(|it| it.state < State::Problem);
    output::print(&match output::plain_format(options.format) {
        PlainFormat::Table => table(&checks),
        PlainFormat::Json => output::json(&Document { schema: SCHEMA, healthy, checks: &checks })?,
    })?;
    Ok(if healthy { 0 } else { SICK })
}
