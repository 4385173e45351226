//! What became of each file: not scanned is never green.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::Location;

/// How far a file was read. The order is from the best down to what a reader must see first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not ours, or excluded by a named rule.
    Ignored,
    /// All of it.
    Scanned,
    /// A known format that is not read yet.
    Unsupported,
    /// A part is missing.
    Partial,
    /// It ought to have been read and could not be.
    Failed,
}

impl Status {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ignored => "ignored",
            Status::Scanned => "scanned",
            Status::Unsupported => "unsupported",
            Status::Partial => "partial",
            Status::Failed => "failed",
        }
    }
}

/// What became of one file, or of one folder that was not entered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// The file; a folder ends with `/`.
    pub path: String,
    /// How far it was read.
    pub status: Status,
    /// Who read it; empty where nobody did.
    pub plugin: String,
    /// Why not further; empty where all of it was.
    pub reason: String,
    /// The place that stopped it.
    pub location: Option<Location>,
}

impl Coverage {
    /// Of two parsers' words on one file the one that counts: what one has read is no less read because
    /// another says that it is not its own, and a failure is never hidden. Which of them spoke first makes no
    /// difference.
    #[must_use]
    pub fn merge(self, other: Coverage) -> Coverage {
        match self.status.cmp(&other.status) {
            Ordering::Less => other,
            Ordering::Greater => self,
            Ordering::Equal => self.min(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Coverage, Status};
    use crate::{Location, Position};

    const ALL: [Status; 5] =
        [Status::Ignored, Status::Scanned, Status::Unsupported, Status::Partial, Status::Failed];

    fn said(plugin: &str, status: Status) -> Coverage {
        Coverage {
            path: "a.yaml".to_owned(),
            status,
            plugin: plugin.to_owned(),
            reason: String::new(),
            location: None,
        }
    }

    #[test]
    fn the_worse_word_counts() {
        for (worse, one) in ALL.into_iter().enumerate() {
            for (other_worse, other) in ALL.into_iter().enumerate() {
                let merged = said("one", one).merge(said("other", other));
                assert_eq!(merged.status, ALL[worse.max(other_worse)], "{one:?} and {other:?}");
                let speaker = if worse < other_worse { "other" } else { "one" };
                assert_eq!(merged.plugin, speaker, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn names_are_those_of_the_report() {
        let names = ALL.map(Status::name);
        assert_eq!(names, ["ignored", "scanned", "unsupported", "partial", "failed"]);
    }

    fn coverage() -> impl Strategy<Value = Coverage> {
        let location = (1..4u32).prop_map(|line| {
            let at = Position { line, column: 1 };
            Location { path: "a.yaml".to_owned(), start: at, end: at }
        });
        (0..ALL.len(), "[ab]", "[xy]?", proptest::option::of(location)).prop_map(
            |(status, plugin, reason, location)| Coverage {
                path: "a.yaml".to_owned(),
                status: ALL[status],
                plugin,
                reason,
                location,
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_makes_no_difference(a in coverage(), b in coverage(), c in coverage()) {
            let one_way = a.clone().merge(b.clone()).merge(c.clone());
            prop_assert_eq!(&one_way, &c.clone().merge(b.clone()).merge(a.clone()));
            prop_assert_eq!(&one_way, &b.clone().merge(c.clone().merge(a.clone())));
            prop_assert_eq!(one_way.status, a.status.max(b.status).max(c.status));
            prop_assert_eq!(&a.clone().merge(a.clone()), &a);
        }
    }
}
