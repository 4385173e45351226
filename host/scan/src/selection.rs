//! Selection of the controls of a scan.

use globset::{Glob, GlobSet, GlobSetBuilder};
use palisade_domain::{Control, Severity};

/// The enabled controls of a scan.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    packs: Option<Vec<String>>,
    only: Option<GlobSet>,
    skip: GlobSet,
    least: Option<Severity>,
}

impl Selection {
    /// Controls whose id or alias matches one of `only` (all, if there is none) and none of `skip`, of at
    /// least that severity.
    pub fn new(
        only: &[String],
        skip: &[String],
        least: Option<Severity>,
    ) -> Result<Selection, globset::Error> {
        let set = |patterns: &[String]| {
            let mut set = GlobSetBuilder::new();
            for pattern in patterns {
                set.add(Glob::new(pattern)?);
            }
            set.build()
        };
        let only = if only.is_empty() { None } else { Some(set(only)?) };
        Ok(Selection { packs: None, only, skip: set(skip)?, least })
    }

    /// Only controls of these packs.
    #[must_use]
    pub fn of_packs(self, names: Vec<String>) -> Selection {
        Selection { packs: Some(names), ..self }
    }

    /// Whether a control is enabled.
    pub fn takes(&self, control: &Control) -> bool {
        let named =
            |set: &GlobSet| set.is_match(&*control.id) || control.aliases.iter().any(|it| set.is_match(it));
        self.packs.as_ref().is_none_or(|packs| packs.contains(&control.pack))
            && self.only.as_ref().is_none_or(named)
            && !named(&self.skip)
            && self.least.is_none_or(|least| control.severity >= least)
    }
}
