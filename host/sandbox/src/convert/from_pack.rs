//! Values that a pack returns.

use palisade_domain::tape;
use palisade_domain::{
    Control, Diagnostic, Docs, Found, Judgement, Level, Outcome, Parameter, Remedy, Scope, Severity, Stricter,
};

use super::{bad, one_line, text};
use crate::bindings::pack::exports::palisade::pack::pack;
use crate::bindings::pack::palisade::types::core;
use crate::fault::Fault;
use crate::pack::JudgeRequest;

pub(crate) fn pack_call_error(error: core::CallError) -> String {
    match error {
        core::CallError::Denied(why) => format!("denied: {}", one_line(&why)),
        core::CallError::InvalidInput(why) => format!("invalid input: {}", one_line(&why)),
        core::CallError::Unavailable(why) => format!("unavailable: {}", one_line(&why)),
        core::CallError::RateLimited(_) => "rate limited".to_owned(),
        core::CallError::Other(why) => one_line(&why),
    }
}

fn diagnostic(it: core::Diagnostic) -> Diagnostic {
    Diagnostic {
        level: match it.level {
            core::Level::Note => Level::Note,
            core::Level::Warning => Level::Warning,
            core::Level::Error => Level::Error,
        },
        code: one_line(&it.code),
        message: one_line(&it.message),
        location: it
            .span
            .map(|span| super::location(&it.path, [span.line, span.column, span.end_line, span.end_column])),
        path: it.path,
    }
}

fn severity(it: core::Severity) -> Severity {
    match it {
        core::Severity::Low => Severity::Low,
        core::Severity::Medium => Severity::Medium,
        core::Severity::High => Severity::High,
        core::Severity::Critical => Severity::Critical,
    }
}

/// The most names of each kind in a control, and the longest one, in bytes. Every finding contains some of them, and
/// every resource is compared with others.
const MAX_NAMES: usize = 256;
const MAX_NAME: usize = 256;

/// Names of a control, within limits.
fn names(of: &str, what: &str, names: &[String]) -> Result<Vec<String>, Fault> {
    if names.len() > MAX_NAMES || names.iter().any(|name| name.len() > MAX_NAME) {
        return Err(bad(format!(
            "control `{of}` has more than {MAX_NAMES} {what}, or one of more than {MAX_NAME} bytes"
        )));
    }
    Ok(names.iter().map(|name| one_line(name)).collect())
}

/// Fixes that a control declares safe, as its outcomes give them, within limits.
fn fixes(of: &str, fixes: Vec<String>) -> Result<Vec<String>, Fault> {
    names(of, "safe fixes", &fixes).map(|_| fixes)
}

/// Controls of a pack; their ids must be distinct and must have a valid form.
pub(crate) fn controls(controls: Vec<pack::Control>, name: &str) -> Result<Vec<Control>, Fault> {
    if controls.len() > 10_000 {
        return Err(bad("more than 10000 controls"));
    }
    let mut seen = std::collections::BTreeSet::new();
    controls
        .into_iter()
        .map(|it| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            if it.id.is_empty() || it.id.len() > 128 || !it.id.chars().all(plain) {
                return Err(bad(format!(
                    "control id `{}`: letters, digits and `-_./`, 128 at most",
                    one_line(&it.id)
                )));
            }
            if it.parameters.len() > MAX_NAMES || it.docs.remedies.len() > MAX_NAMES {
                return Err(bad(format!(
                    "control `{}` has more than {MAX_NAMES} parameters or remedies",
                    it.id
                )));
            }
            if !seen.insert(it.id.clone()) {
                return Err(bad(format!("control id `{}` stands twice", it.id)));
            }
            Ok(Control {
                title: one_line(&it.title).into(),
                severity: severity(it.severity),
                scope: match it.scope {
                    pack::Scope::Component => Scope::Component,
                    pack::Scope::Tree => Scope::Tree,
                    pack::Scope::Document => Scope::Document,
                },
                kinds: names(&it.id, "subjects", &it.subjects)?,
                shapes: names(&it.id, "shapes", &it.shapes)?,
                related: names(&it.id, "related kinds", &it.related)?,
                formats: names(&it.id, "formats", &it.formats)?,
                aliases: names(&it.id, "aliases", &it.aliases)?.into(),
                policies: names(&it.id, "policies", &it.policies)?.into(),
                docs: Docs {
                    why: text(&it.docs.why),
                    impact: text(&it.docs.impact).into(),
                    remedies: it
                        .docs
                        .remedies
                        .into_iter()
                        .map(|it| Remedy { format: it.format, text: text(&it.text).into() })
                        .collect(),
                    failing_example: text(&it.docs.failing_example),
                    passing_example: text(&it.docs.passing_example),
                },
                parameters: it
                    .parameters
                    .into_iter()
                    .map(|it| Parameter {
                        name: it.name,
                        title: one_line(&it.title),
                        schema: it.schema,
                        default: it.default,
                        stricter: match it.stricter {
                            pack::Stricter::None => Stricter::None,
                            pack::Stricter::Larger => Stricter::Larger,
                            pack::Stricter::Smaller => Stricter::Smaller,
                            pack::Stricter::FewerItems => Stricter::FewerItems,
                            pack::Stricter::MoreItems => Stricter::MoreItems,
                        },
                    })
                    .collect(),
                safe_fixes: fixes(&it.id, it.safe_fixes)?,
                pack: name.to_owned(),
                id: it.id.into(),
            })
        })
        .collect()
}

