//! The needs of a unit: things outside the tree, and where they are mounted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_domain::{Coverage, Diagnostic, Level, Location, Mount, Need, Status};
use palisade_modules::{Resolvers, unversioned};
use palisade_source::{Overlay, Snapshot, TreePath};

/// The most times that a unit is parsed, each time with the needs that the previous time reported.
pub(crate) const ROUNDS: usize = 10;

/// The most needs of a unit.
const MOST: usize = 200;

/// The folder of mounts, if the tree has no such folder.
const FOLDER: &str = ".palisade";

/// A path that does not change between versions: the folder of a mounted module contains its version, and the next
/// version is still the same module.
pub(crate) fn lineage(path: &str) -> Cow<'_, str> {
    let mounted = path.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/'));
    let Some((number, package)) = mounted else { return path.into() };
    format!("{FOLDER}{number}/{}", unversioned(package)).into()
}

/// The identity of a need: kind, source and version.
type Key = (String, String, String);

fn key(need: &Need) -> Key {
    (need.kind.clone(), need.source.clone(), need.version.clone())
}

/// State of a need.
enum State {
    /// Met, with the folder of the module in the tree.
    Met(String),
    /// It cannot be fetched.
    Missing(String),
}

/// The place of a need.
struct Asked {
    path: String,
    location: Option<Location>,
}

/// The needs of one unit and their mounts.
pub(crate) struct Needs<'a> {
    base: &'a Arc<dyn Snapshot>,
    resolvers: Option<&'a Resolvers>,
    folder: Option<TreePath>,
    states: BTreeMap<Key, (State, Asked)>,
    trees: BTreeMap<TreePath, Arc<dyn Snapshot>>,
}

