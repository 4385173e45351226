//! The files of a report, read once each, with what must not be shown of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use palisade_domain::{Cause, Edit, Finding, FindingStatus, Position, Report};

use crate::excerpt::{Excerpt, Line, excerpt, short_line};
use crate::secret::{SecretPlaces, is_about_secrets, is_of_secret, ranges};
use crate::sources::Sources;
use crate::words::place;

/// The largest file that code is shown of, in bytes. It would be searched for secrets as a whole.
const LARGEST: usize = 8 << 20;

/// A file by its lines.
pub(crate) struct File {
    text: Arc<str>,
    /// The lines without their breaks, in bytes.
    lines: Vec<Range<usize>>,
    /// What is not shown, in bytes: in order, apart from each other.
    hidden: Vec<Range<usize>>,
}

impl File {
    pub(crate) fn new(text: Arc<str>, secrets: &[(Position, Position)]) -> File {
        let mut begin = 0;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            let shown = line.strip_suffix('\n').map_or(line, |it| it.strip_suffix('\r').unwrap_or(it));
            lines.push(begin..begin + shown.len());
            begin += line.len();
        }
        // What is after the last break is a line too, where a file may be inserted to.
        if text.is_empty() || text.ends_with('\n') {
            lines.push(begin..begin);
        }
        let mut file = File { text, lines, hidden: Vec::new() };
        let mut hidden = ranges(&file.text);
        // To the end of the line: the place may be that of a name beside the value. Where the file has no such place it
        // has changed since the scan, and the secret may be anywhere.
        hidden.extend(secrets.iter().map(|(start, end)| {
            let last = row(*end).and_then(|it| file.lines.get(it)).map(|it| it.end);
            file.offset(*start).zip(last).map_or(0..file.text.len(), |(start, end)| start..end)
        }));
        hidden.retain(|it| it.start < it.end);
        hidden.sort_by_key(|it| (it.start, it.end));
        hidden.dedup_by(|later, first| {
            let overlaps = later.start <= first.end;
            if overlaps {
                first.end = first.end.max(later.end);
            }
            overlaps
        });
        file.hidden = hidden;
        file
    }

    /// A line by its number from 1.
    pub(crate) fn line(&self, number: u32) -> Option<Line<'_>> {
        let range = self.lines.get(usize::try_from(number).ok()?.checked_sub(1)?)?.clone();
        let text = self.text.get(range.clone())?;
        // Those before the line end before it, as they are in order.
        let first = self.hidden.partition_point(|it| it.end <= range.start);
        let hidden = self.hidden.get(first..).unwrap_or_default();
        let count = hidden.partition_point(|it| it.start < range.end.max(range.start + 1));
        Some(Line { number, start: range.start, text, hidden: hidden.get(..count).unwrap_or_default() })
    }

    /// The offset of a place in bytes, if the file has it.
    pub(crate) fn offset(&self, at: Position) -> Option<usize> {
        let range = self.lines.get(row(at)?)?;
        let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
        let line = self.text.get(range.clone())?;
        let within = line.char_indices().map(|(offset, _)| offset).chain([line.len()]).nth(column)?;
        Some(range.start + within)
    }
}

/// The row of a place's line, from 0.
fn row(at: Position) -> Option<usize> {
    usize::try_from(at.line).ok()?.checked_sub(1)
}

/// The code that one report shows.
pub(crate) struct Code<'a> {
    sources: &'a dyn Sources,
    secrets: SecretPlaces<'a>,
    files: RefCell<HashMap<String, Option<Rc<File>>>>,
}

impl<'a> Code<'a> {
    pub(crate) fn new(report: &'a Report, sources: &'a dyn Sources) -> Code<'a> {
        Code { sources, secrets: SecretPlaces::of(report), files: RefCell::default() }
    }

    fn file(&self, path: &str) -> Option<Rc<File>> {
        if let Some(known) = self.files.borrow().get(path) {
            return known.clone();
        }
        let text = self.sources.text(path).filter(|it| it.len() <= LARGEST);
        let file = text.map(|text| Rc::new(File::new(text, self.secrets.in_file(path))));
        self.files.borrow_mut().insert(path.to_owned(), file.clone());
        file
    }

    /// The lines around the place of a finding, where there are some to show.
    pub(crate) fn of_finding(&self, finding: &Finding) -> Option<Excerpt> {
        if finding.status == FindingStatus::Passed {
            return None;
        }
        let at = place(finding)?;
        let about_secrets = is_about_secrets(finding);
        let context = !about_secrets && !is_of_secret(finding);
        let excerpt = excerpt(&*self.file(&at.path)?, at.start, at.end, context)?;
        // Where all of it is hidden, the place says as much.
        (!about_secrets || excerpt.has_words()).then_some(excerpt)
    }

    /// The line of a cause, where it is short and its note has not the same words.
    pub(crate) fn of_cause(&self, finding: &Finding, cause: &Cause) -> Option<String> {
        if is_about_secrets(finding) || finding.status == FindingStatus::Passed {
            return None;
        }
        let line = short_line(&*self.file(&cause.path)?, cause.start)?;
        (cause.note.is_empty() || !line.contains(&cause.note)).then_some(line)
    }

    /// Whether the lines of a fix may be shown: none of them has a secret.
    pub(crate) fn may_show(&self, finding: &Finding, edits: &[Edit]) -> bool {
        let lines = |it: &Edit| it.start.line..it.end.line.max(it.start.line).saturating_add(1);
        !is_about_secrets(finding) && !edits.iter().any(|it| self.secrets.has_any(&it.path, lines(it)))
    }
}
