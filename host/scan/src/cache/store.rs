//! Results on disk by their keys, in a few large files that processes share.
//!
//! Each process writes its own segments and never changes a finished one, so no process waits for another.
//! Results that are used and are in the older half are written again with new ones, and the oldest segments are deleted
//!   above the limit. So the least recently used results are deleted first, without a search.
//! Small segments, as small changes leave them, are merged into one.
//! Entries that are damaged, foreign or unreadable count as absent.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use palisade_catalog::{Seal, make_private};
use palisade_source::Digest;

use super::segment::{ENDING, Place, Segment, UNFINISHED, Writer, sealed};

/// The most segments before small ones are merged.
const MOST_SEGMENTS: usize = 24;

/// A segment, and a single record, may have at most this part of the limit.
const PARTS: u64 = 16;

/// The longest time in which a process finishes a segment; an older file was left by a killed process.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

#[derive(Default)]
struct State {
    /// By file name: the oldest first.
    segments: BTreeMap<OsString, Arc<Segment>>,
    index: HashMap<Digest, (Arc<Segment>, Place)>,
    /// Keys found since the last flush.
    used: HashSet<Digest>,
    /// The segment of this process that is not yet visible.
    writer: Option<Writer>,
    pending: HashSet<Digest>,
    /// Writing has failed.
    broken: bool,
    damaged: u64,
}

/// The cached results of an installation.
pub(super) struct Store {
    folder: PathBuf,
    seal: Seal,
    limit: u64,
    state: Mutex<State>,
}

impl Store {
    /// Opens a folder; it is created on the first write.
    pub(super) fn open(folder: PathBuf, key: &[u8; 32], limit: u64) -> Store {
        let store = Store { folder, seal: Seal::new(key, "results"), limit, state: Mutex::default() };
        store.refresh(&mut store.state());
        store
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // After a panic, at worst a result is not found.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of segments and records that this installation has not written.
    pub(super) fn damaged(&self) -> u64 {
        self.state().damaged
    }

    /// A result.
    pub(super) fn get(&self, key: Digest) -> Option<Vec<u8>> {
        let (segment, place) = self.state().index.get(&key).cloned()?;
        let record = segment.record(place, key, &self.seal);
        let mut state = self.state();
        if record.is_some() {
            state.used.insert(key);
        } else {
            state.index.remove(&key);
            state.damaged += 1;
        }
        record
    }

    /// Keeps a result; it can be found after the next flush, by this process too.
    pub(super) fn put(&self, key: Digest, payload: &[u8]) {
        if payload.len() as u64 > self.limit / PARTS {
            return;
        }
        let Some(seal) = sealed(&self.seal, key, payload) else { return };
        let mut state = self.state();
        if state.broken || !state.pending.insert(key) {
            return;
        }
        let full = |writer: &Writer| writer.bytes() >= self.limit / PARTS;
        let kept = self.add(&mut state, key, payload, &seal).and_then(|()| {
            if state.writer.as_ref().is_some_and(full) { self.settle(&mut state) } else { Ok(()) }
        });
        state.note(&kept);
    }

    fn add(&self, state: &mut State, key: Digest, payload: &[u8], seal: &[u8]) -> io::Result<()> {
        let writer = match &mut state.writer {
            Some(writer) => writer,
            none => {
                make_private(&self.folder).map_err(io::Error::other)?;
                none.insert(Writer::new(&self.folder)?)
            }
        };
        writer.add(key, payload, seal)
    }

    /// Makes new results visible, and enforces the limit.
    pub(super) fn flush(&self) {
        let mut state = self.state();
        if !state.broken {
            let result = self.renew(&mut state).and_then(|gone| {
                self.settle(&mut state)?;
                state.remove(&gone);
                Ok(())
            });
            state.note(&result);
        }
        state.used.clear();
        state.pending.clear();
    }

    /// Copies results that are used and old, or in one of too many small segments; returns the segments that can be
    /// deleted.
    fn renew(&self, state: &mut State) -> io::Result<Vec<OsString>> {
        let mut newer = 0;
        let mut old: HashSet<PathBuf> = HashSet::new();
        for segment in state.segments.values().rev() {
            if newer > self.limit / 2 {
                old.insert(segment.path.clone());
            }
            newer += segment.bytes;
        }
        let gone = small(&state.segments, self.limit / 4);
        let small: HashSet<PathBuf> = gone.iter().map(|name| self.folder.join(name)).collect();
        if old.is_empty() && small.is_empty() {
            return Ok(gone);
        }
        let again: Vec<(Digest, Arc<Segment>, Place)> = state
            .index
            .iter()
            .filter(|(key, (segment, _))| {
                let used = || state.used.contains(key) && old.contains(&segment.path);
                !state.pending.contains(key) && (small.contains(&segment.path) || used())
            })
            .map(|(key, (segment, place))| (*key, Arc::clone(segment), *place))
            .collect();
        for (key, segment, place) in again {
            if let Some(raw) = segment.raw(place) {
                self.add(state, key, &raw, &[])?;
            }
        }
        Ok(gone)
    }

    /// Finishes the segment that is being written, and deletes the oldest ones above the limit.
    fn settle(&self, state: &mut State) -> io::Result<()> {
        let Some(writer) = state.writer.take() else { return Ok(()) };
        let (segment, entries) = writer.finish(&self.folder, &self.seal)?;
        state.add(segment, entries);
        state.pending.clear();
        self.refresh(state);
        let mut total: u64 = state.segments.values().map(|it| it.bytes).sum();
        let mut oldest = Vec::new();
        for (name, segment) in &state.segments {
            if total <= self.limit {
                break;
            }
            total -= segment.bytes;
            oldest.push(name.clone());
        }
        state.remove(&oldest);
        Ok(())
    }

    /// Reads what other processes have changed.
    fn refresh(&self, state: &mut State) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut seen = HashSet::new();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(text) = name.to_str() else { continue };
            if text.starts_with(UNFINISHED) {
                let age = entry.metadata().and_then(|it| it.modified()).ok().and_then(|it| it.elapsed().ok());
                if age.is_some_and(|age| age > LEFT_BEHIND) {
                    let _ = fs::remove_file(entry.path());
                }
            } else if text.ends_with(ENDING) {
                if !state.segments.contains_key(&name) {
                    self.take(state, &entry.path());
                }
                seen.insert(name);
            }
        }
        let gone: Vec<OsString> =
            state.segments.keys().filter(|name| !seen.contains(*name)).cloned().collect();
        state.forget(&gone);
    }

    fn take(&self, state: &mut State, path: &Path) {
        match Segment::open(path, &self.seal) {
            Some((segment, entries)) => state.add(segment, entries),
            // Another process may have deleted it.
            None if !path.exists() => {}
            None => {
                state.damaged += 1;
                let _ = fs::remove_file(path);
            }
        }
    }
}

