//! Requirements on a value.

use crate::network::Ports;
use crate::number::whole;
use crate::rule::{Answer, Setting, is_filled, setting};
use crate::terraform::values;
use crate::{Kind, Node};

/// Converts texts before they are compared: `CAP_SYS_ADMIN` to `SYS_ADMIN`.
pub type Reading = fn(&str) -> String;

/// A requirement on a value. Scalars are compared as text, so `"true"` matches the boolean and the text; whole numbers
/// are compared by their value.
///
/// [`Not`](Want::Not), [`Unlike`](Want::Unlike) and [`No`](Want::No) forbid texts. They apply to one value, to each
/// item of a sequence and to a path through several blocks, and the finding is at the forbidden text.
#[derive(Clone, Copy, Debug)]
pub enum Want {
    /// One of these.
    One(&'static [&'static str]),
    /// None of these.
    Not(&'static [&'static str]),
    /// A sequence that contains one of these.
    Includes(&'static [&'static str]),
    /// Matches one of these patterns, in which `*` matches any text: `*@sha256:*`.
    Like(&'static [&'static str]),
    /// Matches none of these patterns: `*:latest`, or `/etc/**` for a folder with all its content.
    Unlike(&'static [&'static str]),
    /// Not a text for which the function is true: `No(is_everywhere)`.
    No(fn(&str) -> bool),
    /// A text for which the function is true, alone or in a sequence.
    Has(fn(&str) -> bool),
    /// This whole number or a larger one.
    AtLeast(i64),
    /// Set, and neither null nor empty.
    Present,
    /// Set, even if the value is unknown, such as the address of another resource.
    Set,
    /// Not set, null, or a sequence without items.
    Absent,
    /// A firewall rule that does not let the whole internet in at these ports.
    /// [`Attribute::opens`](crate::attribute::Attribute::opens) reads it.
    Closed(Ports),
}

/// The values of a requirement that a parameter of the control sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    /// For [`Want::One`]: additional texts and patterns.
    pub(crate) allowed: Vec<String>,
    /// For [`Want::AtLeast`]: the number.
    pub(crate) least: Option<i64>,
}

impl Set {
    fn allows(&self, text: &str) -> bool {
        self.allowed.iter().any(|it| is_like(text, it) || is_among(text, &[it]))
    }
}

/// Whether a scalar is one of several: the same text, or the same whole number.
fn is_among(value: &str, all: &[&str]) -> bool {
    all.iter().any(|it| *it == value || whole(it).is_some_and(|number| whole(value) == Some(number)))
}

/// Whether a text matches a pattern: `*` matches any text, and `/etc/**` a folder with all its content.
fn is_like(text: &str, pattern: &str) -> bool {
    if let Some(folder) = pattern.strip_suffix("/**") {
        return text.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    }
    let Some((head, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(tail) = text.strip_prefix(head) else { return false };
    let mut ends = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
    rest.is_empty() || ends.any(|at| is_like(tail.get(at..).unwrap_or(""), rest))
}

/// The opposite of an answer, at a value that lacks something.
fn inverse<'b>(answer: Answer<'b>, at: Node<'b>) -> Answer<'b> {
    match answer {
        Answer::Yes(_) => Answer::No,
        Answer::No => Answer::Yes(at),
        Answer::Unknown(_) => answer,
    }
}

impl Want {
    /// Whether the setting at a path violates this, and the value that decides; none if nothing is set.
    pub(crate) fn violation<'b>(
        self,
        from: Node<'b>,
        path: &str,
        reads: Option<Reading>,
        set: &Set,
    ) -> Option<Answer<'b>> {
        match (setting(from, path), self) {
            (Setting::Set(node), _) => Some(self.violation_of(node, reads, set)),
            (Setting::Unknown(_), Want::Set) => Some(Answer::No),
            (Setting::Unknown(node), _) => Some(Answer::Unknown(node)),
            // It may be set in several blocks.
            (Setting::Unset(_), Want::Not(_) | Want::Unlike(_) | Want::No(_)) => {
                let values = values(from, path).into_iter().filter(|it| is_filled(*it));
                let answers = values.map(|it| self.violation_of(it, reads, set));
                answers.reduce(Answer::or)
            }
            (Setting::Unset(_), _) => None,
        }
    }

    fn violation_of<'b>(self, node: Node<'b>, reads: Option<Reading>, set: &Set) -> Answer<'b> {
        let read = |text: &str| reads.map_or_else(|| text.to_owned(), |reads| reads(text));
        let text = node.as_scalar().map(read);
        let holds = match self {
            Want::Not(words) => return Answer::any(values(node, ""), |it| is_among(&read(it), words)),
            Want::Unlike(patterns) => {
                let bad = |it: &str| patterns.iter().any(|pattern| is_like(&read(it), pattern));
                return Answer::any(values(node, ""), bad);
            }
            Want::No(bad) => return Answer::any(values(node, ""), |it| bad(&read(it))),
            Want::Includes(words) => {
                return inverse(Answer::any(values(node, ""), |it| is_among(&read(it), words)), node);
            }
            Want::Has(good) => return inverse(Answer::any(values(node, ""), |it| good(&read(it))), node),
            Want::Absent if node.kind() == Kind::Sequence => {
                let there = |it: Node<'b>| match it.kind() {
                    Kind::Unknown => Answer::Unknown(it),
                    _ => Answer::Yes(it),
                };
                return node.items().map(there).fold(Answer::No, Answer::or);
            }
            Want::One(words) => text.is_some_and(|it| is_among(&it, words) || set.allows(&it)),
            Want::Like(patterns) => {
                text.is_some_and(|it| patterns.iter().any(|pattern| is_like(&it, pattern)))
            }
            Want::AtLeast(least) => {
                text.and_then(|it| whole(&it)).is_some_and(|it| it >= set.least.unwrap_or(least))
            }
            Want::Present => is_filled(node),
            Want::Absent => node.is_null(),
            Want::Set | Want::Closed(_) => true,
        };
        if holds { Answer::No } else { Answer::Yes(node) }
    }
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        for (text, pattern, expected) in [
            ("/etc", "/etc", true),
            ("/etc/passwd", "/etc", false),
            ("/etc", "/etc/**", true),
            ("/etc/ssl/certs", "/etc/**", true),
            ("/etcetera", "/etc/**", false),
            ("a/tiller:v2", "*/tiller:*", true),
            ("a/tiller-b:v2", "*/tiller:*", false),
            ("", "*", true),
            ("ää", "*ä", true),
        ] {
            assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        }
    }
}
