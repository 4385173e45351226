//! The request of a scan.

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

/// Input and options of a scan.
#[derive(Clone)]
pub struct Request {
    /// The tree.
    pub snapshot: Arc<dyn Snapshot>,
    /// Path in the tree under which units are looked for.
    pub path: TreePath,
    /// Target, as the report names it.
    pub target: Target,
    /// The configuration of the repository.
    pub config: RepositoryConfig,
    /// Roots of the units of the base, which stay units as long as their files exist: a change must not hide a unit by
    /// adding a call to it.
    pub before: Roots,
    /// Inputs to parse and judge with, each in turn.
    pub environments: Environments,
    /// Fetches needs from outside the tree; none if nothing is fetched.
    pub resolvers: Option<Resolvers>,
    /// Selection of controls.
    pub selection: Selection,
    /// Parameters of the caller, in addition to the repository's configuration; the last of several values of a
    /// parameter applies.
    pub parameters: Vec<Assignment>,
    /// Conditions under which the scan does not pass.
    pub gate: Gate,
    /// Whether passes are listed.
    pub list_passed: bool,
    /// Number of units that are processed at a time.
    pub jobs: usize,
    /// The day of the scan, which decides expiries.
    pub today: Date,
    /// Receives events.
    pub observer: Observer,
    /// Cache of earlier scans; none if everything is computed.
    pub cache: Option<Arc<Cache>>,
}

impl Request {
    /// A scan of a tree, or of a folder in it, without a base: with all controls, without a threshold, one unit at a
    /// time.
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

    /// The moment that plugins get as the current time: the beginning of the day in UTC.
    pub(crate) fn moment(&self) -> Moment {
        let begin = jiff::tz::Offset::UTC.to_timestamp(self.today.at(0, 0, 0, 0));
        Moment(begin.ok().and_then(|it| u64::try_from(it.as_millisecond()).ok()).unwrap_or(0))
    }

    /// The same request without files that imitate the output of tools.
    pub(crate) fn authored(&self, formats: &Formats) -> Request {
        let tree = Authored::new(Arc::clone(&self.snapshot), formats.unauthored().to_vec());
        Request { snapshot: Arc::new(tree), ..self.clone() }
    }

    /// The cache, for one scan.
    pub(crate) fn session(&self) -> Option<Session> {
        self.cache.as_ref().map(|cache| Session::new(cache, &self.snapshot))
    }
}
