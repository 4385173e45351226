//! Files that are read before they are requested.
//!
//! Moving a read to a thread that may block costs more than reading a small file. So a guest that reads the files of a
//! list in order gets several with each trip; each trip reads more files than the previous one.

use std::collections::HashMap;

use palisade_source::{Content, ReadError, Snapshot, TreePath};

/// The maximum number of files in a trip, and the number of bytes after which it ends.
const MOST_FILES: usize = 32;
const MOST_BYTES: usize = 1 << 20;

type Answer = Result<Content, ReadError>;

/// A list of files, and how far it was read.
#[derive(Default)]
pub(crate) struct Ahead {
    /// In the order in which they are likely to be read.
    files: Vec<String>,
    places: HashMap<String, usize>,
    /// The index after the file that was requested last.
    next: usize,
    trip: usize,
    ready: HashMap<usize, Answer>,
}

impl Ahead {
    pub(crate) fn new(files: &[String]) -> Ahead {
        let places = files.iter().enumerate().map(|(place, file)| (file.clone(), place)).collect();
        Ahead { files: files.to_vec(), places, ..Ahead::default() }
    }

    /// Returns the content of a file if it was read already, else the files to read now, this one first.
    pub(crate) fn ask(&mut self, path: &str) -> Result<Answer, Vec<String>> {
        let Some(place) = self.places.get(path).copied() else { return Err(vec![path.to_owned()]) };
        let in_order = place == self.next;
        self.next = place + 1;
        if let Some(answer) = self.ready.remove(&place) {
            return Ok(answer);
        }
        self.ready.clear();
        self.trip = if in_order && place > 0 { (self.trip * 4).min(MOST_FILES) } else { 1 };
        Err(self.files.iter().skip(place).take(self.trip).cloned().collect())
    }

    /// Keeps the other files of a trip.
    pub(crate) fn keep(&mut self, brought: Vec<(String, Answer)>) {
        for (path, answer) in brought {
            if let Some(place) = self.places.get(&path) {
                self.ready.insert(*place, answer);
            }
        }
    }
}

/// Reads files: always the first one, the others within the limits.
pub(crate) fn trip(snapshot: &dyn Snapshot, files: &[String]) -> Vec<(String, Answer)> {
    let mut bytes = 0;
    let mut brought = Vec::new();
    for file in files {
        let answer = match TreePath::parse(file) {
            Ok(path) => snapshot.read(&path),
            Err(_) => Err(ReadError::Outside),
        };
        bytes += answer.as_ref().map_or(0, |content| content.bytes.len());
        brought.push((file.clone(), answer));
        if bytes >= MOST_BYTES {
            break;
        }
    }
    brought
}
