//! Reports for each pod how many config maps it sees. It must not see those of other files, though their files are
//! parsed together with its own.

use palisade_test_guests::pack::{
    CallError, Control, Info, Judgement, Outcome, Pack, Request, control, info, nothing, outcome,
};

/// The guest.
#[derive(Debug)]
pub struct SeesBeside;

fn text(request: &Request, index: u32) -> &str {
    let strings = &request.batch.strings;
    let end = |index: u32| strings.ends.get(index as usize).map_or(0, |end| *end as usize);
    let start = index.checked_sub(1).map_or(0, end);
    strings.arena.get(start..end(index)).unwrap_or("")
}

impl Pack for SeesBeside {
    const NAME: &'static str = "sees-beside";

    fn describe() -> Info {
        info(vec![Control { related: vec!["ConfigMap".to_owned()], ..control(Self::NAME) }])
    }

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let beside =
            request.batch.resources.iter().filter(|it| text(&request, it.kind) == "ConfigMap").count();
        let outcome_of =
            |row: &u32| Outcome { resource: *row, instance: beside.to_string(), ..outcome(&request) };
        let outcomes = request.subjects.iter().map(outcome_of).collect();
        Ok(Judgement { outcomes, ..nothing(&request) })
    }
}

palisade_test_guests::export_pack!(SeesBeside);
