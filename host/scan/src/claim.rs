//! Which files belong together, and to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use palisade_capabilities::SnapshotView;
use palisade_catalog::{Admitted, Catalog, Role};
use palisade_domain::{PluginError, Unit, Work};
use palisade_sandbox::Fault;
use palisade_source::Snapshot;

use crate::scan::{Event, Observer};

/// A unit and who parses it.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) plugin: Admitted,
    pub(crate) work: Work,
}

/// What claiming gave.
#[derive(Default)]
pub(crate) struct Claims {
    /// In a fixed order: by plugin, then by root.
    pub(crate) units: Vec<Claimed>,
    /// Parsers that could not say, and the candidates they were asked about.
    pub(crate) faults: Vec<(PluginError, Vec<String>)>,
}

/// What one parser said, with its candidates.
struct Said {
    plugin: Admitted,
    formats: Vec<String>,
    candidates: Vec<String>,
    units: Vec<Unit>,
}

fn globs(patterns: impl Iterator<Item = impl AsRef<str>>) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern.as_ref())?);
    }
    set.build()
}

/// Asks every parser, then arbitrates.
pub(crate) async fn claim(
    catalog: &Catalog,
    snapshot: &Arc<dyn Snapshot>,
    files: &[String],
    observer: &Observer,
) -> Claims {
    let mut claims = Claims::default();
    let mut said = Vec::new();
    for plugin in catalog.plugins() {
        let Role::Parser { parser, formats } = &plugin.role else { continue };
        let name = &plugin.manifest.name;
        let patterns = formats.iter().flat_map(|format| &format.globs);
        let result = match globs(patterns) {
            Err(error) => {
                let what = format!("a pattern of its formats is not right: {error}");
                (files.to_vec(), Err(Fault::BadOutput { what }))
            }
            Ok(set) => {
                let candidates: Vec<String> =
                    files.iter().filter(|file| set.is_match(file)).cloned().collect();
                if candidates.is_empty() {
                    continue;
                }
                let view = Arc::new(SnapshotView::new(Arc::clone(snapshot)));
                let call = parser.claim(view, &candidates).await;
                observer(Event::Called {
                    plugin: name,
                    call: "claim",
                    on: "",
                    usage: call.usage,
                    fault: call.result.as_ref().err(),
                    log: &call.log,
                });
                (candidates, call.result)
            }
        };
        match result {
            (candidates, Ok(units)) => said.push(Said {
                plugin: Arc::clone(plugin),
                formats: formats.iter().map(|format| format.id.clone()).collect(),
                candidates,
                units,
            }),
            (candidates, Err(fault)) => {
                let error =
                    PluginError { plugin: name.clone(), path: String::new(), reason: fault.to_string() };
                claims.faults.push((error, candidates));
            }
        }
    }
    claims.units = arbitrate(said);
    claims
}

/// A file that a unit owns is left to it alone; where several own one, the unit with the deeper root has it (a
/// chart inside a chart), then the plugin that comes first by name.
fn arbitrate(said: Vec<Said>) -> Vec<Claimed> {
    // Owner of each owned file: depth of the root, then plugin and unit.
    let mut owners: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (speaker, it) in said.iter().enumerate() {
        for (number, unit) in it.units.iter().enumerate() {
            let depth = unit.root.split('/').count();
            for file in unit.owned.iter().filter_map(|index| it.candidates.get(*index as usize)) {
                let owner = owners.entry(file.clone()).or_insert((depth, speaker, number));
                if depth > owner.0 {
                    *owner = (depth, speaker, number);
                }
            }
        }
    }
    let mut units = Vec::new();
    for (speaker, it) in said.into_iter().enumerate() {
        for (number, unit) in it.units.into_iter().enumerate() {
            let mine = |file: &&String| {
                owners.get(*file).is_none_or(|(_, owner, of)| (*owner, *of) == (speaker, number))
            };
            let indices = unit.owned.iter().chain(&unit.shared);
            let mut files: Vec<String> = indices
                .filter_map(|index| it.candidates.get(*index as usize))
                .filter(mine)
                .cloned()
                .collect();
            files.sort();
            files.dedup();
            let Some(format) = it.formats.get(unit.format as usize) else { continue };
            if files.is_empty() {
                continue;
            }
            let work = Work { root: unit.root, format: format.clone(), files };
            units.push(Claimed { plugin: Arc::clone(&it.plugin), work });
        }
    }
    units.sort_by(|one, other| {
        (&one.plugin.manifest.name, &one.work).cmp(&(&other.plugin.manifest.name, &other.work))
    });
    units
}
