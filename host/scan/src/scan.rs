//! A tree with the controls that judge it, and the steps of its scan.

use std::sync::Arc;

use palisade_catalog::Catalog;
use palisade_domain::Diagnostic;
use palisade_source::Digest;

use crate::cache::{Session, record_key};
use crate::claim::{Claims, Reading};
use crate::config::Setting;
use crate::error::ScanError;
use crate::inventory::Inventory;
use crate::judge::{Judge, judges, of_documents};
use crate::parameters::Parameters;
use crate::process::{Judges, Then};
use crate::record::Record;
use crate::request::Request;
use crate::tally::Unchanged;
use crate::walk::{Piece, Survey, Walked, inventory, survey, walk};

/// The request for the tree as its authors wrote it; fails if its settings do not match the formats.
pub(crate) fn checked(request: &Request, catalog: &Catalog) -> Result<Request, ScanError> {
    let formats = catalog.formats();
    request.config.check(formats)?;
    request.environments.check(formats)?;
    Ok(request.authored(formats))
}

/// Makes the results of this scan available to the next ones.
pub(crate) async fn end(session: Option<&Session>) {
    if let Some(session) = session.cloned() {
        // A failed cache only costs time.
        let _ = tokio::task::spawn_blocking(move || session.end()).await;
    }
}

/// A tree with the controls that judge it.
#[derive(Clone)]
pub(crate) struct Scan<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) request: Request,
    pub(crate) session: Option<Session>,
    pub(crate) judges: Arc<[Judge]>,
    /// The judges of whole documents.
    documents: Arc<[Judge]>,
    /// Remarks on parameters that are ignored.
    pub(crate) ignored: Vec<Diagnostic>,
}

impl<'c> Scan<'c> {
    pub(crate) fn new(catalog: &'c Catalog, request: &Request) -> Result<Scan<'c>, ScanError> {
        let request = checked(request, catalog)?;
        let in_repository = (request.config.path.as_str(), request.config.parameters.as_slice());
        let parameters = Parameters::resolve(catalog, &request.parameters, in_repository)?;
        let judges: Arc<[Judge]> = judges(catalog, &request.selection, &parameters).into();
        let documents = of_documents(&judges).into();
        let session = request.session();
        Ok(Scan { catalog, request, session, judges, documents, ignored: parameters.ignored })
    }

    /// The same controls for another tree; only the snapshot, the environments and what depends on them may differ.
    pub(crate) fn of_tree(&self, request: &Request) -> Result<Scan<'c>, ScanError> {
        let request = checked(request, self.catalog)?;
        Ok(Scan { session: request.session(), request, ..self.clone() })
    }

    /// Whether a control needs the whole tree.
    pub(crate) fn sees_the_tree(&self) -> bool {
        self.judges.iter().any(|it| it.asked().sees_the_tree())
    }

    /// The readings of the tree. If all controls judge documents, the resources are not read.
    fn readings(&self) -> Vec<Reading> {
        let resources = self.documents.is_empty() || self.judges.iter().any(|it| it.asked().sees_resources());
        let resources = resources.then_some(Reading::Resources);
        resources.into_iter().chain((!self.documents.is_empty()).then_some(Reading::Documents)).collect()
    }

    /// The files of the tree and the claims of its parsers, for each reading.
    pub(crate) async fn surveys(&self) -> Result<Vec<Survey>, ScanError> {
        let inventory = Arc::new(inventory(&self.request, self.catalog.formats()).await?);
        let mut surveys = Vec::new();
        for reading in self.readings() {
            let session = self.session.as_ref();
            surveys.push(survey(self.catalog, &inventory, reading, &self.request, session).await?);
        }
        Ok(surveys)
    }

    /// The surveys of an empty tree.
    pub(crate) fn of_nothing(&self) -> Vec<Survey> {
        let inventory = Arc::new(Inventory::default());
        let survey =
            |reading| Survey { inventory: Arc::clone(&inventory), reading, claims: Claims::default() };
        self.readings().into_iter().map(survey).collect()
    }

    /// What to do with the units of a reading.
    pub(crate) fn judging(&self, reading: Reading) -> Then {
        let packs = match reading {
            Reading::Resources => &self.judges,
            Reading::Documents => &self.documents,
        };
        Then::Judge(Judges::new(Arc::clone(packs), self.catalog.shapes()))
    }

    /// Parses and judges all units except those that are unchanged.
    pub(crate) async fn walk(
        &self,
        surveys: Vec<Survey>,
        unchanged: &Unchanged,
    ) -> Result<Walked, ScanError> {
        let mut walked = Walked::default();
        for (number, survey) in surveys.into_iter().enumerate() {
            let then = self.judging(survey.reading);
            let session = self.session.as_ref();
            let mut read = walk(self.catalog, survey, &self.request, session, &then, unchanged).await?;
            if number > 0 {
                // They are already counted as resources.
                read.units.iter_mut().for_each(Piece::count_no_resources);
            }
            walked.add(read);
        }
        Ok(walked)
    }

    /// The key of the record of this commit; none outside of a commit.
    fn record_key(&self) -> Option<Digest> {
        let Request { snapshot, path, config, environments, today, .. } = &self.request;
        let revision = snapshot.revision()?;
        let exclusions: Vec<&str> = config.exclusions().map(|it| it.value.as_str()).collect();
        let tool = |it: &Option<Setting<String>>| it.as_ref().map(|it| it.value.clone());
        let configuration = (&config.path, exclusions, tool(&config.engine), tool(&config.workspace));
        let plugins: Vec<_> =
            self.catalog.plugins().iter().map(|it| (&it.manifest.name, it.digest.0)).collect();
        let shapes = Digest::of(self.catalog.shapes().text().as_bytes()).0;
        let judges: Vec<_> = self.judges.iter().map(Judge::key).collect();
        // Expiries and packs with a clock depend on the day.
        let day = today.to_string();
        let resolves = self.request.resolvers.is_some();
        let what = (revision, path.as_str(), configuration, environments, day, resolves);
        record_key(&(what, plugins, shapes, judges))
    }

    /// The record of an earlier scan of the same commit with the same settings.
    pub(crate) fn record(&self) -> Option<Record<'static>> {
        self.session.as_ref()?.record(self.record_key()?)
    }

    /// Keeps the record that a change to this commit needs.
    pub(crate) fn keep(&self, inventory: Option<&Inventory>, walked: &Walked) {
        if let (Some(session), Some(key), Some(inventory)) = (&self.session, self.record_key(), inventory)
            && let Some(record) = Record::of(inventory, walked)
        {
            session.keep_record(key, &record);
        }
    }

    /// Makes the results so far available to the next scan.
    pub(crate) async fn end(&self) {
        end(self.session.as_ref()).await;
    }
}
