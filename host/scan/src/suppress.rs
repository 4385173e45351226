//! Suppressions: the notes of the authors of a tree, matched to findings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use palisade_domain::tape::{Batch, NONE, Node, ResourceView};
use palisade_domain::{
    Control, Diagnostic, Directive, Finding, FindingStatus, Level, Location, Position, Reach, SuppressedBy,
    Suppression, SuppressionState, checkov, directives, is_named, ours,
};

/// The most nested calls of modules that are followed.
const MOST_CALLS: usize = 64;

/// Our annotation, and Checkov's, which is followed by a number.
const ANNOTATION: &str = "palisade.dev/ignore";
const CHECKOVS: &str = "checkov.io/skip";

/// A directive and its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Note {
    line: u32,
    end_line: u32,
    column: u32,
    by: SuppressedBy,
    /// Line and column of the object that contains the annotation.
    owner: Option<(u32, u32)>,
    directive: Directive,
}

/// File, line and column of a note, which identify it in all batches of a tree.
pub(crate) type NotePlace = (String, u32, u32);

/// All suppression directives in the files of a unit, or of a tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    by_file: BTreeMap<String, Vec<Note>>,
    /// The line on which the first resource of each file begins.
    first: BTreeMap<String, u32>,
}

/// Lines of an element that a directive may be at or in.
#[derive(Clone, Copy, Debug)]
struct Lines {
    first: u32,
    last: u32,
}

/// The elements that contain the value of a finding, innermost first: the value, the blocks around it, the resource.
struct Surroundings<'b> {
    path: &'b str,
    owner: Option<(u32, u32)>,
    /// From the value to the resource.
    blocks: Vec<Lines>,
}

impl<'b> Surroundings<'b> {
    fn of(resource: ResourceView<'b>, node: Option<Node<'b>>) -> Surroundings<'b> {
        let batch = resource.batch();
        let root = resource.root();
        let owner = root.origin().map(|it| (it.line, it.column));
        // A resource of a plan is declared in another file.
        let path = resource.origin().map_or(resource.path(), |it| batch.path(it.document));
        let lines = |node: Node<'b>| {
            let (key, value) = (node.key_origin(), node.origin());
            let first = key.or(value)?;
            let last = value.filter(|it| it.document == first.document).unwrap_or(first);
            (batch.path(first.document) == path).then_some(Lines { first: first.line, last: last.end_line })
        };
        let mut blocks = Vec::new();
        if let Some(target) = node.map(|it| it.index()) {
            let mut at = root;
            // Descends to the value; a value behind an anchor has no blocks of the resource around it.
            while let Some(inner) =
                at.children().find(|it| (it.index()..batch.nodes.next(it.index())).contains(&target))
            {
                blocks.extend(lines(inner));
                if inner.index() == target || inner.index() <= at.index() {
                    break;
                }
                at = inner;
            }
            blocks.reverse();
        }
        let header = resource.origin().filter(|it| batch.path(it.document) == path);
        let whole = root.origin().filter(|it| batch.path(it.document) == path);
        let last = || root.children().filter_map(lines).map(|it| it.last).max();
        blocks.extend(header.or(whole).map(|first| Lines {
            first: first.line,
            last: whole.map(|it| it.end_line).or_else(last).unwrap_or(first.end_line).max(first.end_line),
        }));
        Surroundings { path, owner, blocks }
    }

    /// The calls of modules that lead to a resource, nearest first: a directive at a call applies to everything behind
    /// it.
    fn calls(resource: ResourceView<'b>) -> Vec<Surroundings<'b>> {
        let batch = resource.batch();
        let mut calls = Vec::new();
        let mut parent = resource.origin().map_or(NONE, |it| it.parent);
        while let Some(origin) = batch.origins.get(parent).filter(|_| calls.len() < MOST_CALLS) {
            let blocks = vec![Lines { first: origin.line, last: origin.end_line }];
            calls.push(Surroundings { path: batch.path(origin.document), owner: None, blocks });
            parent = origin.parent;
        }
        calls
    }
}

