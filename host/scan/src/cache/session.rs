//! The cache during one scan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use palisade_capabilities::{Question, ReadSet, Was, look};
use palisade_catalog::Plugin;
use palisade_domain::tape::Batch;
use palisade_domain::{Coverage, Diagnostic, Environment, Judgement, Mount, Need, Parsed, Unit, Work};
use palisade_sandbox::{JudgeRequest, Pack, Parser};
use palisade_source::{Digest, Snapshot};
use serde::{Deserialize, Serialize};

use super::{Cache, batch, key};
use crate::looks::{Looks, QUESTIONS, number};
use crate::record::Record;

/// The most answers that are kept for one question, each for another state of the tree: base and head in turn, and some
/// more.
const VARIANTS: usize = 4;

/// The most looks that these answers may depend on together, except the newest.
const LOOKS: usize = 4096;

/// A look as it is stored.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
struct Look {
    path: String,
    question: u8,
    was: u8,
    digest: [u8; 32],
}

/// The looks that an answer depends on, and the key of the answer.
#[derive(Deserialize, Serialize)]
struct Variant {
    looks: Vec<Look>,
    result: [u8; 32],
}

/// The result of parsing without the batch, which follows it.
#[derive(Deserialize, Serialize)]
struct Head {
    coverage: Vec<Coverage>,
    diagnostics: Vec<Diagnostic>,
    needs: Vec<Need>,
    undecided: Vec<String>,
    batch: [u8; 32],
}

fn parts(was: Was) -> (u8, Digest) {
    const NOTHING: Digest = Digest([0; 32]);
    match was {
        Was::Absent => (0, NOTHING),
        Was::File(digest) => (1, digest),
        Was::Folder(digest) => (2, digest),
        Was::Present(digest) => (3, digest),
        Was::Refused(digest) => (4, digest),
        Was::Unreadable => (5, NOTHING),
    }
}

/// The cache and the scanned tree. The state of each place is read once for each scan.
#[derive(Clone)]
pub(crate) struct Session {
    cache: Arc<Cache>,
    base: Arc<dyn Snapshot>,
    seen: Arc<Mutex<HashMap<(u8, String), Was>>>,
}

impl Session {
    pub(crate) fn new(cache: &Arc<Cache>, base: &Arc<dyn Snapshot>) -> Session {
        Session { cache: Arc::clone(cache), base: Arc::clone(base), seen: Arc::default() }
    }

    /// The end of the scan.
    pub(crate) fn end(&self) {
        self.cache.store.flush();
    }

    /// State of a place of the tree. Places of other trees, with mounted needs, are read each time.
    fn look(&self, tree: &Arc<dyn Snapshot>, path: &str, question: Question) -> Was {
        if !Arc::ptr_eq(tree, &self.base) {
            return look(tree.as_ref(), path, question);
        }
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (number(question), path.to_owned());
        if let Some(was) = seen().get(&place) {
            return *was;
        }
        let was = look(tree.as_ref(), path, question);
        seen().insert(place, was);
        was
    }

    fn shows(&self, tree: &Arc<dyn Snapshot>, it: &Look) -> bool {
        let Some(question) = QUESTIONS.into_iter().find(|question| number(*question) == it.question) else {
            return false;
        };
        let was = self.look(tree, &it.path, question);
        was != Was::Unreadable && parts(was) == (it.was, Digest(it.digest))
    }

    fn variants(&self, key: Digest) -> Vec<Variant> {
        let bytes = self.cache.store.get(key).unwrap_or_default();
        postcard::from_bytes(&bytes).unwrap_or_default()
    }

    /// The known answer to a question in a tree, and the looks it depends on. Reads files: not for a thread that serves
    /// others.
    fn known(&self, key: Digest, tree: &Arc<dyn Snapshot>) -> Option<(Vec<u8>, Vec<Look>)> {
        let mut variants = self.variants(key).into_iter();
        let variant = variants.find(|variant| variant.looks.iter().all(|it| self.shows(tree, it)))?;
        Some((self.cache.store.get(Digest(variant.result))?, variant.looks))
    }

