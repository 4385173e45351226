//! Rego's language and builtins, compared with OPA.
//!
//! The cases of `palisade-rego-builtins` are used as they are, without their expected results; those in `cases/opa`
//! have the same format. OPA runs as a server, one for each version of Rego. Palisade's side runs in this process as a
//! pack would: the folder is compiled with our builtins, and the value of a rule is read.

mod case;
mod palisade;
mod server;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use palisade_rego_builtins::{Status, documented};
use regorus::Value;
use serde_json::json;

use crate::opa::case::Case;
use crate::opa::server::Server;
use crate::suite::Suite;
use crate::tools::Tools;

/// A module that is added to every case. JSON cannot distinguish a set from an array, nor a number from a text as a
/// key, so both are listed beside the value.
const WRAPPER: &str = r#"package palisade_reference

import rego.v1

answer := {"value": value, "sets": sets, "keys": keys} if {
	value := data.case.result
	sets := {path | walk(value, [path, part]); is_set(part)}
	keys := {key | walk(value, [_, part]); is_object(part); some key, _ in part; not is_string(key)}
}
"#;

/// A part of the error of our builtins when a bound is exceeded. OPA has no such bounds.
const BOUND: &str = "more than one call may ask for";

/// The result of a case.
enum Answer {
    /// The value of the wrapper's rule.
    Value(Value),
    Undefined,
    /// It was refused or failed; the message is not compared.
    Error(String),
}

impl Answer {
    /// Whether both results are equal.
    fn equals(&self, other: &Answer) -> bool {
        match (self, other) {
            (Answer::Value(one), Answer::Value(other)) => one == other,
            (Answer::Undefined, Answer::Undefined) | (Answer::Error(_), Answer::Error(_)) => true,
            _ => false,
        }
    }

    fn show(&self) -> serde_json::Value {
        match self {
            Answer::Value(value) => json!(value.to_string()),
            Answer::Undefined => json!("undefined"),
            Answer::Error(why) => json!(format!("error: {why}")),
        }
    }
}

/// Runs the suite.
pub(crate) fn run(tools: &Tools, suite: &mut Suite) -> Result<()> {
    let mut cases = Vec::new();
    let builtins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/packs/rego/builtins/tests/cases");
    for (prefix, folder) in [
        ("builtin", builtins.join("builtins")),
        ("language", builtins.join("language")),
        ("opa", suite.folder.clone()),
    ] {
        cases.extend(case::read(prefix, &folder)?);
    }
    coverage(suite, &cases);
    let Some(program) = tools.find("opa") else {
        suite.skip("opa not found");
        return Ok(());
    };
    let folder = tools.work("opa")?;
    let mut newest = Server::start(tools.command(&program, &folder), false)?;
    let mut older = Server::start(tools.command(&program, &folder), true)?;
    for case in &cases {
        let ours = palisade::answer(case);
        if matches!(&ours, Answer::Error(why) if why.contains(BOUND)) {
            suite.compare(&case.name, &json!("not run: it would use all memory or time"), &ours.show());
            continue;
        }
        let server = if case.v0 || deprecated(&case.of) { &mut older } else { &mut newest };
        let theirs = server.answer(case)?;
        if theirs.equals(&ours) {
            suite.compare(&case.name, &json!(null), &json!(null));
        } else {
            suite.compare(&case.name, &theirs.show(), &ours.show());
        }
    }
    Ok(())
}

/// Whether OPA 1.0 has the builtin only for older policies.
fn deprecated(name: &str) -> bool {
    palisade_rego_builtins::find(name).is_some_and(|it| it.deprecated)
}

/// Each documented builtin that packs have needs three cases.
fn coverage(suite: &mut Suite, cases: &[Case]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        *counts.entry(&case.of).or_default() += 1;
    }
    for builtin in documented() {
        let count = counts.get(builtin.name).copied().unwrap_or(0);
        if !matches!(builtin.status, Status::Constant { .. } | Status::Absent { .. }) && count < 3 {
            suite.compare(&format!("coverage: {}", builtin.name), &json!("3 cases"), &json!(count));
        }
    }
}