impl Notes {
    /// The directives in the comments of a batch, and in the annotations at these paths of its resources.
    pub(crate) fn of(batch: &Batch, annotations: &[String]) -> Notes {
        let mut notes = Notes::default();
        for comment in &batch.comments {
            let Some(at) = batch.origins.get(comment.origin) else { continue };
            for directive in directives(batch.text(comment.text)) {
                notes.add(
                    batch.path(comment.document),
                    Note {
                        line: at.line,
                        end_line: at.end_line,
                        column: at.column,
                        by: SuppressedBy::Comment,
                        owner: None,
                        directive,
                    },
                );
            }
        }
        for resource in batch.resource_views() {
            let root = resource.root();
            for it in annotations.iter().filter_map(|path| root.at(path)).flat_map(|it| it.children()) {
                let (key, Some(text)) = (it.key(), it.as_str()) else { continue };
                let directive = if key == ANNOTATION {
                    ours(text, Reach::Resource)
                } else if key
                    .strip_prefix(CHECKOVS)
                    .is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
                {
                    // Annotations use `=` where comments use `:`.
                    checkov(&text.replacen('=', ":", 1))
                } else {
                    continue;
                };
                let Some(at) = it.key_origin().or_else(|| it.origin()) else { continue };
                let note = Note {
                    line: at.line,
                    end_line: at.end_line,
                    column: at.column,
                    by: SuppressedBy::Annotation,
                    owner: root.origin().map(|it| (it.line, it.column)),
                    directive,
                };
                notes.add(resource.path(), note);
            }
        }
        for all in notes.by_file.values_mut() {
            all.sort();
            all.dedup();
        }
        for resource in batch.resource_views() {
            let header = resource.origin().or_else(|| resource.root().origin());
            if let Some(at) = header {
                notes.begins(batch.path(at.document), at.line);
            }
        }
        notes
    }

    fn add(&mut self, path: &str, note: Note) {
        self.by_file.entry(path.to_owned()).or_default().push(note);
    }

    fn begins(&mut self, path: &str, line: u32) {
        let first = self.first.entry(path.to_owned()).or_insert(line);
        *first = line.min(*first);
    }

    /// Merges the notes of several units, or of one unit in several environments. A file has the same notes in each of
    /// them.
    pub(crate) fn merge(&mut self, other: Notes) {
        for (path, notes) in other.by_file {
            let all = self.by_file.entry(path).or_default();
            all.extend(notes);
            all.sort();
            all.dedup();
        }
        for (path, line) in other.first {
            self.begins(&path, line);
        }
    }

    /// Whether the note at this index applies to a finding.
    fn reaches(&self, notes: &[Note], index: usize, around: &Surroundings<'_>) -> bool {
        let Some(note) = notes.get(index) else { return false };
        if note.by == SuppressedBy::Annotation {
            return note.owner == around.owner;
        }
        // Notes may follow each other.
        let is_note = |line: u32| notes.iter().any(|it| it.line == line);
        let mut next = note.end_line.saturating_add(1);
        while is_note(next) {
            next = next.saturating_add(1);
        }
        let on = |block: &Lines| block.first == note.line;
        let above = |block: &Lines| block.first == next;
        // The first line inside a block: only notes between it and the block's own first line.
        let inside = |block: &Lines| {
            block.first < note.line
                && note.line <= block.last
                && (block.first.saturating_add(1)..note.line).all(is_note)
        };
        let blocks = &around.blocks;
        match note.directive.reach {
            Reach::Near => blocks.iter().any(|it| on(it) || above(it) || inside(it)),
            Reach::Next | Reach::NextBlock => blocks.iter().any(|it| on(it) || above(it)),
            Reach::NextLine => blocks.first().is_some_and(above),
            Reach::Resource => blocks.last().is_some_and(|it| it.first <= note.line && note.line <= it.last),
            Reach::File => self.first.get(around.path).is_none_or(|first| note.line < *first),
        }
    }

    /// Suppresses a finding if a note applies to it. Returns that note.
    pub(crate) fn accept(
        &self,
        finding: &mut Finding,
        resource: ResourceView<'_>,
        node: Option<Node<'_>>,
        today: Date,
    ) -> Option<NotePlace> {
        if !matches!(finding.status, FindingStatus::Failed | FindingStatus::Unknown) {
            return None;
        }
        let own = Surroundings::of(resource, node);
        let calls = Surroundings::calls(resource);
        let all = || std::iter::once(&own).chain(&calls);
        all().find_map(|around| self.accept_at(finding, around, today))
    }

