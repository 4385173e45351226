//! Plugins as Rust libraries, called through the traits of the SDK.

use palisade_sdk::pack::Request;
use palisade_sdk::parser::{Environment, Unit, Work};
use palisade_sdk::rule::Found;
use palisade_sdk::tape::Batch;

use crate::common::Failure;
use crate::folders::Folder;
use crate::measure::Counts;
use crate::work::{Judges, Plugins, Reads};

pub(crate) struct Native;

impl Plugins for Native {
    fn claim(&self, (_, parser): Reads, tree: &Folder, candidates: &[String]) -> Result<Vec<Unit>, Failure> {
        parser.claim(tree, candidates).map_err(|error| format!("{error:?}").into())
    }

    fn parse(&self, (_, parser): Reads, tree: &Folder, work: &Work) -> Result<Batch, Failure> {
        let parsed = parser.parse(tree, work, &[], &Environment::default());
        parsed.map(|it| it.batch).map_err(|error| format!("{}: {error:?}", work.root).into())
    }

    fn judge(&self, (_, pack): Judges, request: &Request, counts: &mut Counts) -> Result<(), Failure> {
        let judgement = pack.judge(request);
        let violated = judgement.outcomes.iter().map(|it| matches!(it.kind, Found::Failed));
        counts.add(&judgement.passed, violated);
        Ok(())
    }
}
