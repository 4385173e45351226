//! Claims: which files form a unit, and which parser reads it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use palisade_capabilities::SnapshotView;
use palisade_catalog::{Admitted, Catalog, Plugin, Role};
use palisade_domain::{Environment, Format, PluginError, Unit, Variant, Work};
use palisade_sandbox::{Fault, Parser};
use palisade_source::{Digest, Snapshot};
use serde::{Deserialize, Serialize};

use crate::cache::Session;
use crate::event::{Event, Observer};
use crate::inventory::Inventory;
use crate::request::Request;

/// A unit and its parser.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) plugin: Admitted,
    pub(crate) work: Work,
    /// Whether each of its files is read alone: several units of one file that are parsed in one call.
    pub(crate) apart: bool,
    /// The environments to parse it with in turn; if empty, its defaults.
    pub(crate) environments: Vec<Environment>,
    /// The ways to read it, if there are several.
    pub(crate) variants: Vec<Variant>,
}

impl Claimed {
    /// Name for readers.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match &self.work.files[..] {
            [first, rest @ ..] if self.apart && !rest.is_empty() => {
                Cow::Owned(format!("{first} and {} more", rest.len()))
            }
            _ => Cow::Borrowed(&self.work.root),
        }
    }

    /// The readings in an environment; a violation in one of them is a violation. Files of values that nobody named are
    /// used only if no environment was named. If a tool is set, the readings of other tools are left out.
    pub(crate) fn readings(&self, environment: &Environment, request: &Request) -> Vec<Environment> {
        let unnamed = environment.name.is_empty() && !request.environments.are_left_out();
        let engine = request.config.engine.as_ref().map_or("", |it| it.value.as_str());
        let has_engine = self.variants.iter().any(|it| it.tool == engine);
        let takes = |it: &&Variant| (unnamed || it.files.is_empty()) && (!has_engine || it.tool == engine);
        let usual = [Variant::default()];
        let mut variants: Vec<&Variant> = self.variants.iter().filter(takes).collect();
        if variants.is_empty() {
            variants.extend(&usual);
        }
        let tool = |it: &Variant| if it.tool.is_empty() { engine.to_owned() } else { it.tool.clone() };
        let reading = |it: &Variant| Environment {
            name: environment.name.clone(),
            files: environment.files.iter().chain(&it.files).cloned().collect(),
            tool: tool(it),
            assume: None,
            workspace: request.config.workspace.as_ref().map_or_else(String::new, |it| it.value.clone()),
        };
        variants.into_iter().map(reading).collect()
    }

    /// Digest that is the same for the same unit in two trees: of its parser, its files and its environments.
    pub(crate) fn key(&self) -> Option<Digest> {
        let plugin = (&self.plugin.manifest.name, self.plugin.digest.0);
        let what = (plugin, &self.work, self.apart, &self.environments, &self.variants);
        postcard::to_allocvec(&what).ok().map(|bytes| Digest::of(&bytes))
    }

    /// Paths in its resources where authors may suppress findings, besides comments.
    pub(crate) fn annotations(&self) -> &[String] {
        let Role::Parser { formats, .. } = &self.plugin.role else { return &[] };
        formats.iter().find(|it| it.id == self.work.format).map_or(&[], |it| &it.annotations)
    }

    /// The units of one file that it was gathered from; empty if it is a single unit.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Claimed> {
        let files = if self.apart && self.work.files.len() > 1 { &self.work.files[..] } else { &[] };
        files.iter().map(|file| Claimed {
            work: Work { root: file.clone(), files: vec![file.clone()], format: self.work.format.clone() },
            ..self.clone()
        })
    }
}

/// Result of claiming.
#[derive(Default)]
pub(crate) struct Claims {
    /// In a fixed order: by plugin, then by root.
    pub(crate) units: Vec<Claimed>,
    /// Units that other parsers would read, of files that one parser owns.
    pub(crate) yielded: Vec<Claimed>,
    /// Parsers that failed, and the candidates they were asked about.
    pub(crate) faults: Vec<(PluginError, Vec<String>)>,
    /// Links without a target whose names a parser would read.
    pub(crate) dangling: BTreeSet<String>,
    /// Whether some are units only because the base has them.
    pub(crate) has_kept: bool,
}

