//! Parses one unit, and determines the coverage of its files.

use std::collections::HashSet;
use std::sync::Arc;

use palisade_capabilities::{Question, ReadSet, SnapshotView, Was};
use palisade_catalog::Role;
use palisade_domain::tape::Batch;
use palisade_domain::{Coverage, Diagnostic, Environment, Level, Parsed, PluginError, Status};
use palisade_sandbox::Fault;
use palisade_source::{Digest, Snapshot, TreePath};

use crate::cache::{ParseCall, Session};
use crate::claim::Claimed;
use crate::event::Event;
use crate::looks::Looks;
use crate::needs::{Needs, ROUNDS};
use crate::request::Request;

/// Checks that resources are in files of the unit or in files that were read for it, and that no place is past the end
/// of its file: findings must not refer to files that were not read.
fn read(batch: &Batch, claimed: &Claimed, seen: &ReadSet, tree: &dyn Snapshot) -> Result<(), Fault> {
    let read = seen.iter().filter_map(|(path, question, was)| {
        (question == Question::Read && matches!(was, Was::File(_))).then_some(path)
    });
    let files: HashSet<&str> = claimed.work.files.iter().map(String::as_str).chain(read).collect();
    let mut ends = vec![0u32; batch.documents.len()];
    for (document, end) in batch.origins.documents.iter().zip(&batch.origins.ends) {
        if let Some(last) = ends.get_mut(*document as usize) {
            *last = (*last).max(*end);
        }
    }
    for (document, end) in batch.documents.iter().zip(ends) {
        let path = batch.text(document.path);
        if !files.contains(path) {
            let what = format!("document `{}` is not a file that it read", path.escape_debug());
            return Err(Fault::BadOutput { what });
        }
        let size = size(tree, path, end);
        if u64::from(end) > size {
            let what = format!("a place in `{path}` ends at byte {end}, and the file has {size}");
            return Err(Fault::BadOutput { what });
        }
    }
    Ok(())
}

/// Length of a file as UTF-8. The file is read only if its size is too small for `end`: it may be UTF-16, or damaged.
fn size(tree: &dyn Snapshot, path: &str, end: u32) -> u64 {
    let Ok(path) = TreePath::parse(path) else { return 0 };
    let size = tree.stat(&path).ok().flatten().map_or(0, |it| it.size);
    if u64::from(end) <= size {
        return size;
    }
    let Ok(content) = tree.read(&path) else { return size };
    let unit: fn([u8; 2]) -> u16 = match *content.bytes {
        [0xff, 0xfe, ..] | [_, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, _, ..] => u16::from_be_bytes,
        // Each invalid sequence is read as one character of three bytes.
        _ => return String::from_utf8_lossy(&content.bytes).len() as u64,
    };
    let (pairs, _) = content.bytes.as_chunks::<2>();
    let letters = char::decode_utf16(pairs.iter().map(|it| unit(*it)));
    letters.map(|it| it.map_or(3, char::len_utf8) as u64).sum()
}

/// A unit that was parsed.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) parsed: Parsed,
    /// Digest of its batch, if there is a cache.
    pub(crate) digest: Option<Digest>,
    pub(crate) error: Option<PluginError>,
    /// Places of the tree that it depends on.
    pub(crate) looks: Looks,
}

/// Parses a unit in an environment, repeatedly until no further need can be met. A parser's fault fails only the unit's
/// files.
pub(crate) async fn parse(
    claimed: &Claimed,
    environment: &Environment,
    request: &Request,
    session: Option<&Session>,
) -> Outcome {
    let name = &claimed.plugin.manifest.name;
    let Role::Parser { parser, .. } = &claimed.plugin.role else { return Outcome::default() };
    let mut needs = Needs::new(&request.snapshot, request.resolvers.as_ref());
    let mut looks = Looks::default();
    for round in 1.. {
        let (tree, mounts) = (needs.tree(), needs.mounts());
        let call =
            ParseCall { plugin: &claimed.plugin, parser, work: &claimed.work, mounts: &mounts, environment };
        match ask(call, &tree, claimed, request, session).await {
            Ok((mut parsed, digest, of_call)) => {
                looks.add(of_call);
                if round < ROUNDS && needs.meet(&parsed.needs).await {
                    continue;
                }
                // A missing need may be available next time.
                if request.resolvers.is_some() && !parsed.needs.is_empty() {
                    looks.depend_on_more();
                }
                parsed.coverage.iter_mut().for_each(|it| it.plugin.clone_from(name));
                needs.report(&mut parsed.coverage, &parsed.needs, &parsed.diagnostics);
                mark_errors(&mut parsed.coverage, &parsed.diagnostics);
                return Outcome { parsed, digest, error: None, looks };
            }
            Err(fault) => return failed(claimed, &fault),
        }
    }
    Outcome::default()
}

