//! The files of a report, each read once, and the secrets in them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use palisade_domain::{Cause, Edit, Finding, FindingStatus, Report};

use crate::excerpt::{Excerpt, excerpt, short_line};
use crate::file::File;
use crate::secret::{SecretPlaces, is_about_secrets, is_of_secret};
use crate::sources::Sources;
use crate::words::place;

/// The largest file whose code is shown, in bytes: all of it is searched for secrets.
const LARGEST: usize = 8 << 20;

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

    /// The lines around the place of a finding, if they can be shown.
    pub(crate) fn of_finding(&self, finding: &Finding) -> Option<Excerpt> {
        if finding.status == FindingStatus::Passed {
            return None;
        }
        let at = place(finding)?;
        let about_secrets = is_about_secrets(finding);
        let context = !about_secrets && !is_of_secret(finding);
        let excerpt = excerpt(&*self.file(&at.path)?, at.start, at.end, context)?;
        // If all of it is hidden, an excerpt adds nothing to the place.
        (!about_secrets || excerpt.has_words()).then_some(excerpt)
    }

    /// The line of a cause, if it is short and the cause's note does not repeat it.
    pub(crate) fn of_cause(&self, finding: &Finding, cause: &Cause) -> Option<String> {
        if is_about_secrets(finding) || finding.status == FindingStatus::Passed {
            return None;
        }
        let line = short_line(&*self.file(&cause.path)?, cause.start)?;
        (cause.note.is_empty() || !line.contains(&cause.note)).then_some(line)
    }

    /// Whether the lines of a fix may be shown: none of them contains a secret.
    pub(crate) fn may_show(&self, finding: &Finding, edits: &[Edit]) -> bool {
        let lines = |it: &Edit| it.start.line..it.end.line.max(it.start.line).saturating_add(1);
        !is_about_secrets(finding) && !edits.iter().any(|it| self.secrets.has_any(&it.path, lines(it)))
    }
}
