//! Scans of whole repositories, and the stored data of all scans.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::time::Duration;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use palisade_domain::{Finding, FindingStatus, Report, Verdict};
use palisade_scan::ParsedTree;
use palisade_source::is_there;
use palisade_store::entity::scan::Counts;
use palisade_store::repository as store;
use palisade_store::repository::inventory::{NewResource, NewResult};
use palisade_store::repository::scans::{NewScan, ScanEnd};
use palisade_store::{Page, ScanKind, ScanState, StoreError, Trigger, entity, now_ms};

use crate::budget::SPENT;
use crate::error::ServiceError;
use crate::evaluate::Done;
use crate::folders;
use crate::judge::Part;
use crate::service::Service;
use crate::view::{self, List};

/// The maximum number of results of one scan that are stored as rows; the report contains all of them.
const MOST_ROWS: usize = 50_000;

/// The pause if an integration has reached its limit of scans.
const BUSY: Duration = Duration::from_secs(5);
/// The maximum length of the reports of a scan that are sent, in bytes.
const LONGEST_REPORT: usize = 1 << 30;
/// The size of a piece in memory, in bytes.
const PIECE: usize = 64 << 10;

/// The text of reports, which is decompressed in pieces while it is sent: the text may be a thousand times as large as
/// the stored data.
pub struct ReportText {
    inflated: DeflateDecoder<Cursor<Vec<u8>>>,
    left: usize,
}

impl ReportText {
    fn new(deflated: Vec<u8>) -> ReportText {
        ReportText::within(deflated, LONGEST_REPORT)
    }

    fn within(deflated: Vec<u8>, most: usize) -> ReportText {
        ReportText { inflated: DeflateDecoder::new(Cursor::new(deflated)), left: most }
    }

    /// Returns the next bytes; `None` after the last.
    ///
    /// # Errors
    /// If the stored data is damaged, or the text is longer than 1 GiB.
    pub fn next_piece(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut piece = Vec::new();
        (&mut self.inflated).take(PIECE as u64).read_to_end(&mut piece)?;
        self.left = self.left.checked_sub(piece.len()).ok_or_else(|| {
            std::io::Error::other("the report is longer than 1 GiB: scan fewer folders with one source")
        })?;
        Ok(Some(piece).filter(|it| !it.is_empty()))
    }
}

/// The name of a verdict in the database and in the API.
pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "passed",
        Verdict::Violations => "failed",
        Verdict::Incomplete => "incomplete",
    }
}

/// The worst verdict.
fn worst(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let rank = |it: &Verdict| match it {
        Verdict::Clean => 0,
        Verdict::Violations => 1,
        Verdict::Incomplete => 2,
    };
    verdicts.max_by_key(rank).unwrap_or(Verdict::Clean)
}

fn deflated(reports: &[&Report]) -> Result<Vec<u8>, ServiceError> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(b"[").map_err(ServiceError::internal)?;
    for (row, report) in reports.iter().enumerate() {
        if row > 0 {
            out.write_all(b",").map_err(ServiceError::internal)?;
        }
        palisade_report::write_json(report, &mut out).map_err(ServiceError::internal)?;
    }
    out.write_all(b"]").map_err(ServiceError::internal)?;
    out.finish().map_err(ServiceError::internal)
}

fn counts(reports: &[&Report]) -> Counts {
    let mut sums = Counts::new();
    for report in reports {
        let (files, outcomes, failed) =
            (report.summary.files, report.summary.outcomes, report.summary.failed_by_severity);
        let new =
            report.results.iter().filter(|it| it.new && it.status == FindingStatus::Failed).count() as u64;
        for (name, count) in [
            ("files", files.seen),
            ("scanned", files.scanned),
            ("partial", files.partial),
            ("unsupported", files.unsupported),
            ("not_scanned", files.failed),
            ("resources", report.summary.resources),
            ("failed", outcomes.failed),
            ("passed", outcomes.passed),
            ("unknown", outcomes.unknown),
            ("suppressed", outcomes.suppressed),
            ("critical", failed.critical),
            ("high", failed.high),
            ("medium", failed.medium),
            ("low", failed.low),
            ("new", new),
        ] {
            *sums.entry(name.to_owned()).or_default() += count;
        }
    }
    sums
}

fn result(finding: &Finding) -> Result<NewResult, ServiceError> {
    let place = finding.location.as_ref().or(finding.resource.location.as_ref());
    Ok(NewResult {
        fingerprint: finding.fingerprint.clone(),
        control: finding.control.to_string(),
        severity: finding.severity.name().to_owned(),
        resource: finding.resource.address.clone(),
        path: place.map(|it| it.path.clone()).unwrap_or_default(),
        line: place.map_or(0, |it| i64::from(it.start.line)),
        message: finding.message.clone(),
        outcome: finding.status.name().to_owned(),
        new: finding.new,
        fix: finding.fix.as_ref().map(serde_json::to_value).transpose().map_err(ServiceError::internal)?,
    })
}