/// The first such folder that the tree does not have: mounts must not hide files.
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
    pub(crate) fn new(base: &'a Arc<dyn Snapshot>, resolvers: Option<&'a Resolvers>) -> Needs<'a> {
        Needs { base, resolvers, folder: None, states: BTreeMap::new(), trees: BTreeMap::new() }
    }

    /// The tree with all mounts so far.
    pub(crate) fn tree(&self) -> Arc<dyn Snapshot> {
        if self.trees.is_empty() {
            return Arc::clone(self.base);
        }
        Arc::new(Overlay::new(Arc::clone(self.base), self.trees.clone()))
    }

    /// The mounts so far, for the parser, as it named them.
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

    /// Fetches needs that were not looked up before. True if one was found, so that the unit must be parsed again.
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
        let Some(resolvers) = self.resolvers else {
            return State::Missing("this scan fetches nothing".to_owned());
        };
        let (resolvers, base) = (resolvers.clone(), Arc::clone(self.base));
        let (kind, source, version) = key(need);
        let known = self.folder.clone();
        let found = tokio::task::spawn_blocking(move || {
            let folder = known.unwrap_or_else(|| free(base.as_ref()));
            (resolvers.resolve(&kind, &source, &version), folder)
        });
        let (package, folder) = match found.await {
            Ok((Ok(package), folder)) => (package, folder),
            Ok((Err(error), _)) => return State::Missing(error.to_string()),
            Err(_) => return State::Missing("looking for it stopped".to_owned()),
        };
        let place = folder.join(&package.name).and_then(|place| Ok((place.join(&package.folder)?, place)));
        let Ok((module, place)) = place else {
            return State::Missing(format!("`{}` is not a place to mount it", package.name));
        };
        self.folder = Some(folder);
        self.trees.entry(place).or_insert(package.tree);
        State::Met(module.as_str().to_owned())
    }

    /// The place in the unit's own files that a file belongs to: the file itself, or the place that needs its mount.
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

    /// Reports missing needs and errors of mounted files at the places in the unit's own files that refer to them,
    /// since mounted files have no coverage.
    pub(crate) fn report(&self, coverage: &mut [Coverage], needs: &[Need], diagnostics: &[Diagnostic]) {
        let missing = needs.iter().map(|need| {
            let why = match self.states.get(&key(need)) {
                Some((State::Missing(why), _)) => why.as_str(),
                Some((State::Met(_), _)) => "it was found, and is still asked for",
                None => "it was asked for too late",
            };
            let reason = format!("{} `{}` cannot be fetched: {why}", need.kind, need.source);
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
            let Some(row) = coverage.iter_mut().find(|it| it.path == path) else { continue };
            match row.status {
                Status::Scanned => {
                    row.status = Status::Partial;
                    row.reason = reason;
                    row.location = location.cloned();
                }
                // The parser has reported the need; only the host knows why it is missing.
                Status::Partial => row.add_reason(&reason),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use palisade_domain::Position;
    use palisade_source::{FolderSnapshot, Limits};

    use super::*;

    #[test]
    fn a_modules_version_is_no_part_of_what_it_is() {
        for (path, expected) in [
            ("main.tf", "main.tf"),
            ("a@1/main.tf", "a@1/main.tf"),
            (".palisade/registry/x.io/o/n/aws@1.2.3/a/main.tf", ".palisade/registry/x.io/o/n/aws/a/main.tf"),
            (".palisade/git/x.io/o/r@v1/main.tf", ".palisade/git/x.io/o/r/main.tf"),
            (".palisade/archive/x.io/@a/v.zip/main.tf", ".palisade/archive/x.io/@a/v.zip/main.tf"),
        ] {
            assert_eq!(lineage(path), expected);
        }
    }

    #[test]
    fn mounts_stand_where_the_tree_has_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = FolderSnapshot::open(folder.path(), Limits::default()).unwrap();
        assert_eq!(free(&snapshot).as_str(), ".palisade");
        fs::write(folder.path().join(".palisade"), "").unwrap();
        fs::create_dir(folder.path().join(".palisade-1")).unwrap();
        assert_eq!(free(&snapshot).as_str(), ".palisade-2");
    }

    #[test]
    fn an_error_in_a_mount_is_reported_at_the_file_that_led_there() {
        let folder = tempfile::tempdir().unwrap();
        let base: Arc<dyn Snapshot> =
            Arc::new(FolderSnapshot::open(folder.path(), Limits::default()).unwrap());
        let place = |text: &str| TreePath::parse(text).unwrap();
        let at = |path: &str, line| {
            let start = Position { line, column: 1 };
            Some(Location { path: path.to_owned(), start, end: start })
        };
        let need = |source: &str, path: &str| Need {
            kind: "terraform-module".to_owned(),
            source: source.to_owned(),
            version: String::new(),
            path: path.to_owned(),
            location: at(path, 1),
        };
        let asked = |path: &str, line| Asked { path: path.to_owned(), location: at(path, line) };
        let mut needs = Needs::new(&base, None);
        needs.trees =
            [(place(".palisade/a"), Arc::clone(&base)), (place(".palisade/b"), Arc::clone(&base))].into();
        let states = [
            ("a", State::Met(".palisade/a/modules/x".to_owned()), asked("main.tf", 3)),
            ("b", State::Met(".palisade/b".to_owned()), asked(".palisade/a/modules/x/main.tf", 5)),
            ("c", State::Missing("no".to_owned()), asked(".palisade/b/main.tf", 7)),
            ("d", State::Missing("never".to_owned()), asked("other.tf", 9)),
        ];
        for (source, state, asked) in states {
            needs.states.insert(key(&need(source, "")), (state, asked));
        }
        let row = |path: &str| Coverage::new(path, Status::Scanned, "");
        let shown = |needs_of: &[Need], diagnostics: &[Diagnostic]| -> Vec<String> {
            let mut coverage = [row("main.tf"), row("other.tf")];
            needs.report(&mut coverage, needs_of, diagnostics);
            let line = |it: &Coverage| it.location.as_ref().map_or(0, |at| at.start.line);
            coverage.iter().map(|it| format!("{} {} {}", it.status.name(), line(it), it.reason)).collect()
        };
        assert_eq!(
            shown(&[need("c", ".palisade/b/main.tf"), need("d", "other.tf")], &[]),
            [
                "partial 3 terraform-module `c` cannot be fetched: no",
                "partial 1 terraform-module `d` cannot be fetched: never"
            ]
        );
        let broken = |level, path: &str| Diagnostic {
            path: path.to_owned(),
            location: at(path, 4),
            level,
            code: String::new(),
            message: "it is no HCL".to_owned(),
        };
        let diagnostics = [
            broken(Level::Error, ".palisade/b/x.tf"),
            broken(Level::Warning, ".palisade/a/x.tf"),
            broken(Level::Error, "other.tf"),
        ];
        assert_eq!(shown(&[], &diagnostics), ["partial 3 .palisade/b/x.tf:4: it is no HCL", "scanned 0 "]);
    }
}