/// The claims of one parser.
pub struct Claim<P> {
    /// The parser.
    pub plugin: P,
    /// Its formats.
    pub formats: Vec<Format>,
    /// The files that it was offered.
    pub candidates: Vec<String>,
    /// The units that it claims.
    pub units: Vec<Unit>,
    /// Whether it may own files that a built-in parser reads too.
    pub owns: bool,
    /// Whether it is part of the program.
    pub built_in: bool,
}

/// A unit and the parser that gets it.
#[derive(Clone, Debug)]
pub struct Arranged<P> {
    /// The parser.
    pub plugin: P,
    /// Input of the parser.
    pub work: Work,
    /// Whether each of its files is read alone.
    pub apart: bool,
    /// The ways to read it, if there are several.
    pub variants: Vec<Variant>,
}

fn globs(patterns: impl Iterator<Item = impl AsRef<str>>) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern.as_ref())?);
    }
    set.build()
}

/// The formats of a reading of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reading {
    /// Formats whose resources a tree declares.
    Resources,
    /// Formats that read whole files as documents.
    Documents,
}

impl Reading {
    fn wants(self, format: &Format) -> bool {
        format.documents == (self == Reading::Documents)
    }
}

/// Asks every parser, then arbitrates their claims.
pub(crate) async fn claim(
    catalog: &Catalog,
    reading: Reading,
    inventory: &Inventory,
    request: &Request,
    session: Option<&Session>,
) -> Claims {
    let (snapshot, observer) = (&request.snapshot, &request.observer);
    let files = &inventory.files;
    let mut claims = Claims::default();
    let mut claimed = Vec::new();
    for plugin in catalog.plugins() {
        let Role::Parser { parser, formats } = &plugin.role else { continue };
        let name = &plugin.manifest.name;
        let patterns = formats.iter().filter(|it| reading.wants(it)).flat_map(|format| &format.globs);
        let result = match globs(patterns) {
            Err(error) => {
                let what = format!("invalid pattern in its formats: {error}");
                (files.clone(), Err(Fault::BadOutput { what }))
            }
            Ok(set) => {
                claims.dangling.extend(inventory.dangling.iter().filter(|it| set.is_match(it)).cloned());
                let candidates: Vec<String> =
                    files.iter().filter(|file| set.is_match(file)).cloned().collect();
                if candidates.is_empty() {
                    continue;
                }
                let asked = Asked { plugin, parser, formats: formats.len(), candidates: &candidates };
                // A parser may have formats of both kinds; units of the other kind are dropped.
                let mut units = asked.ask(snapshot, observer, session).await;
                if let Ok(units) = &mut units {
                    for root in request.before.of_plugin(name) {
                        let kept = asked.ask_for(root, units, snapshot, observer, session).await;
                        claims.has_kept |= kept.is_some();
                        units.extend(kept);
                    }
                    units.retain(|it| formats.get(it.format as usize).is_some_and(|it| reading.wants(it)));
                }
                (candidates, units)
            }
        };
        match result {
            (candidates, Ok(units)) => {
                let (owns, built_in, formats) = (plugin.owns, plugin.built_in, formats.clone());
                claimed.push(Claim {
                    plugin: Arc::clone(plugin),
                    formats,
                    candidates,
                    units,
                    owns,
                    built_in,
                });
            }
            (candidates, Err(fault)) => {
                let error =
                    PluginError { plugin: name.clone(), path: String::new(), reason: fault.to_string() };
                claims.faults.push((error, candidates));
            }
        }
    }
    let unit = |Arranged { plugin, work, apart, variants }| Claimed {
        plugin,
        work,
        apart,
        environments: Vec::new(),
        variants,
    };
    let Arrangement { given, yielded } = arrange(claimed, inventory);
    claims.units = given.into_iter().map(&unit).collect();
    claims.yielded = yielded.into_iter().map(unit).collect();
    claims
}

