//! Plugins as Rust libraries, called through the traits of the SDK.

use palisade_domain::{Unit, Variant, Work};
use palisade_sdk::pack::Request;
use palisade_sdk::parser::Environment;
use palisade_sdk::rule::Found;
use palisade_sdk::tape::Batch;

use crate::common::Failure;
use crate::folders::Folder;
use crate::measure::Counts;
use crate::work::{Judges, Plugins, Reads};

pub(crate) struct Native;

impl Plugins for Native {
    fn claim(&self, (_, parser): Reads, tree: &Folder, candidates: &[String]) -> Result<Vec<Unit>, Failure> {
        let units = parser.claim(tree, candidates).map_err(|error| format!("{error:?}"))?;
        let unit = |it: palisade_sdk::parser::Unit| Unit {
            root: it.root,
            format: it.format,
            owned: it.owned,
            shared: it.shared,
            variants: it.variants.into_iter().map(|it| Variant { tool: it.tool, files: it.files }).collect(),
        };
        Ok(units.into_iter().map(unit).collect())
    }

    fn parse(&self, (_, parser): Reads, tree: &Folder, work: &Work) -> Result<Batch, Failure> {
        let work = palisade_sdk::parser::Work {
            root: work.root.clone(),
            format: work.format.clone(),
            files: work.files.clone(),
        };
        let parsed = parser.parse(tree, &work, &[], &Environment::default());
        parsed.map(|it| it.batch).map_err(|error| format!("{}: {error:?}", work.root).into())
    }

    fn judge(&self, (_, pack): Judges, request: &Request, counts: &mut Counts) -> Result<(), Failure> {
        let judgement = pack.judge(request);
        let violated = judgement.outcomes.iter().map(|it| matches!(it.kind, Found::Failed));
        counts.add(&judgement.passed, violated);
        Ok(())
    }
}
