//! Reports every subject with a message that would clear the terminal, begin new lines and change the text direction.
//! Any text is allowed, but it must be shown harmless.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, nothing, outcome};

/// The text of every field.
const WORDS: &str = "\u{1b}[2J\u{7}\r\n\u{202e}all clear";

/// The guest.
#[derive(Debug)]
pub struct OutcomeEscapes;

impl Pack for OutcomeEscapes {
    const NAME: &'static str = "outcome-escapes";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let outcome_of = |resource: &u32| Outcome {
            resource: *resource,
            instance: WORDS.to_owned(),
            message: WORDS.to_owned(),
            fix: Some(WORDS.to_owned()),
            ..outcome(&request)
        };
        let outcomes = request.subjects.iter().map(outcome_of).collect();
        Ok(Judgement { outcomes, ..nothing(&request) })
    }
}

palisade_test_guests::export_pack!(OutcomeEscapes);
