//! Values that a parser returns.

use std::collections::HashSet;

use palisade_domain::tape::{self, Batch};
use palisade_domain::{
    Coverage, Diagnostic, Format, Generated, Level, Location, Mount, Need, Parsed, Status, Unit, Variant,
    Work,
};

use super::{bad, one_line};
use crate::bindings::parser::exports::palisade::parser::parser;
use crate::bindings::parser::palisade::types::{core, tape as wire};
use crate::fault::Fault;

/// The most patterns of a format, and the longest one, in bytes.
const MAX_GLOBS: usize = 64;
const MAX_GLOB: usize = 256;

fn location(path: &str, span: Option<core::Span>) -> Option<Location> {
    span.map(|it| super::location(path, [it.line, it.column, it.end_line, it.end_column]))
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

/// Names and patterns of a format, with the same limits as its globs.
fn few(id: &str, what: &str, all: &[String]) -> Result<Vec<String>, Fault> {
    if all.len() > MAX_GLOBS || all.iter().any(|it| it.is_empty() || it.len() > MAX_GLOB) {
        return Err(bad(format!("format `{id}` has more than {MAX_GLOBS} {what} of 1 to {MAX_GLOB} bytes")));
    }
    Ok(all.iter().map(|it| one_line(it)).collect())
}

fn generated(id: &str, all: Vec<parser::Generated>) -> Result<Vec<Generated>, Fault> {
    if all.len() > MAX_GLOBS {
        return Err(bad(format!("format `{id}` has more than {MAX_GLOBS} generated folders")));
    }
    let mut found = Vec::new();
    for it in all {
        let folder =
            few(id, "generated folders", std::slice::from_ref(&it.folder))?.pop().unwrap_or_default();
        let contents = few(id, "folders in generated ones", &it.contents)?;
        if contents.iter().chain([&folder]).any(|name| name.contains('/')) {
            return Err(bad(format!("format `{id}`: a generated folder is named without `/`")));
        }
        found.push(Generated { folder, contents, unauthored: few(id, "unauthored files", &it.unauthored)? });
    }
    Ok(found)
}

pub(crate) fn formats(formats: Vec<parser::Format>) -> Result<Vec<Format>, Fault> {
    if formats.is_empty() || formats.len() > 64 {
        return Err(bad("a parser describes between 1 and 64 formats"));
    }
    formats
        .into_iter()
        .map(|it| {
            let id = one_line(&it.id);
            if it.globs.len() > MAX_GLOBS || it.globs.iter().any(|glob| glob.len() > MAX_GLOB) {
                return Err(bad(format!(
                    "format `{id}` has more than {MAX_GLOBS} patterns of {MAX_GLOB} bytes"
                )));
            }
            let id_of = id.clone();
            Ok(Format {
                id,
                title: one_line(&it.title),
                globs: it.globs,
                apart: it.apart,
                documents: it.documents,
                inputs: few(&id_of, "inputs", &it.inputs)?,
                annotations: few(&id_of, "annotations", &it.annotations)?,
                generated: generated(&id_of, it.generated)?,
                tools: few(&id_of, "tools", &it.tools)?,
            })
        })
        .collect()
}

/// Whether a file is the root of a unit or below it. A file that a unit owns is not offered to other parsers, and the
/// deeper root takes precedence, so an arbitrary root could claim any file.
fn below(root: &str, file: &str) -> bool {
    root.is_empty() || file.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The most readings of a unit: each costs as much as the first.
const MOST_VARIANTS: usize = 64;

pub(crate) fn units(
    units: Vec<parser::Unit>,
    formats: usize,
    candidates: &[String],
) -> Result<Vec<Unit>, Fault> {
    if units.len() > candidates.len() {
        return Err(bad("more units than candidates"));
    }
    units
        .into_iter()
        .map(|it| {
            if it.format as usize >= formats {
                return Err(bad(format!("unit `{}` is of a format that is not there", one_line(&it.root))));
            }
            let files = it.owned.iter().chain(&it.shared);
            if files.clone().any(|index| *index as usize >= candidates.len()) {
                return Err(bad(format!(
                    "unit `{}` claims a candidate that was not offered",
                    one_line(&it.root)
                )));
            }
            let mut owned = it.owned.iter().filter_map(|index| candidates.get(*index as usize));
            if let Some(file) = owned.find(|file| !below(&it.root, file)) {
                let (root, file) = (one_line(&it.root), one_line(file));
                return Err(bad(format!("unit `{root}` claims `{file}`, which does not stand below it")));
            }
            if files.count() == 0 {
                return Err(bad(format!("unit `{}` claims nothing", one_line(&it.root))));
            }
            if it.variants.len() > MOST_VARIANTS {
                return Err(bad(format!(
                    "unit `{}` has more than {MOST_VARIANTS} variants",
                    one_line(&it.root)
                )));
            }
            let files = it.variants.iter().flat_map(|variant| &variant.files);
            if let Some(file) = files.into_iter().find(|file| candidates.binary_search(file).is_err()) {
                let (root, file) = (one_line(&it.root), one_line(file));
                return Err(bad(format!("a variant of unit `{root}` has `{file}`, which was not offered")));
            }
            let variant = |it: parser::Variant| Variant { tool: one_line(&it.tool), files: it.files };
            Ok(Unit {
                root: it.root,
                format: it.format,
                owned: it.owned,
                shared: it.shared,
                variants: it.variants.into_iter().map(variant).collect(),
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

tape::convert_batch!(to_tape: wire => tape);

fn batch(it: wire::Batch) -> Result<Batch, Fault> {
    let batch = to_tape(it);
    batch.validate().map_err(|invalid| bad(format!("tape: {invalid}")))?;
    let mut seen = HashSet::with_capacity(batch.resources.len());
    for it in &batch.resources {
        if !seen.insert((it.document, batch.text(it.address))) {
            let (address, path) = (one_line(batch.text(it.address)), one_line(batch.path(it.document)));
            return Err(bad(format!("two resources of `{path}` have the address `{address}`")));
        }
    }
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

/// The result of parsing. It must have exactly one row of coverage for each of the unit's own files: a file without one
/// would be neither scanned nor reported as missing.
pub(crate) fn parsed(it: parser::Parsed, work: &Work) -> Result<Parsed, Fault> {
    let mut coverage: Vec<Coverage> = it
        .coverage
        .into_iter()
        .map(|it| {
            let status = match it.status {
                parser::Status::Scanned => Status::Scanned,
                parser::Status::Partial => Status::Partial,
                parser::Status::Unsupported => Status::Unsupported,
                parser::Status::Ignored => Status::Ignored,
                parser::Status::Failed => Status::Failed,
            };
            let location = location(&it.path, it.span);
            Coverage { location, ..Coverage::new(it.path, status, one_line(&it.reason)) }
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
        undecided: it.undecided.iter().map(|it| one_line(it)).collect(),
    })
}
