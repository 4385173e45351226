//! Which files belong together, and to whom.

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

/// A unit and who parses it.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) plugin: Admitted,
    pub(crate) work: Work,
    /// Whether each of its files is read for itself: several units of one file, which are handed over together.
    pub(crate) apart: bool,
    /// What to parse it with in turn; the defaults where there is none.
    pub(crate) environments: Vec<Environment>,
    /// The ways to read it, where there are several.
    pub(crate) variants: Vec<Variant>,
}

impl Claimed {
    /// What a reader calls it.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match &self.work.files[..] {
            [first, rest @ ..] if self.apart && !rest.is_empty() => {
                Cow::Owned(format!("{first} and {} more", rest.len()))
            }
            _ => Cow::Borrowed(&self.work.root),
        }
    }

    /// How to read it in an environment: what is wrong in one of these readings is wrong. Values that nobody has named
    /// take part where no environment was. Where the tool is set, what another one would read does not count.
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

    /// What makes it the same unit in two trees: who parses it, which files, and with what.
    pub(crate) fn key(&self) -> Option<Digest> {
        let plugin = (&self.plugin.manifest.name, self.plugin.digest.0);
        let what = (plugin, &self.work, self.apart, &self.environments, &self.variants);
        postcard::to_allocvec(&what).ok().map(|bytes| Digest::of(&bytes))
    }

    /// Where authors may suppress findings in its resources, beside comments.
    pub(crate) fn annotations(&self) -> &[String] {
        let Role::Parser { formats, .. } = &self.plugin.role else { return &[] };
        formats.iter().find(|it| it.id == self.work.format).map_or(&[], |it| &it.annotations)
    }

    /// The units of one file that it was gathered from; none where it is one itself.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Claimed> {
        let files = if self.apart && self.work.files.len() > 1 { &self.work.files[..] } else { &[] };
        files.iter().map(|file| Claimed {
            work: Work { root: file.clone(), files: vec![file.clone()], format: self.work.format.clone() },
            ..self.clone()
        })
    }
}

/// What claiming gave.
#[derive(Default)]
pub(crate) struct Claims {
    /// In a fixed order: by plugin, then by root.
    pub(crate) units: Vec<Claimed>,
    /// What other parsers would read of files that one of them has for itself.
    pub(crate) yielded: Vec<Claimed>,
    /// Parsers that could not say, and the candidates they were asked about.
    pub(crate) faults: Vec<(PluginError, Vec<String>)>,
    /// Links that lead nowhere and are called as what a parser reads.
    pub(crate) dangling: BTreeSet<String>,
    /// Whether some are units only because they are in the base.
    pub(crate) has_kept: bool,
}

/// What one parser claims of its candidates.
pub struct Claim<P> {
    /// The parser.
    pub plugin: P,
    /// Its formats.
    pub formats: Vec<Format>,
    /// What it was asked about.
    pub candidates: Vec<String>,
    /// What it said.
    pub units: Vec<Unit>,
    /// Whether it may keep files to itself that a built-in parser reads too.
    pub owns: bool,
    /// Whether it came with the program.
    pub built_in: bool,
}

/// A unit that a parser gets.
#[derive(Clone, Debug)]
pub struct Arranged<P> {
    /// The parser.
    pub plugin: P,
    /// What it parses.
    pub work: Work,
    /// Whether each of its files is read for itself.
    pub apart: bool,
    /// The ways to read it, where there are several.
    pub variants: Vec<Variant>,
}

fn globs(patterns: impl Iterator<Item = impl AsRef<str>>) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern.as_ref())?);
    }
    set.build()
}

/// Which formats are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reading {
    /// Those that say which resources a tree declares.
    Resources,
    /// Those that take whole files as documents.
    Documents,
}

impl Reading {
    fn wants(self, format: &Format) -> bool {
        format.documents == (self == Reading::Documents)
    }
}

/// Asks every parser, then arbitrates.
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
    let mut said = Vec::new();
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
                // A parser may have formats of both kinds; what was not asked for is left.
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
                said.push(Claim { plugin: Arc::clone(plugin), formats, candidates, units, owns, built_in });
            }
            (candidates, Err(fault)) => {
                let error =
                    PluginError { plugin: name.clone(), path: String::new(), reason: fault.to_string() };
                claims.faults.push((error, candidates));
            }
        }
    }
    let claimed = |Arranged { plugin, work, apart, variants }| Claimed {
        plugin,
        work,
        apart,
        environments: Vec::new(),
        variants,
    };
    let Arrangement { given, yielded } = arrange(said, inventory);
    claims.units = given.into_iter().map(&claimed).collect();
    claims.yielded = yielded.into_iter().map(claimed).collect();
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
    /// The unit of a folder that was one before and is not any more, though its files are there: what the parser makes of
    /// them when it sees nothing else.
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
        // A file belongs to the unit that has it already; this one looks at it.
        let shared = owned.into_iter().chain(shared).collect();
        Some(Unit { owned: Vec::new(), shared, ..unit })
    }
}

