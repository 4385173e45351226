//! What a unit asks for from outside the tree, and where it stands once it is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_domain::{Coverage, Diagnostic, Level, Location, Mount, Need, Status};
use palisade_modules::Modules;
use palisade_source::{Overlay, Snapshot, TreePath};

/// As often as a unit is parsed at most: each time with what the time before asked for.
pub(crate) const ROUNDS: usize = 10;

/// As many different things as a unit can ask for.
const MOST: usize = 200;

/// The folder that mounts stand in, if the tree has nothing there.
const FOLDER: &str = ".palisade";

/// What makes needs the same: kind, source and version.
type Key = (String, String, String);

fn key(need: &Need) -> Key {
    (need.kind.clone(), need.source.clone(), need.version.clone())
}

/// What became of a need.
enum State {
    /// Met: the module's folder in the tree.
    Met(String),
    /// It could not be had.
    Missing(String),
}

/// Where a thing was asked for.
struct Asked {
    path: String,
    location: Option<Location>,
}

/// The needs of one unit and their mounts.
pub(crate) struct Needs<'a> {
    base: &'a Arc<dyn Snapshot>,
    modules: Option<&'a Arc<Modules>>,
    folder: Option<TreePath>,
    states: BTreeMap<Key, (State, Asked)>,
    trees: BTreeMap<TreePath, Arc<dyn Snapshot>>,
}

/// The first folder of its kind that the tree does not have: mounts hide nothing.
fn free(base: &dyn Snapshot) -> TreePath {
    let names = (0u32..).map(|number| match number {
        0 => FOLDER.to_owned(),
        more => format!("{FOLDER}-{more}"),
    });
    let paths = names.filter_map(|name| TreePath::parse(&name).ok());
    let mut free = paths.filter(|path| matches!(base.stat(path), Ok(None)));
    free.next().unwrap_or_default()
}

impl<'a> Needs<'a> {
    pub(crate) fn new(base: &'a Arc<dyn Snapshot>, modules: Option<&'a Arc<Modules>>) -> Needs<'a> {
        Needs { base, modules, folder: None, states: BTreeMap::new(), trees: BTreeMap::new() }
    }

    /// The tree, with everything mounted so far.
    pub(crate) fn tree(&self) -> Arc<dyn Snapshot> {
        if self.trees.is_empty() {
            return Arc::clone(self.base);
        }
        Arc::new(Overlay::new(Arc::clone(self.base), self.trees.clone()))
    }

    /// What was mounted so far, for the parser: under the names it asked for.
    pub(crate) fn mounts(&self) -> Vec<Mount> {
        let mount = |((kind, source, version), (state, _)): (&Key, &(State, Asked))| match state {
            State::Missing(_) => None,
            State::Met(path) => Some(Mount {
                kind: kind.clone(),
                source: source.clone(),
                version: version.clone(),
                path: path.clone(),
            }),
        };
        self.states.iter().filter_map(mount).collect()
    }

    /// Looks for what is asked for anew. True if something of it was found, so that parsing again is worth it.
    pub(crate) async fn meet(&mut self, needs: &[Need]) -> bool {
        let mut found = false;
        for need in needs {
            let key = key(need);
            if self.states.contains_key(&key) {
                continue;
            }
            let state = if self.states.len() < MOST {
                self.find(need).await
            } else {
                State::Missing(format!("a unit can ask for {MOST} of them at most"))
            };
            found |= matches!(state, State::Met(_));
            let asked = Asked { path: need.path.clone(), location: need.location.clone() };
            self.states.insert(key, (state, asked));
        }
        found
    }

    async fn find(&mut self, need: &Need) -> State {
        let Some(modules) = self.modules else {
            return State::Missing("this scan fetches nothing".to_owned());
        };
        let (modules, base) = (Arc::clone(modules), Arc::clone(self.base));
        let (kind, source, version) = key(need);
        let known = self.folder.clone();
        let found = tokio::task::spawn_blocking(move || {
            let folder = known.unwrap_or_else(|| free(base.as_ref()));
            (modules.resolve(&kind, &source, &version), folder)
        });
        let (package, folder) = match found.await {
            Ok((Ok(package), folder)) => (package, folder),
            Ok((Err(error), _)) => return State::Missing(error.to_string()),
            Err(_) => return State::Missing("looking for it stopped".to_owned()),
        };
        let place = folder.join(&package.name).and_then(|place| Ok((place.join(&package.folder)?, place)));
        let Ok((module, place)) = place else {
            return State::Missing(format!("`{}` is no place to mount it", package.name));
        };
        self.folder = Some(folder);
        self.trees.entry(place).or_insert(package.tree);
        State::Met(module.as_str().to_owned())
    }

    /// The place in the unit's own files that led to a file: itself, or where the mount that it is in was asked for.
    fn origin<'b>(
        &'b self,
        path: &'b str,
        location: Option<&'b Location>,
    ) -> (&'b str, Option<&'b Location>) {
        let (mut path, mut location) = (path, location);
        for _ in 0..=ROUNDS {
            let file = TreePath::parse(path).unwrap_or_default();
            let Some((place, _)) = self.trees.iter().find(|(place, _)| file.below(place).is_some()) else {
                break;
            };
            let asked = self.states.values().find(|(state, _)| match state {
                State::Met(module) => TreePath::parse(module).is_ok_and(|it| it.below(place).is_some()),
                State::Missing(_) => false,
            });
            let Some((_, asked)) = asked else { break };
            (path, location) = (&asked.path, asked.location.as_ref());
        }
        (path, location)
    }

    /// Lets the unit's own files tell what is missing or broken in what they lead to: mounted files have no coverage
    /// of their own.
    pub(crate) fn tell(&self, coverage: &mut [Coverage], needs: &[Need], diagnostics: &[Diagnostic]) {
        let missing = needs.iter().map(|need| {
            let why = match self.states.get(&key(need)) {
                Some((State::Missing(why), _)) => why.as_str(),
                Some((State::Met(_), _)) => "it was found, and is still asked for",
                None => "it was asked for too late",
            };
            let reason = format!("{} `{}` could not be had: {why}", need.kind, need.source);
            (need.path.as_str(), need.location.as_ref(), reason)
        });
        let broken = diagnostics.iter().filter(|it| it.level == Level::Error).filter_map(|it| {
            let file = TreePath::parse(&it.path).ok()?;
            self.trees.keys().find(|place| file.below(place).is_some())?;
            let line = it.location.as_ref().map_or_else(String::new, |at| format!(":{}", at.start.line));
            Some((it.path.as_str(), None, format!("{}{line}: {}", it.path, it.message)))
        });
        for (path, location, reason) in missing.chain(broken) {
            let (path, location) = self.origin(path, location);
            let row = coverage.iter_mut().find(|it| it.path == path && it.status == Status::Scanned);
            if let Some(row) = row {
                row.status = Status::Partial;
                row.reason = reason;
                row.location = location.cloned();
            }
        }
    }
}
