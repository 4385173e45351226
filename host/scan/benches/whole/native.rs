//! Plugins as Rust libraries, called through the traits of the SDK.

use palisade_sdk::pack::Request;
use palisade_sdk::parser::{Environment, Unit, Work};
use palisade_sdk::rule::Found;
use palisade_sdk::tape::Batch;

use crate::common::{Failure, Folder};
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
        counts.passed += judgement.passed.iter().map(|count| u64::from(*count)).sum::<u64>();
        for outcome in &judgement.outcomes {
            match outcome.kind {
                Found::Failed => counts.failed += 1,
                Found::Unknown => counts.unknown += 1,
            }
        }
        Ok(())
    }
}