    async fn recall<T: Send + 'static>(
        &self,
        key: Option<Digest>,
        tree: &Arc<dyn Snapshot>,
        read: fn(&[u8]) -> Option<T>,
    ) -> Option<(T, Vec<Look>)> {
        let (key, own, tree) = (key?, self.clone(), Arc::clone(tree));
        let known = move || {
            let (bytes, looks) = own.known(key, &tree)?;
            Some((read(&bytes)?, looks))
        };
        tokio::task::spawn_blocking(known).await.ok().flatten()
    }

    fn keep(&self, key: Option<Digest>, read_set: &ReadSet, payload: &[u8]) -> Option<()> {
        let key = key.filter(|_| read_set.is_complete())?;
        let look = |(path, question, was): (&str, Question, Was)| {
            let (was, Digest(digest)) = parts(was);
            Look { path: path.to_owned(), question: number(question), was, digest }
        };
        let looks: Vec<Look> = read_set.iter().map(look).collect();
        let result = key::result(key, &looks)?;
        let mut left = LOOKS;
        let older = self.variants(key).into_iter().filter(|variant| variant.looks != looks);
        let older = older.take(VARIANTS - 1).take_while(|variant| {
            let fits = variant.looks.len() <= left;
            left = left.saturating_sub(variant.looks.len());
            fits
        });
        let older: Vec<Variant> = older.collect();
        let mut variants = vec![Variant { looks, result: result.0 }];
        variants.extend(older);
        self.cache.store.put(result, payload);
        self.cache.store.put(key, &postcard::to_allocvec(&variants).ok()?);
        Some(())
    }

    /// The units that a parser claimed among candidates.
    pub(crate) async fn claimed(
        &self,
        plugin: &Plugin,
        parser: &Parser,
        candidates: &[String],
        formats: usize,
    ) -> Option<Vec<Unit>> {
        let key = key::claim(plugin, parser, candidates, formats);
        let known = self.recall(key, &self.base, |bytes| postcard::from_bytes(bytes).ok()).await;
        known.map(|(units, _)| units)
    }

    /// Keeps them.
    pub(crate) fn keep_claim(
        &self,
        plugin: &Plugin,
        parser: &Parser,
        candidates: &[String],
        formats: usize,
        answer: (&ReadSet, &[Unit]),
    ) {
        let key = key::claim(plugin, parser, candidates, formats);
        let (read_set, units) = answer;
        let _ = postcard::to_allocvec(units).ok().and_then(|bytes| self.keep(key, read_set, &bytes));
    }

    /// The result of a parser for a unit, the digest of the batch, and the looks that both depend on.
    pub(crate) async fn parsed(
        &self,
        call: ParseCall<'_>,
        tree: &Arc<dyn Snapshot>,
    ) -> Option<(Parsed, Digest, Looks)> {
        let read = |bytes: &[u8]| {
            let (head, rest) = postcard::take_from_bytes::<Head>(bytes).ok()?;
            let batch = batch::decode(rest)?;
            let Head { coverage, diagnostics, needs, undecided, batch: digest } = head;
            Some((Parsed { batch, coverage, diagnostics, needs, undecided }, Digest(digest)))
        };
        let ((parsed, digest), looks) = self.recall(call.key(), tree, read).await?;
        let looks = Looks::of(looks.iter().map(|it| (it.path.as_str(), it.question)));
        Some((parsed, digest, looks))
    }

    /// Keeps it, and returns the digest of the batch.
    pub(crate) fn keep_parsed(&self, call: ParseCall<'_>, read_set: &ReadSet, parsed: &Parsed) -> Digest {
        let batch = batch::encode(&parsed.batch);
        let digest = Digest::of(&batch);
        let head = Head {
            coverage: parsed.coverage.clone(),
            diagnostics: parsed.diagnostics.clone(),
            needs: parsed.needs.clone(),
            undecided: parsed.undecided.clone(),
            batch: digest.0,
        };
        if let Ok(mut payload) = postcard::to_allocvec(&head) {
            payload.extend_from_slice(&batch);
            self.keep(call.key(), read_set, &payload);
        }
        digest
    }

    /// The record of an earlier scan.
    pub(crate) fn record(&self, key: Digest) -> Option<Record<'static>> {
        postcard::from_bytes(&self.cache.store.get(key)?).ok()
    }

    /// Keeps it.
    pub(crate) fn keep_record(&self, key: Digest, record: &Record<'_>) {
        if let Ok(bytes) = postcard::to_allocvec(record) {
            self.cache.store.put(key, &bytes);
        }
    }

    /// The digest of a batch that was changed after parsing.
    pub(crate) fn digest(batch: &Batch) -> Digest {
        Digest::of(&batch::encode(batch))
    }

    /// The judgement of a pack for a batch or a part of one.
    pub(crate) fn judged(&self, call: JudgeCall<'_>) -> Option<Judgement> {
        let bytes = self.cache.store.get(call.key()?)?;
        postcard::from_bytes(&bytes).ok()
    }

    /// Keeps it.
    pub(crate) fn keep_judged(&self, call: JudgeCall<'_>, judgement: &Judgement) {
        if let (Some(key), Ok(bytes)) = (call.key(), postcard::to_allocvec(judgement)) {
            self.cache.store.put(key, &bytes);
        }
    }
}

/// Input of a call that parses.
#[derive(Clone, Copy)]
pub(crate) struct ParseCall<'a> {
    pub(crate) plugin: &'a Plugin,
    pub(crate) parser: &'a Parser,
    pub(crate) work: &'a Work,
    pub(crate) mounts: &'a [Mount],
    pub(crate) environment: &'a Environment,
}

impl ParseCall<'_> {
    fn key(&self) -> Option<Digest> {
        key::parse(self.plugin, self.parser, self.work, self.mounts, self.environment)
    }
}

/// Input of a call that judges.
#[derive(Clone, Copy)]
pub(crate) struct JudgeCall<'a> {
    pub(crate) plugin: &'a Plugin,
    pub(crate) pack: &'a Pack,
    pub(crate) request: &'a JudgeRequest<'a>,
    /// The digest of the whole batch.
    pub(crate) batch: Digest,
    /// Name of the judged part.
    pub(crate) part: &'a str,
}

impl JudgeCall<'_> {
    fn key(&self) -> Option<Digest> {
        key::judge(self.plugin, self.pack, self.request, self.batch, self.part)
    }
}