/// The question to one parser.
struct Asked<'a> {
    plugin: &'a Plugin,
    parser: &'a Parser,
    formats: usize,
    candidates: &'a [String],
}

impl Asked<'_> {
    /// One call, or its answer in an earlier scan.
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
        let view = Arc::new(SnapshotView::new(Arc::clone(snapshot), candidates));
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

impl Asked<'_> {
    /// The unit of a folder that was one in the base and is not claimed now, though its files exist: what the parser
    /// claims if it sees only them.
    async fn ask_for(
        &self,
        root: &str,
        units: &[Unit],
        snapshot: &Arc<dyn Snapshot>,
        observer: &Observer,
        session: Option<&Session>,
    ) -> Option<Unit> {
        let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        if units.iter().any(|it| it.root == root) || !self.candidates.iter().any(|it| folder(it) == root) {
            return None;
        }
        let inside =
            |path: &str| root.is_empty() || path.strip_prefix(root).is_some_and(|it| it.starts_with('/'));
        let (rows, candidates): (Vec<u32>, Vec<String>) = (0u32..)
            .zip(self.candidates)
            .filter(|(_, path)| inside(path))
            .map(|(row, path)| (row, path.clone()))
            .unzip();
        let asked = Asked { candidates: &candidates, ..*self };
        let unit =
            asked.ask(snapshot, observer, session).await.ok()?.into_iter().find(|it| it.root == root)?;
        let rows =
            |of: &[u32]| of.iter().filter_map(|row| rows.get(*row as usize)).copied().collect::<Vec<_>>();
        let (owned, shared) = (rows(&unit.owned), rows(&unit.shared));
        // A file that belongs to another unit is only shared here.
        let shared = owned.into_iter().chain(shared).collect();
        Some(Unit { owned: Vec::new(), shared, ..unit })
    }
}

/// Assigns units to parsers: claims of several parsers are arbitrated, and files that are read alone are gathered,
/// since each call has a cost.
pub fn arrange<P: Clone>(claims: Vec<Claim<P>>, inventory: &Inventory) -> Arrangement<P> {
    let size = |file: &String| {
        let row = inventory.files.binary_search(file).ok();
        row.and_then(|row| inventory.sizes.get(row)).copied().unwrap_or(0)
    };
    let Arbitrated { given, yielded } = arbitrate(claims);
    Arrangement { given: given.into_iter().flat_map(|units| gather(units, size)).collect(), yielded }
}

/// Result of [`arrange`].
#[derive(Debug)]
pub struct Arrangement<P> {
    /// In a fixed order.
    pub given: Vec<Arranged<P>>,
    /// The rest of units whose files another parser owns. They are parsed if the owner does not read those files.
    pub yielded: Vec<Arranged<P>>,
}

/// Result of the arbitration, by parser.
struct Arbitrated<P> {
    given: Vec<Vec<Arranged<P>>>,
    yielded: Vec<Arranged<P>>,
}

/// The most files in one call, and the most bytes; a larger file is parsed alone.
const MOST_FILES: usize = 64;
const MOST_BYTES: u64 = 256 << 10;

/// Gathers consecutive units of one file. If possible, file names decide where a group ends, so that a new or deleted
/// file changes one group and not all that follow.
fn gather<P>(units: Vec<Arranged<P>>, size: impl Fn(&String) -> u64) -> Vec<Arranged<P>> {
    let mut gathered: Vec<Arranged<P>> = Vec::new();
    let mut bytes = 0;
    for unit in units {
        let [file] = &unit.work.files[..] else {
            gathered.push(unit);
            continue;
        };
        let adds = size(file);
        let Digest([first, ..]) = Digest::of(file.as_bytes());
        let fits = |last: &&mut Arranged<P>| {
            unit.apart
                && last.apart
                && unit.variants.is_empty()
                && last.variants.is_empty()
                && last.work.format == unit.work.format
                && last.work.files.len() < MOST_FILES
                && bytes + adds <= MOST_BYTES
                && !first.is_multiple_of(32)
        };
        if let Some(last) = gathered.last_mut().filter(fits) {
            last.work.root = common(&last.work.root, &unit.work.root);
            last.work.files.extend(unit.work.files);
            bytes += adds;
        } else {
            gathered.push(unit);
            bytes = adds;
        }
    }
    gathered
}

