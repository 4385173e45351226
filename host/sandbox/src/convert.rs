//! From the contract's types to the host's, checking on the way: what a guest says is a stranger's word.

use palisade_domain::tape::{self, Batch};
use palisade_domain::{
    Control, Coverage, Diagnostic, Docs, Format, Found, Judgement, Level, Location, Mount, Need, Outcome,
    Parameter, Parsed, Position, Remedy, Scope, Severity, Span, Status, Unit, Work,
};

use crate::bindings::pack::exports::palisade::pack::pack;
use crate::bindings::pack::palisade::types::core as pack_core;
use crate::bindings::pack::palisade::types::tape as pack_tape;
use crate::bindings::parser::exports::palisade::parser::parser;
use crate::bindings::parser::palisade::types::{core, tape as wire};
use crate::call::Fault;
use crate::pack::JudgeRequest;

pub(crate) use pack_core::PropertyParam as Property;

/// The longest text of a message or name that is taken from a guest.
const MAX_TEXT: usize = 16 << 10;

fn bad(what: impl Into<String>) -> Fault {
    Fault::BadOutput { what: what.into() }
}

/// A guest's text, cut where it is endless and without what moves a terminal's cursor.
fn text(text: &str) -> String {
    let kept =
        text.char_indices().find(|(at, c)| at + c.len_utf8() > MAX_TEXT).map_or(text.len(), |(at, _)| at);
    let clean = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    text.get(..kept).unwrap_or("").chars().map(clean).collect()
}

fn one_line(it: &str) -> String {
    text(it).replace(['\n', '\t'], " ")
}

pub(crate) fn call_error(error: core::CallError) -> String {
    match error {
        core::CallError::Denied(why) => format!("denied: {}", one_line(&why)),
        core::CallError::InvalidInput(why) => format!("invalid input: {}", one_line(&why)),
        core::CallError::Unavailable(why) => format!("unavailable: {}", one_line(&why)),
        core::CallError::RateLimited(_) => "rate limited".to_owned(),
        core::CallError::Other(why) => one_line(&why),
    }
}

pub(crate) fn pack_call_error(error: pack_core::CallError) -> String {
    match error {
        pack_core::CallError::Denied(why) => format!("denied: {}", one_line(&why)),
        pack_core::CallError::InvalidInput(why) => format!("invalid input: {}", one_line(&why)),
        pack_core::CallError::Unavailable(why) => format!("unavailable: {}", one_line(&why)),
        pack_core::CallError::RateLimited(_) => "rate limited".to_owned(),
        pack_core::CallError::Other(why) => one_line(&why),
    }
}

pub(crate) fn formats(formats: Vec<parser::Format>) -> Result<Vec<Format>, Fault> {
    if formats.is_empty() || formats.len() > 64 {
        return Err(bad("a parser describes between 1 and 64 formats"));
    }
    Ok(formats
        .into_iter()
        .map(|it| Format { id: one_line(&it.id), title: one_line(&it.title), globs: it.globs })
        .collect())
}

pub(crate) fn units(units: Vec<parser::Unit>, candidates: usize) -> Result<Vec<Unit>, Fault> {
    if units.len() > candidates {
        return Err(bad("more units than candidates"));
    }
    units
        .into_iter()
        .map(|it| {
            let files = it.owned.iter().chain(&it.shared);
            if files.clone().any(|index| *index as usize >= candidates) {
                return Err(bad(format!(
                    "unit `{}` claims a candidate that was not offered",
                    one_line(&it.root)
                )));
            }
            if files.count() == 0 {
                return Err(bad(format!("unit `{}` claims nothing", one_line(&it.root))));
            }
            Ok(Unit {
                root: it.root,
                format: it.format,
                owned: it.owned,
                shared: it.shared,
                environments: it.environments,
            })
        })
        .collect()
}

pub(crate) fn mount(it: &Mount) -> parser::Mount {
    parser::Mount {
        kind: it.kind.clone(),
        source: it.source.clone(),
        version: it.version.clone(),
        path: it.path.clone(),
    }
}

fn location(path: &str, span: Option<core::Span>) -> Option<Location> {
    span.map(|it| {
        let position = |line: u32, column: u32| Position { line: line.max(1), column: column.max(1) };
        let span = Span { start: position(it.line, it.column), end: position(it.end_line, it.end_column) };
        Location::new(path, span)
    })
}

