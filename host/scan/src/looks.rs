//! The places of a tree that a result depends on, and what was read of each.

use std::collections::BTreeMap;

use palisade_capabilities::{Question, ReadSet};
use serde::{Deserialize, Serialize};

/// Questions in the order of their numbers.
pub(crate) const QUESTIONS: [Question; 3] = [Question::List, Question::Stat, Question::Read];

/// The number by which a question is stored.
pub(crate) fn number(question: Question) -> u8 {
    match question {
        Question::List => 0,
        Question::Stat => 1,
        Question::Read => 2,
    }
}

/// Places that were read, each with a bit for each question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Looks {
    all: BTreeMap<String, u8>,
    /// Something could not be read, or changed between reads: the result may differ next time.
    is_partial: bool,
}

impl Looks {
    /// Looks from places, each with the number of the question.
    pub(crate) fn of<'a>(looks: impl Iterator<Item = (&'a str, u8)>) -> Looks {
        let mut all = BTreeMap::new();
        for (path, number) in looks {
            *all.entry(path.to_owned()).or_insert(0) |= 1 << number;
        }
        Looks { all, is_partial: false }
    }

    /// Whether the result depends on nothing but these places.
    pub(crate) fn is_complete(&self) -> bool {
        !self.is_partial
    }

    /// Marks the result as dependent on something else, such as the answer of a server.
    pub(crate) fn depend_on_more(&mut self) {
        self.is_partial = true;
    }

    /// Adds the looks of another call.
    pub(crate) fn add(&mut self, other: Looks) {
        self.is_partial |= other.is_partial;
        if self.all.is_empty() {
            self.all = other.all;
            return;
        }
        for (path, questions) in other.all {
            *self.all.entry(path).or_insert(0) |= questions;
        }
    }

    /// The places, each with its question.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Question)> {
        self.all.iter().flat_map(|(path, bits)| {
            let is_asked = move |it: &Question| bits & (1 << number(*it)) != 0;
            QUESTIONS.into_iter().filter(is_asked).map(move |question| (path.as_str(), question))
        })
    }

    /// Whether a file was read.
    pub(crate) fn has_read(&self, path: &str) -> bool {
        self.all.get(path).is_some_and(|bits| bits & (1 << number(Question::Read)) != 0)
    }
}

impl From<&ReadSet> for Looks {
    fn from(seen: &ReadSet) -> Looks {
        let looks = Looks::of(seen.iter().map(|(path, question, _)| (path, number(question))));
        Looks { is_partial: !seen.is_complete(), ..looks }
    }
}
