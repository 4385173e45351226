//! Record of the scan of a commit, so that a change to it need not read the commit again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_catalog::Catalog;
use palisade_domain::{Environment, Variant, Work};
use serde::{Deserialize, Serialize};

use crate::claim::{Claimed, Claims, Reading};
use crate::inventory::Inventory;
use crate::tally::Tally;
use crate::walk::{Piece, Survey, Walked};

/// A commit: its files and its units.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record<'a> {
    inventory: Cow<'a, Inventory>,
    readings: Vec<ReadingRecord<'a>>,
}

/// The units in one reading of the commit.
#[derive(Serialize, Deserialize)]
struct ReadingRecord<'a> {
    reading: Reading,
    dangling: Cow<'a, BTreeSet<String>>,
    units: Vec<UnitRecord<'a>>,
}

/// A unit, and its counts if they can be kept.
#[derive(Serialize, Deserialize)]
struct UnitRecord<'a> {
    plugin: Cow<'a, str>,
    work: Cow<'a, Work>,
    independent: bool,
    environments: Cow<'a, [Environment]>,
    variants: Cow<'a, [Variant]>,
    tally: Option<Cow<'a, Tally>>,
}

impl<'a> UnitRecord<'a> {
    fn of(piece: &'a Piece) -> Option<UnitRecord<'a>> {
        let (claimed, tally) = match piece {
            Piece::Unchanged(claimed, tally) => (claimed, Some(Cow::Borrowed(&**tally))),
            Piece::Processed(unit) => (unit.claimed.as_ref()?, Tally::of(unit).map(Cow::Owned)),
        };
        Some(UnitRecord {
            plugin: Cow::Borrowed(&claimed.plugin.manifest.name),
            work: Cow::Borrowed(&claimed.work),
            independent: claimed.apart,
            environments: Cow::Borrowed(&claimed.environments),
            variants: Cow::Borrowed(&claimed.variants),
            tally,
        })
    }

    /// The unit; none if its parser was removed.
    fn claimed(self, catalog: &Catalog) -> Option<(Claimed, Option<Arc<Tally>>)> {
        let plugin = catalog.plugins().iter().find(|it| it.manifest.name == self.plugin)?;
        let claimed = Claimed {
            plugin: Arc::clone(plugin),
            work: self.work.into_owned(),
            apart: self.independent,
            environments: self.environments.into_owned(),
            variants: self.variants.into_owned(),
        };
        Some((claimed, self.tally.map(|it| Arc::new(it.into_owned()))))
    }
}

/// The survey of an earlier scan, and the counts of its units in the same order.
pub(crate) struct Recorded {
    pub(crate) survey: Survey,
    pub(crate) tallies: Vec<Option<Arc<Tally>>>,
}

impl<'a> Record<'a> {
    /// The record of a tree; none if a record cannot represent its result.
    pub(crate) fn of(inventory: &'a Inventory, walked: &'a Walked) -> Option<Record<'a>> {
        let mut units = walked.units.iter();
        let mut readings = Vec::new();
        for it in &walked.readings {
            let units: Option<Vec<_>> = units.by_ref().take(it.units).map(UnitRecord::of).collect();
            let dangling = Cow::Borrowed(it.dangling.as_ref()?);
            readings.push(ReadingRecord { reading: it.reading, dangling, units: units? });
        }
        Some(Record { inventory: Cow::Borrowed(inventory), readings })
    }

    /// The surveys it was made from; none if a parser was removed.
    pub(crate) fn surveys(self, catalog: &Catalog) -> Option<Vec<Recorded>> {
        let inventory = Arc::new(self.inventory.into_owned());
        let survey = |it: ReadingRecord<'_>| {
            let units: Option<Vec<_>> = it.units.into_iter().map(|unit| unit.claimed(catalog)).collect();
            let (units, tallies) = units?.into_iter().unzip();
            let claims = Claims { units, dangling: it.dangling.into_owned(), ..Claims::default() };
            let survey = Survey { inventory: Arc::clone(&inventory), reading: it.reading, claims };
            Some(Recorded { survey, tallies })
        };
        self.readings.into_iter().map(survey).collect()
    }
}