fn batch(it: wire::Batch) -> Result<Batch, Fault> {
    let batch = Batch {
        strings: tape::Strings { arena: it.strings.arena, ends: it.strings.ends },
        documents: it
            .documents
            .into_iter()
            .map(|it| tape::Document { path: it.path, format: it.format })
            .collect(),
        origins: tape::Origins {
            documents: it.origins.documents,
            starts: it.origins.starts,
            ends: it.origins.ends,
            lines: it.origins.lines,
            columns: it.origins.columns,
            end_lines: it.origins.end_lines,
            end_columns: it.origins.end_columns,
            notes: it.origins.notes,
            parents: it.origins.parents,
        },
        unknowns: it
            .unknowns
            .into_iter()
            .map(|it| tape::Unknown {
                expression: it.expression,
                reason: it.reason,
                known_prefix: it.known_prefix,
                expected_type: it.expected_type,
                origin: it.origin,
            })
            .collect(),
        nodes: tape::Nodes {
            kinds: it.nodes.kinds,
            keys: it.nodes.keys,
            values: it.nodes.values,
            key_origins: it.nodes.key_origins,
            origins: it.nodes.origins,
            nexts: it.nodes.nexts,
        },
        resources: it
            .resources
            .into_iter()
            .map(|it| tape::Resource {
                address: it.address,
                kind: it.kind,
                provider: it.provider,
                name: it.name,
                format: it.format,
                document: it.document,
                root: it.root,
                origin: it.origin,
                module: it.module,
            })
            .collect(),
        relations: it
            .relations
            .into_iter()
            .map(|it| tape::Relation {
                from_node: it.from_node,
                to_resource: it.to_resource,
                target_text: it.target_text,
                attribute: it.attribute,
            })
            .collect(),
        comments: it
            .comments
            .into_iter()
            .map(|it| tape::Comment { document: it.document, origin: it.origin, text: it.text })
            .collect(),
        shapes: it
            .shapes
            .into_iter()
            .map(|it| tape::Shape { resource: it.resource, id: it.id, root: it.root })
            .collect(),
    };
    batch.validate().map_err(|invalid| bad(format!("tape: {invalid}")))?;
    Ok(batch)
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
        location: location(&it.path, it.span),
        path: it.path,
    }
}

fn pack_diagnostic(it: pack_core::Diagnostic) -> Diagnostic {
    let span = it.span.map(|it| core::Span {
        start: it.start,
        end: it.end,
        line: it.line,
        column: it.column,
        end_line: it.end_line,
        end_column: it.end_column,
    });
    Diagnostic {
        level: match it.level {
            pack_core::Level::Note => Level::Note,
            pack_core::Level::Warning => Level::Warning,
            pack_core::Level::Error => Level::Error,
        },
        code: one_line(&it.code),
        message: one_line(&it.message),
        location: location(&it.path, span),
        path: it.path,
    }
}

/// What parsing gave. Coverage speaks of the unit's own files and of each exactly once: a file that a parser
/// forgets would otherwise be neither scanned nor missed.
pub(crate) fn parsed(it: parser::Parsed, work: &Work) -> Result<Parsed, Fault> {
    let mut coverage: Vec<Coverage> = it
        .coverage
        .into_iter()
        .map(|it| Coverage {
            status: match it.status {
                parser::Status::Scanned => Status::Scanned,
                parser::Status::Partial => Status::Partial,
                parser::Status::Unsupported => Status::Unsupported,
                parser::Status::Ignored => Status::Ignored,
                parser::Status::Failed => Status::Failed,
            },
            plugin: String::new(),
            reason: one_line(&it.reason),
            location: location(&it.path, it.span),
            path: it.path,
        })
        .collect();
    coverage.sort();
    let mut files: Vec<&str> = work.files.iter().map(String::as_str).collect();
    files.sort_unstable();
    if !coverage.iter().map(|it| it.path.as_str()).eq(files.iter().copied()) {
        return Err(bad("coverage names each file of the unit exactly once, and no other"));
    }
    Ok(Parsed {
        batch: batch(it.batch)?,
        coverage,
        diagnostics: it.diagnostics.into_iter().map(diagnostic).collect(),
        needs: it
            .needs
            .into_iter()
            .map(|it| Need {
                kind: one_line(&it.kind),
                source: one_line(&it.source),
                version: one_line(&it.version),
                location: location(&it.path, it.span),
                path: it.path,
            })
            .collect(),
    })
}

fn severity(it: pack_core::Severity) -> Severity {
    match it {
        pack_core::Severity::Low => Severity::Low,
        pack_core::Severity::Medium => Severity::Medium,
        pack_core::Severity::High => Severity::High,
        pack_core::Severity::Critical => Severity::Critical,
    }
}

