//! Which files belong together, and to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use palisade_capabilities::SnapshotView;
use palisade_catalog::{Admitted, Catalog, Plugin, Role};
use palisade_domain::{Environment, PluginError, Unit, Work};
use palisade_sandbox::{Fault, Parser};
use palisade_source::Snapshot;

use crate::cache::Session;
use crate::scan::{Event, Observer};

/// A unit and who parses it.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) plugin: Admitted,
    pub(crate) work: Work,
    /// What to parse it with in turn; the defaults where there is none.
    pub(crate) environments: Vec<Environment>,
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
struct Said<P> {
    plugin: P,
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
    session: Option<&Session>,
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
                let asked = Asked { plugin, parser, formats: formats.len(), candidates: &candidates };
                let units = asked.ask(snapshot, observer, session).await;
                (candidates, units)
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
    claims.units = arbitrate(said)
        .into_iter()
        .map(|(plugin, work)| Claimed { plugin, work, environments: Vec::new() })
        .collect();
    claims
}

/// What one parser is asked.
struct Asked<'a> {
    plugin: &'a Plugin,
    parser: &'a Parser,
    formats: usize,
    candidates: &'a [String],
}

impl Asked<'_> {
    /// One call, or what it gave in an earlier scan of the same.
    async fn ask(
        &self,
        snapshot: &Arc<dyn Snapshot>,
        observer: &Observer,
        session: Option<&Session>,
    ) -> Result<Vec<Unit>, Fault> {
        let Asked { plugin, parser, formats, candidates } = *self;
        let name = &plugin.manifest.name;
        if let Some(session) = session
            && let Some(units) = session.claimed(plugin, parser, candidates, formats).await
        {
            observer(Event::Known { plugin: name, call: "claim", on: "" });
            return Ok(units);
        }
        let view = Arc::new(SnapshotView::new(Arc::clone(snapshot)));
        let call = parser.claim(Arc::clone(&view) as _, candidates, formats).await;
        observer(Event::Called {
            plugin: name,
            call: "claim",
            on: "",
            usage: call.usage,
            fault: call.result.as_ref().err(),
            log: &call.log,
        });
        if let (Some(session), Ok(units)) = (session, &call.result) {
            session.keep_claim(plugin, parser, candidates, formats, (&view.read_set(), units));
        }
        call.result
    }
}

/// A file that a unit owns is left to it alone; where several own one, the unit with the deeper root has it (a
/// chart inside a chart), then the parser that comes first. The order is that of the parsers, then of the units.
fn arbitrate<P: Clone>(said: Vec<Said<P>>) -> Vec<(P, Work)> {
    // Owner of each owned file: depth of the root, then parser and unit.
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
    let mut all = Vec::new();
    for (speaker, it) in said.into_iter().enumerate() {
        let mut units = Vec::new();
        for (number, unit) in it.units.into_iter().enumerate() {
            let mine = |file: &&String| {
                owners.get(*file).is_none_or(|(_, owner, of)| (*owner, *of) == (speaker, number))
            };
            let indices = unit.owned.iter().chain(&unit.shared);
            let files = indices.filter_map(|index| it.candidates.get(*index as usize)).filter(mine);
            let mut files: Vec<String> = files.cloned().collect();
            files.sort();
            files.dedup();
            let Some(format) = it.formats.get(unit.format as usize).filter(|_| !files.is_empty()) else {
                continue;
            };
            units.push(Work { root: unit.root, format: format.clone(), files });
        }
        units.sort();
        all.extend(units.into_iter().map(|work| (it.plugin.clone(), work)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Said, arbitrate};
    use palisade_domain::Unit;

    type Speakers = Vec<Said<&'static str>>;

    /// A parser, and its units as `root: owned files | shared files`.
    fn said(plugin: &'static str, units: &[&str]) -> Said<&'static str> {
        let candidates: Vec<String> =
            ["a.yaml", "c/Chart.yaml", "c/sub/t.yaml", "c/t.yaml"].map(str::to_owned).into();
        let rows = |files: &str| -> Vec<u32> {
            let row = |file| u32::try_from(candidates.iter().position(|it| it == file).unwrap()).unwrap();
            files.split_whitespace().map(row).collect()
        };
        let units = units
            .iter()
            .map(|text| {
                let (root, files) = text.split_once(": ").unwrap();
                let (owned, shared) = files.split_once('|').unwrap();
                Unit {
                    root: root.to_owned(),
                    format: 0,
                    owned: rows(owned),
                    shared: rows(shared),
                    environments: Vec::new(),
                }
            })
            .collect();
        Said { plugin, formats: vec!["f".to_owned()], units, candidates }
    }

    #[test]
    fn a_file_goes_to_its_owner_or_to_all_that_share_it() {
        let yaml = ["a.yaml: | a.yaml", "c/t.yaml: | c/t.yaml", "c/sub/t.yaml: | c/sub/t.yaml"];
        let cases: [(&str, Speakers, &[&str]); 4] = [
            (
                "shared by two",
                vec![said("cfn", &yaml[..1]), said("kube", &yaml[..1])],
                &["cfn a.yaml [a.yaml]", "kube a.yaml [a.yaml]"],
            ),
            (
                "a chart owns its templates",
                vec![said("helm", &["c: c/Chart.yaml c/t.yaml c/sub/t.yaml | "]), said("kube", &yaml)],
                &["helm c [c/Chart.yaml c/sub/t.yaml c/t.yaml]", "kube a.yaml [a.yaml]"],
            ),
            (
                "a chart inside a chart",
                vec![said("helm", &["c: c/t.yaml c/sub/t.yaml | ", "c/sub: c/sub/t.yaml | "])],
                &["helm c [c/t.yaml]", "helm c/sub [c/sub/t.yaml]"],
            ),
            (
                "two owners of the same depth: the first parser",
                vec![said("a", &["c: c/t.yaml | "]), said("b", &["c: c/t.yaml | a.yaml"])],
                &["a c [c/t.yaml]", "b c [a.yaml]"],
            ),
        ];
        for (what, said, expected) in cases {
            let found: Vec<String> = arbitrate(said)
                .into_iter()
                .map(|(plugin, work)| format!("{plugin} {} [{}]", work.root, work.files.join(" ")))
                .collect();
            assert_eq!(found, expected, "{what}");
        }
    }
}
