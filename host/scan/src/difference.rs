//! Differences between two trees, compared place by place.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_capabilities::{Question, Was, look};
use palisade_source::{Snapshot, TreePath};

use crate::looks::Looks;

/// Two trees, and the results of the places that were compared.
pub(crate) struct Difference {
    trees: [Arc<dyn Snapshot>; 2],
    known: HashMap<(String, Question), bool>,
}

impl Difference {
    pub(crate) fn new(one: Arc<dyn Snapshot>, other: Arc<dyn Snapshot>) -> Difference {
        Difference { trees: [one, other], known: HashMap::new() }
    }

    /// Whether one of these places differs. A place that cannot be read differs.
    pub(crate) fn touches(&mut self, looks: &Looks) -> bool {
        !looks.is_complete() || looks.iter().any(|(path, question)| self.is_at(path, question))
    }

    fn is_at(&mut self, path: &str, question: Question) -> bool {
        let place = (path.to_owned(), question);
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let differs = self.differs(path, question);
        self.known.insert(place, differs);
        differs
    }

    fn differs(&self, path: &str, question: Question) -> bool {
        let [one, other] = &self.trees;
        // Git's ids decide without reading the content.
        if question == Question::Read
            && let Ok(path) = TreePath::parse(path)
            && let (Ok(Some(one)), Ok(Some(other))) = (one.object(&path), other.object(&path))
        {
            return one != other;
        }
        let (one, other) = (look(one.as_ref(), path, question), look(other.as_ref(), path, question));
        one != other || one == Was::Unreadable
    }
}