/// Controls of a pack: their ids are distinct and can be typed.
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
            if !seen.insert(it.id.clone()) {
                return Err(bad(format!("control id `{}` stands twice", it.id)));
            }
            Ok(Control {
                title: one_line(&it.title),
                severity: severity(it.severity),
                scope: match it.scope {
                    pack::Scope::Component => Scope::Component,
                    pack::Scope::Tree => Scope::Tree,
                    pack::Scope::Document => Scope::Document,
                },
                kinds: it.subjects,
                shapes: it.shapes,
                related: it.related,
                formats: it.formats,
                aliases: it.aliases,
                policies: it.policies,
                docs: Docs {
                    why: text(&it.docs.why),
                    impact: text(&it.docs.impact),
                    remedies: it
                        .docs
                        .remedies
                        .into_iter()
                        .map(|it| Remedy { format: it.format, text: text(&it.text) })
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
                    })
                    .collect(),
                pack: name.to_owned(),
                id: it.id,
            })
        })
        .collect()
}

/// Outcomes, whose indices must be those of the request.
pub(crate) fn judgement(
    it: pack::Judgement,
    request: &JudgeRequest<'_>,
    controls: usize,
    findings: usize,
) -> Result<Judgement, Fault> {
    if it.outcomes.len() > findings || it.passes.len() > findings.saturating_mul(100) {
        return Err(Fault::Findings { limit: findings });
    }
    if it.passed.len() != request.enabled.len() {
        return Err(bad("passes are counted for each enabled control"));
    }
    let enabled = |control: u32| (control as usize) < controls && request.enabled.contains(&control);
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
                return Err(bad("an outcome names a control that was not asked for"));
            }
            if !subject(it.resource) {
                return Err(bad("an outcome names a resource that was not to be judged"));
            }
            if !node(it.node) || !it.related_nodes.iter().all(|index| node(*index)) {
                return Err(bad("an outcome names a node that is not there"));
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
                fix: it.fix.as_deref().map(text),
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
        diagnostics: it.diagnostics.into_iter().map(pack_diagnostic).collect(),
    })
}

/// The small tables of a batch in the contract's types; the columns are borrowed as they are.
pub(crate) struct Tables {
    documents: Vec<pack_tape::Document>,
    unknowns: Vec<pack_tape::Unknown>,
    resources: Vec<pack_tape::Resource>,
    relations: Vec<pack_tape::Relation>,
    comments: Vec<pack_tape::Comment>,
    shapes: Vec<pack_tape::Shape>,
}

impl Tables {
    pub(crate) fn new(batch: &Batch) -> Tables {
        Tables {
            documents: batch
                .documents
                .iter()
                .map(|it| pack_tape::Document { path: it.path, format: it.format })
                .collect(),
            unknowns: batch
                .unknowns
                .iter()
                .map(|it| pack_tape::Unknown {
                    expression: it.expression,
                    reason: it.reason,
                    known_prefix: it.known_prefix,
                    expected_type: it.expected_type,
                    origin: it.origin,
                })
                .collect(),
            resources: batch
                .resources
                .iter()
                .map(|it| pack_tape::Resource {
                    address: it.address,
                    kind: it.kind,
                    provider: it.provider,
                    name: it.name,
                    format: it.format,
                    document: it.document,
                    root: it.root,
                    origin: it.origin,
                    module: it.module,
                })
                .collect(),
            relations: batch
                .relations
                .iter()
                .map(|it| pack_tape::Relation {
                    from_node: it.from_node,
                    to_resource: it.to_resource,
                    target_text: it.target_text,
                    attribute: it.attribute,
                })
                .collect(),
            comments: batch
                .comments
                .iter()
                .map(|it| pack_tape::Comment { document: it.document, origin: it.origin, text: it.text })
                .collect(),
            shapes: batch
                .shapes
                .iter()
                .map(|it| pack_tape::Shape { resource: it.resource, id: it.id, root: it.root })
                .collect(),
        }
    }

    pub(crate) fn wire<'a>(&'a self, batch: &'a Batch) -> pack_tape::Batch<'a> {
        pack_tape::Batch {
            strings: pack_tape::Strings { arena: &batch.strings.arena, ends: &batch.strings.ends },
            documents: &self.documents,
            origins: pack_tape::Origins {
                documents: &batch.origins.documents,
                starts: &batch.origins.starts,
                ends: &batch.origins.ends,
                lines: &batch.origins.lines,
                columns: &batch.origins.columns,
                end_lines: &batch.origins.end_lines,
                end_columns: &batch.origins.end_columns,
                notes: &batch.origins.notes,
                parents: &batch.origins.parents,
            },
            unknowns: &self.unknowns,
            nodes: pack_tape::Nodes {
                kinds: &batch.nodes.kinds,
                keys: &batch.nodes.keys,
                values: &batch.nodes.values,
                key_origins: &batch.nodes.key_origins,
                origins: &batch.nodes.origins,
                nexts: &batch.nodes.nexts,
            },
            resources: &self.resources,
            relations: &self.relations,
            comments: &self.comments,
            shapes: &self.shapes,
        }
    }
}