impl State {
    fn note(&mut self, result: &io::Result<()>) {
        if result.is_err() {
            self.broken = true;
            self.writer = None;
        }
    }

    fn add(&mut self, segment: Segment, entries: Vec<(Digest, Place)>) {
        let segment = Arc::new(segment);
        for (key, place) in entries {
            let newer = |known: &Segment| known.path > segment.path;
            // Of two results under one key the newer one counts.
            if !self.index.get(&key).is_some_and(|(known, _)| newer(known)) {
                self.index.insert(key, (Arc::clone(&segment), place));
            }
        }
        if let Some(name) = segment.path.file_name() {
            self.segments.insert(name.to_owned(), segment);
        }
    }

    fn forget(&mut self, names: &[OsString]) {
        let gone: HashSet<PathBuf> =
            names.iter().filter_map(|name| self.segments.remove(name)).map(|it| it.path.clone()).collect();
        if !gone.is_empty() {
            self.index.retain(|_, (segment, _)| !gone.contains(&segment.path));
        }
    }

    fn remove(&mut self, names: &[OsString]) {
        for segment in names.iter().filter_map(|name| self.segments.get(name)) {
            let _ = fs::remove_file(&segment.path);
        }
        self.forget(names);
    }
}

/// The small segments, if there are too many: at least half of all, and more as long as each is at most as large as
/// those before it together, so that nothing is copied often.
fn small(segments: &BTreeMap<OsString, Arc<Segment>>, most: u64) -> Vec<OsString> {
    if segments.len() <= MOST_SEGMENTS {
        return Vec::new();
    }
    let mut by_size: Vec<_> = segments.iter().map(|(name, segment)| (segment.bytes, name)).collect();
    by_size.sort();
    let mut total = 0;
    let mut small = Vec::new();
    for (bytes, name) in by_size {
        if total + bytes > most || (small.len() >= segments.len() / 2 && bytes > total) {
            break;
        }
        total += bytes;
        small.push(name.clone());
    }
    small
}
