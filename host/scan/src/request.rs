//! What is scanned, and how.

use std::sync::Arc;

use jiff::civil::Date;
use palisade_capabilities::Moment;
use palisade_catalog::Formats;
use palisade_domain::{Gate, Missing, Target};
use palisade_modules::Resolvers;
use palisade_source::{Snapshot, TreePath};

use crate::authored::Authored;
use crate::cache::{Cache, Session};
use crate::config::RepositoryConfig;
use crate::environment::Environments;
use crate::event::Observer;
use crate::parameters::Assignment;
use crate::roots::Roots;
use crate::selection::Selection;

/// What to scan, and how.
#[derive(Clone)]
pub struct Request {
    /// The tree.
    pub snapshot: Arc<dyn Snapshot>,
    /// Where in it to look for units.
    pub path: TreePath,
    /// For the report.
    pub target: Target,
    /// The repository's own configuration.
    pub config: RepositoryConfig,
    /// The units of the base, which stay units as long as they are there: a change must not hide one by calling it.
    pub before: Roots,
    /// Inputs to parse and judge with, each in turn.
    pub environments: Environments,
    /// Where what units need from outside the tree comes from; without it nothing does.
    pub resolvers: Option<Resolvers>,
    /// Which controls.
    pub selection: Selection,
    /// What the caller sets for controls, on top of the repository's own configuration; of two values of one parameter
    /// the last one counts.
    pub parameters: Vec<Assignment>,
    /// When the scan does not pass.
    pub gate: Gate,
    /// Whether passes are listed.
    pub list_passed: bool,
    /// How many units at a time.
    pub jobs: usize,
    /// The day of the scan, which decides expiries.
    pub today: Date,
    /// Takes events.
    pub observer: Observer,
    /// What earlier scans have found out; without it everything is done anew.
    pub cache: Option<Arc<Cache>>,
}

impl Request {
    /// A scan of a tree, or of a folder in it, by itself: with all controls, without a threshold, one unit at a time.
    pub fn new(snapshot: Arc<dyn Snapshot>, path: TreePath, today: Date) -> Request {
        let rev = snapshot.revision().map(str::to_owned);
        Request {
            target: Target { path: path.to_string(), rev, base: None, date: today.to_string() },
            snapshot,
            path,
            config: RepositoryConfig::default(),
            before: Roots::default(),
            environments: Environments::default(),
            resolvers: None,
            selection: Selection::default(),
            parameters: Vec::new(),
            gate: Gate { fail_on: None, missing: Missing::Failed },
            list_passed: false,
            jobs: 1,
            today,
            observer: Arc::new(|_| {}),
            cache: None,
        }
    }

    /// The moment that plugins are told: the beginning of the day in UTC.
    pub(crate) fn moment(&self) -> Moment {
        let begin = jiff::tz::Offset::UTC.to_timestamp(self.today.at(0, 0, 0, 0));
        Moment(begin.ok().and_then(|it| u64::try_from(it.as_millisecond()).ok()).unwrap_or(0))
    }

    /// The same of the tree as its authors wrote it.
    pub(crate) fn authored(&self, formats: &Formats) -> Request {
        let tree = Authored::new(Arc::clone(&self.snapshot), formats.unauthored().to_vec());
        Request { snapshot: Arc::new(tree), ..self.clone() }
    }

    /// The cache, for one scan.
    pub(crate) fn session(&self) -> Option<Session> {
        self.cache.as_ref().map(|cache| Session::new(cache, &self.snapshot))
    }
}
