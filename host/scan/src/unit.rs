//! One unit: parsed, and its files accounted for.

use std::sync::Arc;

use palisade_capabilities::SnapshotView;
use palisade_catalog::Role;
use palisade_domain::{Coverage, Environment, Parsed, PluginError, Status};
use palisade_source::Snapshot;

use crate::claim::Claimed;
use crate::scan::{Event, Observer};

/// Parses a unit. A parser's fault fails the unit's files and nothing else.
pub(crate) async fn parse(
    claimed: &Claimed,
    snapshot: &Arc<dyn Snapshot>,
    observer: &Observer,
) -> (Parsed, Option<PluginError>) {
    let name = &claimed.plugin.manifest.name;
    let Role::Parser { parser, .. } = &claimed.plugin.role else { return (Parsed::default(), None) };
    let view = Arc::new(SnapshotView::new(Arc::clone(snapshot)));
    let call = parser.parse(view, &claimed.work, &[], &Environment::default()).await;
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