    fn accept_at(&self, finding: &mut Finding, around: &Surroundings<'_>, today: Date) -> Option<NotePlace> {
        let notes = self.by_file.get(around.path)?;
        let mut chosen: Option<(usize, SuppressionState)> = None;
        for (index, note) in notes.iter().enumerate() {
            let directive = &note.directive;
            if directive.problem.is_some()
                || !directive.names(&finding.control, &finding.aliases)
                || !self.reaches(notes, index, around)
            {
                continue;
            }
            if !directive.is_expired(today) {
                chosen = Some((index, SuppressionState::Accepted));
                break;
            }
            chosen = chosen.or(Some((index, SuppressionState::Expired)));
        }
        let (index, state) = chosen?;
        let note = notes.get(index)?;
        finding.suppression = Some(Suppression {
            by: note.by,
            state,
            reason: palisade_domain::mask(&note.directive.reason).into_owned(),
            expires: note.directive.until.map(|it| it.to_string()),
            path: around.path.to_owned(),
            line: note.line,
        });
        if state == SuppressionState::Accepted {
            finding.status = FindingStatus::Suppressed;
        }
        Some((around.path.to_owned(), note.line, note.column))
    }

    /// Diagnostics about the notes: a note is invalid, has expired, names nothing that exists, or suppresses nothing.
    /// `taken` are the enabled controls.
    pub(crate) fn report(
        &self,
        known: &[&Control],
        taken: &[&Control],
        used: &BTreeSet<NotePlace>,
        today: Date,
    ) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for (path, notes) in &self.by_file {
            for note in notes {
                let directive = &note.directive;
                let start = Position { line: note.line, column: note.column };
                let location = Location { path: path.clone(), start, end: start };
                let mut add = |level, code: &str, message: String| {
                    diagnostics.push(Diagnostic {
                        path: path.clone(),
                        location: Some(location.clone()),
                        level,
                        code: code.to_owned(),
                        message,
                    });
                };
                let foreign = directive.dialect != "palisade";
                let whose = if foreign { format!(" of {}", directive.dialect) } else { String::new() };
                if let Some(why) = &directive.problem {
                    add(
                        Level::Warning,
                        "suppression-wrong",
                        format!("a suppression{whose} counts for nothing: {why}"),
                    );
                    continue;
                }
                let unknown = |name: &&String| {
                    !known.iter().any(|control| is_named(name, &control.id, &control.aliases))
                };
                for name in directive.controls.iter().filter(unknown) {
                    // Other scanners have rules without a counterpart here; the author has not made a mistake.
                    let level = if foreign { Level::Note } else { Level::Warning };
                    let message = format!(
                        "a suppression{whose} names `{name}`, and no control is called that; the nearest names are {}",
                        nearest(name, known)
                    );
                    add(level, "suppression-unknown", message);
                }
                if let Some(until) = directive.until.filter(|_| directive.is_expired(today)) {
                    let message = format!("a suppression{whose} has expired: its last day was {until}");
                    add(Level::Warning, "suppression-expired", message);
                    continue;
                }
                let judged = taken.iter().any(|it| directive.names(&it.id, &it.aliases));
                if judged && !used.contains(&(path.clone(), note.line, note.column)) {
                    let names = directive.controls.join(", ");
                    let what = if names.is_empty() { "anything".to_owned() } else { format!("`{names}`") };
                    let message = format!("a suppression{whose} of {what} accepts nothing: remove it");
                    add(Level::Warning, "suppression-unused", message);
                }
            }
        }
        diagnostics
    }
}

/// The names of controls that are most similar to an unknown one: of the same tool, with the most letters in common.
fn nearest(name: &str, known: &[&Control]) -> String {
    const SHOWN: usize = 3;
    let all =
        known.iter().flat_map(|it| std::iter::once(&*it.id).chain(it.aliases.iter().map(String::as_str)));
    let alike = |other: &str| {
        let (one, other) = (name.to_ascii_lowercase(), other.to_ascii_lowercase());
        one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
    };
    let mut names: Vec<&str> = all.collect();
    names.sort_by_key(|it| (std::cmp::Reverse(alike(it)), it.len().abs_diff(name.len()), *it));
    names.dedup();
    names.into_iter().take(SHOWN).map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}
