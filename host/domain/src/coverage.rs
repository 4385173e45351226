//! What became of each file: not scanned is never green.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::Location;

/// Status of a file. The order is from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not read by any plugin, or excluded by a named rule.
    Ignored,
    /// Read completely.
    Scanned,
    /// A known format that is not read yet.
    Unsupported,
    /// A part is missing.
    Partial,
    /// It should have been read and could not be.
    Failed,
}

impl Status {
    /// Name.
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

/// Status of a file, or of a folder that was not entered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// The file; a folder ends with `/`.
    pub path: String,
    /// Status of the file.
    pub status: Status,
    /// Plugin that read it; empty if none did.
    pub plugin: String,
    /// Reason of the status; empty for `scanned`.
    pub reason: String,
    /// Place that stopped the reader.
    pub location: Option<Location>,
    /// Status in the base; none without a base, and if the base does not have the file.
    pub was: Option<Status>,
    /// Whether it is not judged, and the base judged it, or did not for another reason. Without a base it is true
    /// of every file that is not judged.
    pub new: bool,
}

impl Coverage {
    /// A row that is not yet compared with a base.
    pub fn new(path: impl Into<String>, status: Status, reason: impl Into<String>) -> Coverage {
        let (path, reason) = (path.into(), reason.into());
        Coverage { path, status, plugin: String::new(), reason, location: None, was: None, new: false }
    }

    /// Adds a reason why the file was not read further. Several things can be missing in one file, and a change that
    /// adds one changes the reason.
    pub fn add_reason(&mut self, reason: &str) {
        const MOST: usize = 1 << 16;
        if self.reason.is_empty() {
            reason.clone_into(&mut self.reason);
        } else if self.reason.len() < MOST
            && !format!("; {}; ", self.reason).contains(&format!("; {reason}; "))
        {
            self.reason.push_str("; ");
            self.reason.push_str(reason);
        }
    }

    /// Whether something in it may be wrong without being found: it was not read, or in part, or is ignored now and was
    /// not in the base.
    pub fn not_judged(&self) -> bool {
        match self.status {
            Status::Unsupported | Status::Partial | Status::Failed => true,
            Status::Ignored => self.was.is_some_and(|was| was != Status::Ignored),
            Status::Scanned => false,
        }
    }

    /// Compares with the status in the base.
    pub fn compare(&mut self, base: Option<(Status, &str)>) {
        self.was = base.map(|(status, _)| status);
        self.new = self.not_judged() && base != Some((self.status, &self.reason));
    }

    /// Merges the rows of two parsers for one file; the worse status counts. A file that one parser has read stays
    /// scanned if another one ignores it, and a failure is never hidden. The order of the rows makes no difference.
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

    fn row_of(plugin: &str, status: Status) -> Coverage {
        Coverage { plugin: plugin.to_owned(), ..Coverage::new("a.yaml", status, "") }
    }

    #[test]
    fn what_a_change_leaves_unjudged_is_new() {
        use Status::{Failed, Ignored, Partial, Scanned, Unsupported};
        for (base, head, not_judged, new) in [
            (None, (Ignored, "x"), false, false),
            (None, (Scanned, ""), false, false),
            (None, (Unsupported, "x"), true, true),
            (None, (Partial, "x"), true, true),
            (None, (Failed, "x"), true, true),
            (Some((Ignored, "x")), (Ignored, "y"), false, false),
            (Some((Scanned, "")), (Ignored, "x"), true, true),
            (Some((Partial, "x")), (Ignored, "x"), true, true),
            (Some((Partial, "x")), (Partial, "x"), true, false),
            (Some((Partial, "x")), (Partial, "y"), true, true),
            (Some((Partial, "x")), (Failed, "x"), true, true),
            (Some((Failed, "x")), (Partial, "x"), true, true),
            (Some((Failed, "x")), (Scanned, ""), false, false),
        ] {
            let mut row = Coverage::new("a.yaml", head.0, head.1);
            row.compare(base);
            assert_eq!((row.not_judged(), row.new), (not_judged, new), "{base:?} {head:?}");
            assert_eq!(row.was, base.map(|it| it.0));
        }
    }

    #[test]
    fn the_worse_word_counts() {
        for (worse, one) in ALL.into_iter().enumerate() {
            for (other_worse, other) in ALL.into_iter().enumerate() {
                let merged = row_of("one", one).merge(row_of("other", other));
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
                plugin,
                location,
                ..Coverage::new("a.yaml", ALL[status], reason)
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