/// The resources of a tree, with the outcomes of their controls.
fn inventory(tree: &ParsedTree, report: &Report) -> Vec<NewResource> {
    let mut counts: BTreeMap<(&str, &str), [i64; 3]> = BTreeMap::new();
    for finding in &report.results {
        let path = finding.resource.location.as_ref().map_or("", |it| it.path.as_str());
        let of = counts.entry((path, finding.resource.address.as_str())).or_default();
        let [passed, failed, unknown] = of;
        match finding.status {
            FindingStatus::Passed => *passed += 1,
            FindingStatus::Failed => *failed += 1,
            FindingStatus::Unknown => *unknown += 1,
            FindingStatus::Suppressed => {}
        }
    }
    let mut resources = Vec::new();
    for (_, batch) in &tree.batches {
        for resource in &batch.resources {
            let document = batch.documents.get(resource.document as usize);
            let path = document.map_or("", |it| batch.text(it.path));
            let line = batch.origins.lines.get(resource.origin as usize).copied().unwrap_or(0);
            let address = batch.text(resource.address);
            let [passed, failed, unknown] = counts.get(&(path, address)).copied().unwrap_or_default();
            resources.push(NewResource {
                origin: batch.text(resource.format).to_owned(),
                address: address.to_owned(),
                kind: batch.text(resource.kind).to_owned(),
                path: path.to_owned(),
                line: i64::from(line),
                passed,
                failed,
                unknown,
            });
        }
    }
    resources
}

/// Scans, their reports and their findings.
pub struct Scans<'a> {
    rows: store::scans::Scans<'a>,
    inventory: store::inventory::Inventory<'a>,
}

impl Service {
    /// Returns the scans.
    pub fn scans(&self) -> Scans<'_> {
        Scans { rows: self.0.store.scans(), inventory: self.0.store.inventory() }
    }
}

impl Scans<'_> {
    /// Lists all scans or those of a source, oldest first, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, source: Option<&str>, page: &Page) -> Result<List<view::Scan>, ServiceError> {
        let rows = match source {
            Some(source) => self.rows.of_source(source, page).await?,
            None => self.rows.list(page).await?,
        };
        Ok(List::of(rows, page, |it| it.id.clone(), view::Scan::from))
    }

    /// Returns the scan with this id.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::Scan, ServiceError> {
        Ok(self.rows.listed(id).await?.into())
    }

    /// Returns the reports of a scan, one for each folder, as a JSON list; `None` if the scan has no report.
    ///
    /// # Errors
    /// If the scan does not exist.
    pub async fn report(&self, id: &str) -> Result<Option<ReportText>, ServiceError> {
        Ok(self.rows.report(id).await?.map(ReportText::new))
    }

    /// Lists the findings of a scan, one page at a time.
    ///
    /// # Errors
    /// If the scan does not exist.
    pub async fn results(&self, id: &str, page: &Page) -> Result<List<view::Finding>, ServiceError> {
        self.rows.listed(id).await?;
        let rows = self.inventory.results(id, page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Finding::from))
    }
}

impl Service {
    /// Stores the results of an evaluation of a pull request, as one scan for each source.
    pub(crate) async fn keep_scans(
        &self,
        head_sha: &str,
        merge_base: &str,
        number: i64,
        parts: &[Part],
    ) -> Result<(), ServiceError> {
        let mut of_source: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
        for part in parts {
            of_source.entry(&part.source).or_default().push(part);
        }
        for (source, parts) in of_source {
            let scan = self
                .0
                .store
                .scans()
                .create(NewScan {
                    source_id: source.to_owned(),
                    kind: ScanKind::Pull,
                    trigger: Trigger::Pull,
                    pull_number: Some(number),
                    head_sha: head_sha.to_owned(),
                    base_sha: merge_base.to_owned(),
                })
                .await?;
            self.0.store.scans().start(&scan.id, head_sha).await?;
            let reports: Vec<&Report> = parts.iter().map(|it| &it.report).collect();
            self.keep(&scan.id, &reports, worst(parts.iter().map(|it| it.verdict))).await?;
        }
        Ok(())
    }

    async fn keep(&self, scan: &str, reports: &[&Report], verdict: Verdict) -> Result<(), ServiceError> {
        let listed =
            reports.iter().flat_map(|it| &it.results).filter(|it| it.status != FindingStatus::Passed);
        let results = listed.take(MOST_ROWS).map(result).collect::<Result<Vec<_>, _>>()?;
        self.0.store.inventory().replace_results(scan, results).await?;
        let end = ScanEnd {
            state: ScanState::Done,
            error: None,
            verdict: Some(verdict_name(verdict).to_owned()),
            counts: counts(reports),
            report: Some(deflated(reports)?),
        };
        self.0.store.scans().finish(scan, end).await?;
        Ok(())
    }

