//! A segment, which is one file of results: records one after another, and an index at its end.
//!
//! A record is its bytes and their seal, which binds them to their key; it can be copied to another segment. The end is
//! an index with its own seal, the number of entries, and a mark.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use palisade_catalog::{SEAL, Seal};
use palisade_source::Digest;
use tempfile::NamedTempFile;

/// Ending of a segment's name, and prefix of the name while it is being written.
pub(super) const ENDING: &str = ".results";
pub(super) const UNFINISHED: &str = ".unfinished-";

/// The last bytes of a segment: its kind and version.
const MARK: &[u8; 8] = b"palres-1";

/// An entry of the index: key, offset, length.
const ENTRY: usize = 32 + 8 + 4;

/// Bytes after the index.
const TRAILER: usize = SEAL + 8 + MARK.len();

/// Where a record is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    offset: u64,
    /// Length in bytes, with the seal.
    len: u32,
}

/// A finished segment.
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// Size on disk.
    pub(super) bytes: u64,
    file: File,
}

fn number<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn entry(bytes: &[u8]) -> Option<(Digest, Place)> {
    let (key, rest) = bytes.split_first_chunk::<32>()?;
    let (offset, len) = rest.split_first_chunk::<8>()?;
    let len = u32::from_le_bytes(number(len)?);
    Some((Digest(*key), Place { offset: u64::from_le_bytes(*offset), len }))
}

/// Seals a record.
pub(super) fn sealed(seal: &Seal, key: Digest, payload: &[u8]) -> Option<[u8; SEAL]> {
    seal.of(&[b"record", &key.0, payload])
}

impl Segment {
    /// Opens a segment and reads its index; none if this installation has not written it.
    pub(super) fn open(path: &Path, seal: &Seal) -> Option<(Segment, Vec<(Digest, Place)>)> {
        let file = File::open(path).ok()?;
        let bytes = file.metadata().ok()?.len();
        let end = bytes.checked_sub(TRAILER as u64)?;
        let mut trailer = [0u8; TRAILER];
        file.read_exact_at(&mut trailer, end).ok()?;
        let (code, rest) = trailer.split_first_chunk::<SEAL>()?;
        let (count, mark) = rest.split_first_chunk::<8>()?;
        if mark != MARK {
            return None;
        }
        let length = u64::from_le_bytes(*count).checked_mul(ENTRY as u64)?;
        let start = end.checked_sub(length)?;
        let mut index = vec![0u8; usize::try_from(length).ok()?];
        file.read_exact_at(&mut index, start).ok()?;
        if !seal.holds(&[b"index", &start.to_le_bytes(), &index], code) {
            return None;
        }
        let entries = index.chunks_exact(ENTRY).filter_map(entry).collect();
        Some((Segment { path: path.to_owned(), bytes, file }, entries))
    }

    /// A record as stored, with its seal.
    pub(super) fn raw(&self, place: Place) -> Option<Vec<u8>> {
        let mut bytes = vec![0u8; place.len as usize];
        self.file.read_exact_at(&mut bytes, place.offset).ok()?;
        Some(bytes)
    }

    /// A record, if it was written under this key.
    pub(super) fn record(&self, place: Place, key: Digest, seal: &Seal) -> Option<Vec<u8>> {
        let mut bytes = self.raw(place)?;
        let code = bytes.split_off(bytes.len().checked_sub(SEAL)?);
        seal.holds(&[b"record", &key.0, &bytes], &code).then_some(bytes)
    }
}

/// A segment that is being written. No other process reads it, and it is deleted unless it is finished.
pub(super) struct Writer {
    file: BufWriter<NamedTempFile>,
    entries: Vec<(Digest, Place)>,
    offset: u64,
}

impl Writer {
    pub(super) fn new(folder: &Path) -> io::Result<Writer> {
        let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        Ok(Writer { file: BufWriter::with_capacity(1 << 18, file), entries: Vec::new(), offset: 0 })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.offset + (self.entries.len() * ENTRY + TRAILER) as u64
    }

    /// Adds a record, which is its bytes and their seal.
    pub(super) fn add(&mut self, key: Digest, payload: &[u8], seal: &[u8]) -> io::Result<()> {
        let len = u32::try_from(payload.len() + seal.len()).map_err(io::Error::other)?;
        self.file.write_all(payload)?;
        self.file.write_all(seal)?;
        self.entries.push((key, Place { offset: self.offset, len }));
        self.offset += u64::from(len);
        Ok(())
    }

    /// Renames the file, so that all of it becomes visible at once. The disk is not synced: damage by a crash is
    /// detected by the seals.
    pub(super) fn finish(
        mut self,
        folder: &Path,
        seal: &Seal,
    ) -> io::Result<(Segment, Vec<(Digest, Place)>)> {
        let mut index = Vec::with_capacity(self.entries.len() * ENTRY);
        for (key, place) in &self.entries {
            index.extend_from_slice(&key.0);
            index.extend_from_slice(&place.offset.to_le_bytes());
            index.extend_from_slice(&place.len.to_le_bytes());
        }
        let code = seal.of(&[b"index", &self.offset.to_le_bytes(), &index]);
        let code = code.ok_or_else(|| io::Error::other("the seal is missing"))?;
        self.file.write_all(&index)?;
        self.file.write_all(&code)?;
        self.file.write_all(&(self.entries.len() as u64).to_le_bytes())?;
        self.file.write_all(MARK)?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        // Names sort by the time at which segments were finished; a random part makes them unique.
        let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let random = file.path().file_name().and_then(|it| it.to_str()).unwrap_or_default();
        let random = random.strip_prefix(UNFINISHED).unwrap_or_default();
        let path = folder.join(format!("{age:020}-{random}{ENDING}"));
        let file = file.persist(&path).map_err(|it| it.error)?;
        let bytes = fs::metadata(&path)?.len();
        Ok((Segment { path, bytes, file }, self.entries))
    }
}