/// Outcomes; their indices must be those of the request.
pub(crate) fn judgement(
    it: pack::Judgement,
    request: &JudgeRequest<'_>,
    controls: &[Control],
    findings: usize,
) -> Result<Judgement, Fault> {
    if it.outcomes.len() > findings || it.passes.len() > findings.saturating_mul(100) {
        return Err(Fault::Findings { limit: findings });
    }
    if it.passed.len() != request.enabled.len() {
        return Err(bad("passes are counted for each enabled control"));
    }
    if it.passed.iter().any(|count| *count as usize > request.subjects.len()) {
        return Err(bad("more passes than subjects"));
    }
    let enabled = |control: u32| (control as usize) < controls.len() && request.enabled.contains(&control);
    let id = |control: u32| controls.get(control as usize).map_or("", |it| &*it.id);
    let address = |row: u32| request.batch.resource(row).map_or("", |it| it.address());
    let mut subject = vec![false; request.batch.resources.len()];
    for row in request.subjects {
        if let Some(flag) = subject.get_mut(*row as usize) {
            *flag = true;
        }
    }
    let subject = |row: u32| subject.get(row as usize).copied().unwrap_or(false);
    let nodes = request.batch.nodes.len();
    let node = |index: u32| index == tape::NONE || (index as usize) < nodes;
    let outcomes = it
        .outcomes
        .into_iter()
        .map(|it| {
            if !enabled(it.control) {
                return Err(bad(format!("an outcome names control {}, which was not asked for", it.control)));
            }
            if !subject(it.resource) {
                return Err(bad(format!(
                    "an outcome of `{}` names resource {}, which was not to be judged",
                    id(it.control),
                    it.resource
                )));
            }
            if !node(it.node) || !it.related_nodes.iter().all(|index| node(*index)) {
                return Err(bad(format!(
                    "an outcome of `{}` on `{}` names a node that does not exist: {nodes} were given",
                    id(it.control),
                    one_line(address(it.resource))
                )));
            }
            Ok(Outcome {
                control: it.control,
                resource: it.resource,
                node: it.node,
                related_nodes: it.related_nodes,
                kind: match it.kind {
                    pack::OutcomeKind::Failed => Found::Failed,
                    pack::OutcomeKind::Unknown => Found::Unknown,
                },
                instance: one_line(&it.instance),
                message: one_line(&it.message),
                // A fix is written to a file, so one that would be changed here is dropped.
                fix: it.fix.filter(|fix| text(fix) == *fix),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let passes = it.passes.iter().map(|it| (it.control, it.resource)).collect::<Vec<_>>();
    if passes.iter().any(|(control, resource)| !enabled(*control) || !subject(*resource)) {
        return Err(bad("a pass names a control or resource that was not asked for"));
    }
    Ok(Judgement {
        outcomes,
        passed: it.passed,
        passes,
        diagnostics: it.diagnostics.into_iter().map(diagnostic).collect(),
    })
}
