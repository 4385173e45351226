//! One unit: parsed, and its files accounted for.

use std::collections::HashSet;
use std::sync::Arc;

use palisade_capabilities::{SnapshotView, Was};
use palisade_catalog::Role;
use palisade_domain::tape::Batch;
use palisade_domain::{Coverage, Environment, Parsed, PluginError, Status};
use palisade_sandbox::Fault;
use palisade_source::Snapshot;

use crate::claim::Claimed;
use crate::scan::{Event, Observer};

/// Resources stand in files of the unit, or in such as were read for it: findings must not point at what nobody
/// looked at.
fn read(batch: &Batch, claimed: &Claimed, view: &SnapshotView) -> Result<(), Fault> {
    let seen = view.read_set();
    let read = seen.iter().filter(|(_, was)| matches!(was, Was::File(_))).map(|(path, _)| path);
    let files: HashSet<&str> = claimed.work.files.iter().map(String::as_str).chain(read).collect();
    let paths = batch.documents.iter().map(|document| batch.text(document.path));
    match paths.into_iter().find(|path| !files.contains(path)) {
        None => Ok(()),
        Some(path) => Err(Fault::BadOutput {
            what: format!("document `{}` is no file that it read", path.escape_debug()),
        }),
    }
}

/// Parses a unit in an environment. A parser's fault fails the unit's files and nothing else.
pub(crate) async fn parse(
    claimed: &Claimed,
    environment: &Environment,
    snapshot: &Arc<dyn Snapshot>,
    observer: &Observer,
) -> (Parsed, Option<PluginError>) {
    let name = &claimed.plugin.manifest.name;
    let Role::Parser { parser, .. } = &claimed.plugin.role else { return (Parsed::default(), None) };
    let view = Arc::new(SnapshotView::new(Arc::clone(snapshot)));
    let mut call = parser.parse(Arc::clone(&view) as _, &claimed.work, &[], environment).await;
    call.result = call.result.and_then(|parsed| read(&parsed.batch, claimed, &view).map(|()| parsed));
    observer(Event::Called {
        plugin: name,
        call: "parse",
        on: &claimed.work.root,
        usage: call.usage,
        fault: call.result.as_ref().err(),
        log: &call.log,
    });
    match call.result {
        Ok(mut parsed) => {
            for it in &mut parsed.coverage {
                it.plugin.clone_from(name);
                if let Some(need) = parsed.needs.iter().find(|need| need.path == it.path)
                    && it.status == Status::Scanned
                {
                    it.status = Status::Partial;
                    it.reason = format!("{} `{}` could not be had", need.kind, need.source);
                    it.location.clone_from(&need.location);
                }
            }
            (parsed, None)
        }
        Err(fault) => {
            let reason = format!("parser `{name}` {fault}");
            let coverage = claimed
                .work
                .files
                .iter()
                .map(|path| Coverage {
                    path: path.clone(),
                    status: Status::Failed,
                    plugin: name.clone(),
                    reason: reason.clone(),
                    location: None,
                })
                .collect();
            let error = PluginError {
                plugin: name.clone(),
                path: claimed.work.root.clone(),
                reason: fault.to_string(),
            };
            (Parsed { coverage, ..Parsed::default() }, Some(error))
        }
    }
}
