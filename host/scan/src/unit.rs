//! One unit: parsed, and its files accounted for.

use std::collections::HashSet;
use std::sync::Arc;

use palisade_capabilities::{SnapshotView, Was};
use palisade_catalog::Role;
use palisade_domain::tape::Batch;
use palisade_domain::{Coverage, Environment, Parsed, PluginError, Status};
use palisade_sandbox::Fault;

use crate::claim::Claimed;
use crate::needs::{Needs, ROUNDS};
use crate::scan::{Event, Request};

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

/// Parses a unit in an environment, again and again until it asks for nothing that could be had. A parser's fault
/// fails the unit's files and nothing else.
pub(crate) async fn parse(
    claimed: &Claimed,
    environment: &Environment,
    request: &Request,
) -> (Parsed, Option<PluginError>) {
    let name = &claimed.plugin.manifest.name;
    let Role::Parser { parser, .. } = &claimed.plugin.role else { return (Parsed::default(), None) };
    let mut needs = Needs::new(&request.snapshot, request.modules.as_ref());
    for round in 1.. {
        let view = Arc::new(SnapshotView::new(needs.tree()));
        let mounts = needs.mounts();
        let mut call = parser.parse(Arc::clone(&view) as _, &claimed.work, &mounts, environment).await;
        call.result = call.result.and_then(|parsed| read(&parsed.batch, claimed, &view).map(|()| parsed));
        (request.observer)(Event::Called {
            plugin: name,
            call: "parse",
            on: &claimed.work.root,
            usage: call.usage,
            fault: call.result.as_ref().err(),
            log: &call.log,
        });
        match call.result {
            Ok(mut parsed) => {
                if round < ROUNDS && needs.meet(&parsed.needs).await {
                    continue;
                }
                parsed.coverage.iter_mut().for_each(|it| it.plugin.clone_from(name));
                needs.tell(&mut parsed.coverage, &parsed.needs, &parsed.diagnostics);
                return (parsed, None);
            }
            Err(fault) => return failed(claimed, &fault),
        }
    }
    (Parsed::default(), None)
}

/// A unit whose parser did not do its work.
fn failed(claimed: &Claimed, fault: &Fault) -> (Parsed, Option<PluginError>) {
    let name = &claimed.plugin.manifest.name;
    let reason = format!("parser `{name}` {fault}");
    let failed = |path: &String| Coverage {
        path: path.clone(),
        status: Status::Failed,
        plugin: name.clone(),
        reason: reason.clone(),
        location: None,
    };
    let coverage = claimed.work.files.iter().map(failed).collect();
    let error =
        PluginError { plugin: name.clone(), path: claimed.work.root.clone(), reason: fault.to_string() };
    (Parsed { coverage, ..Parsed::default() }, Some(error))
}