/// A file with an error was not read completely, whatever status its parser reports.
fn mark_errors(coverage: &mut [Coverage], diagnostics: &[Diagnostic]) {
    for it in diagnostics.iter().filter(|it| it.level == Level::Error) {
        let Some(row) = coverage.iter_mut().find(|row| row.path == it.path) else { continue };
        match row.status {
            Status::Scanned | Status::Ignored => {
                row.status = Status::Partial;
                row.reason.clone_from(&it.message);
                row.location.clone_from(&it.location);
            }
            Status::Partial => row.add_reason(&it.message),
            Status::Unsupported | Status::Failed => {}
        }
    }
}

/// One call, or its answer in an earlier scan.
async fn ask(
    call: ParseCall<'_>,
    tree: &Arc<dyn Snapshot>,
    claimed: &Claimed,
    request: &Request,
    session: Option<&Session>,
) -> Result<(Parsed, Option<Digest>, Looks), Fault> {
    let (plugin, on) = (&claimed.plugin.manifest.name, &*claimed.name());
    if let Some(session) = session
        && let Some((parsed, digest, looks)) = session.parsed(call, tree).await
    {
        (request.observer)(Event::Known { plugin, call: "parse", on });
        return Ok((parsed, Some(digest), looks));
    }
    let view = Arc::new(SnapshotView::new(Arc::clone(tree), &call.work.files));
    let ParseCall { parser, work, mounts, environment, .. } = call;
    let mut called = parser.parse(Arc::clone(&view) as _, work, mounts, environment).await;
    let seen = view.read_set();
    called.result =
        called.result.and_then(|parsed| read(&parsed.batch, claimed, &seen, tree.as_ref()).map(|()| parsed));
    (request.observer)(Event::Called {
        plugin,
        call: "parse",
        on,
        usage: called.usage,
        fault: called.result.as_ref().err(),
        log: &called.log,
    });
    let parsed = called.result?;
    let digest = session.map(|session| session.keep_parsed(call, &seen, &parsed));
    Ok((parsed, digest, Looks::from(&seen)))
}

/// The outcome of a unit whose parser failed.
fn failed(claimed: &Claimed, fault: &Fault) -> Outcome {
    let name = &claimed.plugin.manifest.name;
    let reason = format!("parser `{name}` {fault}");
    let failed =
        |path: &String| Coverage { plugin: name.clone(), ..Coverage::new(path, Status::Failed, &reason) };
    let coverage = claimed.work.files.iter().map(failed).collect();
    let error =
        PluginError { plugin: name.clone(), path: claimed.work.root.clone(), reason: fault.to_string() };
    let parsed = Parsed { coverage, ..Parsed::default() };
    Outcome { parsed, digest: None, error: Some(error), looks: Looks::default() }
}

#[cfg(test)]
mod tests {
    use palisade_domain::{Coverage, Diagnostic, Level, Status};

    use super::mark_errors;

    #[test]
    fn a_file_with_an_error_is_partial_at_least() {
        for (status, level, expected, reason) in [
            (Status::Scanned, Level::Error, Status::Partial, "too many"),
            (Status::Ignored, Level::Error, Status::Partial, "too many"),
            (Status::Partial, Level::Error, Status::Partial, "too many"),
            (Status::Unsupported, Level::Error, Status::Unsupported, ""),
            (Status::Failed, Level::Error, Status::Failed, ""),
            (Status::Scanned, Level::Warning, Status::Scanned, ""),
        ] {
            let row = |path: &str| Coverage::new(path, status, "");
            let mut coverage = [row("a.tf"), row("b.tf")];
            let error = Diagnostic {
                path: "b.tf".to_owned(),
                location: None,
                level,
                code: String::new(),
                message: "too many".to_owned(),
            };
            mark_errors(&mut coverage, &[error]);
            assert_eq!(coverage[0], row("a.tf"));
            assert_eq!(
                (coverage[1].status, &*coverage[1].reason),
                (expected, reason),
                "{status:?} {level:?}"
            );
        }
    }
}