/// Which unit goes to whom: what several parsers claim is arbitrated, and files that are read each for itself are
/// gathered, since a call has a price.
pub fn arrange<P: Clone>(said: Vec<Claim<P>>, inventory: &Inventory) -> Arrangement<P> {
    let size = |file: &String| {
        let row = inventory.files.binary_search(file).ok();
        row.and_then(|row| inventory.sizes.get(row)).copied().unwrap_or(0)
    };
    let Arbitrated { given, yielded } = arbitrate(said);
    Arrangement { given: given.into_iter().flat_map(|units| gather(units, size)).collect(), yielded }
}

/// Which unit goes to whom.
#[derive(Debug)]
pub struct Arrangement<P> {
    /// In a fixed order.
    pub given: Vec<Arranged<P>>,
    /// What is left of units whose files another parser has for itself: theirs, should it not want them.
    pub yielded: Vec<Arranged<P>>,
}

/// The same, by parser.
struct Arbitrated<P> {
    given: Vec<Vec<Arranged<P>>>,
    yielded: Vec<Arranged<P>>,
}

/// The most files of one call, and the most bytes; a larger file is parsed alone.
const MOST_FILES: usize = 64;
const MOST_BYTES: u64 = 256 << 10;

/// Gathers units of one file that stand behind each other. Where a group ends is decided by the names of files as far
/// as can be, so that a file which comes or goes changes one group and not all that follow.
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

/// The folder that two paths share.
fn common(one: &str, other: &str) -> String {
    let same = one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other);
    same.map(|(part, _)| part).collect::<Vec<_>>().join("/")
}

/// A file that a unit owns is left to it alone; where several own one, the unit with the deeper root has it (a
/// chart inside a chart), then the parser that comes first. The order is that of the parsers, then of the units.
///
/// A parser that may not own has what it claims together with the built-in ones that claim it too: a plugin must not be
/// able to hide files from them.
fn arbitrate<P: Clone>(said: Vec<Claim<P>>) -> Arbitrated<P> {
    let may_all = said.iter().all(|it| it.owns);
    let built_in = said.iter().filter(|it| it.built_in && !may_all).flat_map(|it| {
        let rows = it.units.iter().flat_map(|unit| unit.owned.iter().chain(&unit.shared));
        rows.filter_map(|row| it.candidates.get(*row as usize)).cloned()
    });
    let built_in: BTreeSet<String> = built_in.collect();
    // Owner of each owned file: depth of the root, then parser and unit.
    let mut owners: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (speaker, it) in said.iter().enumerate() {
        for (number, unit) in it.units.iter().enumerate() {
            let depth = unit.root.split('/').count();
            let owned = unit.owned.iter().filter_map(|index| it.candidates.get(*index as usize));
            for file in owned.filter(|file| it.owns || !built_in.contains(*file)) {
                let owner = owners.entry(file.clone()).or_insert((depth, speaker, number));
                if depth > owner.0 {
                    *owner = (depth, speaker, number);
                }
            }
        }
    }
    let mut all = Arbitrated { given: Vec::new(), yielded: Vec::new() };
    for (speaker, it) in said.into_iter().enumerate() {
        let mut units = Vec::new();
        for (number, unit) in it.units.into_iter().enumerate() {
            let mine = |file: &&String| {
                owners.get(*file).is_none_or(|(_, owner, of)| (*owner, *of) == (speaker, number))
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
    fn said(plugin: &'static str, units: &[&str]) -> Claim<&'static str> {
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
                "a parser that may not own what a built-in one reads",
                vec![said("greedy", &["c: c/t.yaml c/Chart.yaml | "]), said("kube", &yaml[1..2])],
                &["greedy c [c/Chart.yaml c/t.yaml]", "kube c/t.yaml [c/t.yaml]"],
            ),
            (
                "two owners of the same depth: the first parser",
                vec![said("a", &["c: c/t.yaml | "]), said("b", &["c: c/t.yaml | a.yaml"])],
                &["a c [c/t.yaml]", "b c [a.yaml]"],
            ),
        ];
        for (what, said, expected) in cases {
            let found: Vec<String> = arbitrate(said)
                .given
                .into_iter()
                .flatten()
                .map(|it| format!("{} {} [{}]", it.plugin, it.work.root, it.work.files.join(" ")))
                .collect();
            assert_eq!(found, expected, "{what}");
        }
    }

    /// Units of one file each, in order; gives the root of each group and how many files it has.
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
        // A file that goes changes its own group only.
        let mut fewer = files.clone();
        fewer.remove(400);
        let after = groups(&fewer, true, 1_000);
        let changed = before.iter().filter(|it| !after.contains(it)).count();
        assert!(changed <= 2, "{changed} groups are others");
    }
}