/// The common folder of two paths.
fn common(one: &str, other: &str) -> String {
    let same = one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other);
    same.map(|(part, _)| part).collect::<Vec<_>>().join("/")
}

/// A file that one unit owns belongs to it alone. If several own it, the unit with the deeper root gets it (a chart
/// inside a chart), then the first parser. The order is that of the parsers, then of the units.
///
/// A parser that may not own shares what it claims with the built-in ones that claim it too: a plugin must not be able
/// to hide files from them.
fn arbitrate<P: Clone>(claims: Vec<Claim<P>>) -> Arbitrated<P> {
    let may_all = claims.iter().all(|it| it.owns);
    let built_in = claims.iter().filter(|it| it.built_in && !may_all).flat_map(|it| {
        let rows = it.units.iter().flat_map(|unit| unit.owned.iter().chain(&unit.shared));
        rows.filter_map(|row| it.candidates.get(*row as usize)).cloned()
    });
    let built_in: BTreeSet<String> = built_in.collect();
    // Owner of each owned file: depth of the root, then parser and unit.
    let mut owners: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (claimant, it) in claims.iter().enumerate() {
        for (number, unit) in it.units.iter().enumerate() {
            let depth = unit.root.split('/').count();
            let owned = unit.owned.iter().filter_map(|index| it.candidates.get(*index as usize));
            for file in owned.filter(|file| it.owns || !built_in.contains(*file)) {
                let owner = owners.entry(file.clone()).or_insert((depth, claimant, number));
                if depth > owner.0 {
                    *owner = (depth, claimant, number);
                }
            }
        }
    }
    let mut all = Arbitrated { given: Vec::new(), yielded: Vec::new() };
    for (claimant, it) in claims.into_iter().enumerate() {
        let mut units = Vec::new();
        for (number, unit) in it.units.into_iter().enumerate() {
            let mine = |file: &&String| {
                owners.get(*file).is_none_or(|(_, owner, of)| (*owner, *of) == (claimant, number))
            };
            let indices = unit.owned.iter().chain(&unit.shared);
            let files = indices.filter_map(|index| it.candidates.get(*index as usize));
            let (files, others): (BTreeSet<&String>, BTreeSet<&String>) = files.partition(mine);
            let Some(format) = it.formats.get(unit.format as usize) else { continue };
            let arranged = |files: BTreeSet<&String>, variants| Arranged {
                plugin: it.plugin.clone(),
                work: Work {
                    root: unit.root.clone(),
                    format: format.id.clone(),
                    files: files.into_iter().cloned().collect(),
                },
                apart: format.apart,
                variants,
            };
            if !others.is_empty() {
                all.yielded.push(arranged(others, Vec::new()));
            }
            if !files.is_empty() {
                units.push(arranged(files, unit.variants.clone()));
            }
        }
        units.sort_by(|one, other| one.work.cmp(&other.work));
        all.given.push(units);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Arranged, Claim, arbitrate, gather};
    use palisade_domain::{Format, Unit, Work};

    fn format(id: &str, apart: bool) -> Format {
        Format { id: id.to_owned(), apart, ..Format::default() }
    }

    type Speakers = Vec<Claim<&'static str>>;

    /// A parser, and its units as `root: owned files | shared files`.
    fn claims(plugin: &'static str, units: &[&str]) -> Claim<&'static str> {
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
                    variants: Vec::new(),
                }
            })
            .collect();
        let formats = vec![format("f", false)];
        Claim { plugin, formats, units, candidates, owns: plugin != "greedy", built_in: plugin == "kube" }
    }

    #[test]
    fn a_file_goes_to_its_owner_or_to_all_that_share_it() {
        let yaml = ["a.yaml: | a.yaml", "c/t.yaml: | c/t.yaml", "c/sub/t.yaml: | c/sub/t.yaml"];
        let cases: [(&str, Speakers, &[&str]); 5] = [
            (
                "shared by two",
                vec![claims("cfn", &yaml[..1]), claims("kube", &yaml[..1])],
                &["cfn a.yaml [a.yaml]", "kube a.yaml [a.yaml]"],
            ),
            (
                "a chart owns its templates",
                vec![claims("helm", &["c: c/Chart.yaml c/t.yaml c/sub/t.yaml | "]), claims("kube", &yaml)],
                &["helm c [c/Chart.yaml c/sub/t.yaml c/t.yaml]", "kube a.yaml [a.yaml]"],
            ),
            (
                "a chart inside a chart",
                vec![claims("helm", &["c: c/t.yaml c/sub/t.yaml | ", "c/sub: c/sub/t.yaml | "])],
                &["helm c [c/t.yaml]", "helm c/sub [c/sub/t.yaml]"],
            ),
            (
                "a parser that may not own what a built-in one reads",
                vec![claims("greedy", &["c: c/t.yaml c/Chart.yaml | "]), claims("kube", &yaml[1..2])],
                &["greedy c [c/Chart.yaml c/t.yaml]", "kube c/t.yaml [c/t.yaml]"],
            ),
            (
                "two owners of the same depth: the first parser",
                vec![claims("a", &["c: c/t.yaml | "]), claims("b", &["c: c/t.yaml | a.yaml"])],
                &["a c [c/t.yaml]", "b c [a.yaml]"],
            ),
        ];
        for (what, claims, expected) in cases {
            let found: Vec<String> = arbitrate(claims)
                .given
                .into_iter()
                .flatten()
                .map(|it| format!("{} {} [{}]", it.plugin, it.work.root, it.work.files.join(" ")))
                .collect();
            assert_eq!(found, expected, "{what}");
        }
    }

    /// Groups of these files as units of one file each: the root of each group and its number of files.
    fn groups(files: &[String], apart: bool, size: u64) -> Vec<(String, usize)> {
        let unit = |file: &String| Arranged {
            plugin: (),
            work: Work { root: file.clone(), format: "f".to_owned(), files: vec![file.clone()] },
            apart,
            variants: Vec::new(),
        };
        let gathered = gather(files.iter().map(unit).collect(), |_| size);
        let all: Vec<String> = gathered.iter().flat_map(|it| it.work.files.clone()).collect();
        assert_eq!(all, files, "each file is in one group, in order");
        gathered.into_iter().map(|it| (it.work.root, it.work.files.len())).collect()
    }

    #[test]
    fn files_that_stand_for_themselves_are_gathered() {
        let files: Vec<String> = (100..900).map(|it| format!("deploy/shop{}/{it}.yaml", it / 400)).collect();
        assert_eq!(groups(&files, false, 1).len(), 800, "what belongs together is never gathered");
        assert_eq!(groups(&files, true, 1 << 20).len(), 800, "large files are alone");
        let before = groups(&files, true, 1_000);
        assert!(before.len() < 80 && before.iter().all(|(_, files)| *files <= 64), "{before:?}");
        assert!(before.iter().any(|(root, _)| root == "deploy/shop1"), "{before:?}");
        assert!(before.iter().all(|(root, files)| (*files == 1) == root.contains(".yaml")), "{before:?}");
        // A deleted file changes only its own group.
        let mut fewer = files.clone();
        fewer.remove(400);
        let after = groups(&fewer, true, 1_000);
        let changed = before.iter().filter(|it| !after.contains(it)).count();
        assert!(changed <= 2, "{changed} groups are others");
    }
}