    /// Scans the default branch of a source's repository as a whole.
    pub(crate) async fn scan_source(
        &self,
        source: &str,
        trigger: Trigger,
        slot: Option<i64>,
        last: bool,
    ) -> Result<Done, ServiceError> {
        let store = &self.0.store;
        let source = match store.sources().get(source).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        let Some(_place) = self.0.scanning.take(&source.integration_id) else {
            return Ok(Done::Later(BUSY));
        };
        if self.over_budget(&source.integration_id).await?.is_some() {
            return Ok(Done::Later(SPENT));
        }
        let waiting = if let Some(slot) = slot {
            // One scan for each slot, however often the job is started: a retry continues the row of an earlier
            // attempt.
            let scan = match store.scans().begin_slot(&source.id, slot).await? {
                Some(scan) => Some(scan),
                None => store.scans().unfinished(&source.id, trigger, Some(slot)).await?,
            };
            let Some(scan) = scan else { return Ok(Done::Whole) };
            scan
        } else if let Some(scan) = store.scans().unfinished(&source.id, trigger, None).await? {
            scan
        } else {
            let new = NewScan {
                source_id: source.id.clone(),
                kind: ScanKind::Full,
                trigger,
                pull_number: None,
                head_sha: String::new(),
                base_sha: String::new(),
            };
            store.scans().create(new).await?
        };
        match self.scan_now(&source, &waiting).await {
            Ok(()) => Ok(Done::Whole),
            Err(error) => {
                if last && error.pause().is_none() {
                    self.fail_scan(&waiting.id, &error.to_string()).await?;
                }
                Err(error)
            }
        }
    }

    /// Marks a scan as failed, with the reason.
    pub(crate) async fn fail_scan(&self, id: &str, why: &str) -> Result<(), ServiceError> {
        let end = ScanEnd {
            state: ScanState::Failed,
            error: Some(why.to_owned()),
            verdict: None,
            counts: Counts::new(),
            report: None,
        };
        self.0.store.scans().finish(id, end).await?;
        Ok(())
    }

    async fn scan_now(
        &self,
        source: &entity::source::Model,
        scan: &entity::scan::Model,
    ) -> Result<(), ServiceError> {
        let integration = self.0.store.integrations().get(&source.integration_id).await?;
        let adapter = self.of_integration(&integration).await?;
        let answer = adapter.provider.branch(&adapter.tenant, &source.repository, "").await;
        let head = adapter.read(answer)?.ok_or_else(|| {
            let why = format!("`{}` has no commit on its default branch", source.repository);
            ServiceError::invalid("repository", why)
        })?;
        self.0.store.scans().start(&scan.id, &head).await?;
        let commits = self.commits(&adapter, &source.repository, std::slice::from_ref(&head)).await?;
        let snapshot =
            commits.snapshots.first().ok_or_else(|| ServiceError::internal("one commit was asked for"))?;
        let resolvers = self.resolvers()?;
        let (mut reports, mut resources, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
        for folder in folders::normalised(&source.folders)? {
            let found = is_there(snapshot.as_ref(), &folder).map_err(ServiceError::internal)?;
            if !found {
                let why = format!("`{}` has no folder `/{folder}`: edit the source", source.repository);
                return Err(ServiceError::invalid("folders", why));
            }
            let mut request = self.request(source, &folder, snapshot, snapshot, &head, resolvers.as_ref())?;
            request.list_passed = true;
            let catalog = &self.0.catalog;
            let _computes = self.0.computing.begin(&integration.id).await;
            let report = palisade_scan::scan(catalog, &request).await;
            let report = report.map_err(|error| ServiceError::caused(&error))?;
            let report = palisade_scan::accept(report, &self.accepted_risks(source).await?);
            let tree = palisade_scan::parse(catalog, &request).await.map_err(ServiceError::internal)?;
            resources.extend(inventory(&tree, &report));
            verdicts.push(request.gate.judge(&report));
            reports.push(report);
        }
        let reports: Vec<&Report> = reports.iter().collect();
        self.0.store.inventory().replace_resources(&source.id, &scan.id, resources).await?;
        self.keep(&scan.id, &reports, worst(verdicts.into_iter())).await?;
        self.0.store.inventory().forget_replaced(&source.id).await?;
        let now = now_ms();
        self.0.store.sources().scanned(&source.id, now).await?;
        self.0.store.integrations().scanned(&integration.id, now).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::{PIECE, ReportText};

    fn deflated(pieces: usize) -> Vec<u8> {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
        for _ in 0..pieces {
            out.write_all(&vec![b' '; PIECE]).unwrap();
        }
        out.finish().unwrap()
    }

    /// Only one piece is in memory, however long the text is.
    #[test]
    fn reports_are_inflated_in_pieces_and_with_a_limit() {
        const MOST: usize = 100;
        for (pieces, fits) in [(0, true), (1, true), (MOST, true), (MOST + 1, false), (10 * MOST, false)] {
            let mut text = ReportText::within(deflated(pieces), MOST * PIECE);
            let mut sent = 0;
            let ended = loop {
                match text.next_piece() {
                    Ok(Some(piece)) => {
                        assert!(piece.len() <= PIECE);
                        sent += piece.len();
                    }
                    Ok(None) => break true,
                    Err(_) => break false,
                }
            };
            assert_eq!(ended, fits, "{pieces} pieces");
            assert_eq!(sent, pieces.min(MOST) * PIECE);
        }
    }
}
