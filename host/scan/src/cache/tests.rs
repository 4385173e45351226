//! Tests of the store and of batches; whole scans are in `tests/cache.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_domain::tape::{Batch, Builder, Comment, Kind, NONE, Origin, Relation, Resource, Unknown};
use palisade_source::Digest;
use proptest::prelude::*;

use super::batch::{decode, encode};
use super::store::Store;

const KEY: [u8; 32] = [7; 32];
const LIMIT: u64 = 1 << 20;

fn open(folder: &Path) -> Store {
    Store::open(folder.join("results"), &KEY, LIMIT)
}

fn key(number: usize) -> Digest {
    Digest::of(&number.to_le_bytes())
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("results")).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|it| it.path()).collect();
    paths.sort();
    paths
}

fn bytes(folder: &Path) -> u64 {
    segments(folder).iter().map(|path| fs::metadata(path).unwrap().len()).sum()
}

/// A store with one result in one segment; returns the path of the segment.
fn one(folder: &Path) -> PathBuf {
    let store = open(folder);
    store.put(key(1), b"result");
    assert_eq!(store.get(key(1)), None, "not before it is flushed");
    store.flush();
    assert_eq!(store.get(key(1)).as_deref(), Some(&b"result"[..]));
    assert_eq!(open(folder).get(key(1)).as_deref(), Some(&b"result"[..]), "another process");
    segments(folder).pop().unwrap()
}

#[test]
fn what_was_changed_by_somebody_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let good = fs::read(one(folder.path())).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let half = good.len() / 2;
    let foreign = tempfile::tempdir().unwrap();
    let other_key = Store::open(foreign.path().join("results"), &[8; 32], LIMIT);
    other_key.put(key(1), b"result");
    other_key.flush();
    let foreign = fs::read(segments(foreign.path()).pop().unwrap()).unwrap();
    let cases: [(&str, Vec<u8>); 9] = [
        ("another installation's", foreign),
        ("a poisoned record", flipped(0)),
        ("a poisoned seal", flipped(10)),
        ("a poisoned index", flipped(half)),
        ("a poisoned end", flipped(good.len() - 1)),
        ("cut at its end", good[..good.len() - 1].to_vec()),
        ("cut in the middle", good[..half].to_vec()),
        ("cut at its beginning", good[1..].to_vec()),
        ("empty", Vec::new()),
    ];
    for (what, bytes) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = one(folder.path());
        fs::write(&path, bytes).unwrap();
        let store = open(folder.path());
        assert_eq!(store.get(key(1)), None, "{what}");
        assert_eq!(store.get(key(1)), None, "{what}, again");
        assert_eq!(store.damaged(), 1, "{what}");
        store.put(key(1), b"again");
        store.flush();
        assert_eq!(open(folder.path()).get(key(1)).as_deref(), Some(&b"again"[..]), "{what}");
    }
}

#[test]
fn a_record_counts_for_its_own_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = one(folder.path());
    let mut moved = fs::read(&path).unwrap();
    // The first entry of the index follows the record: its key is changed, and so is the index.
    moved[b"result".len() + 32] ^= 1;
    fs::write(&path, moved).unwrap();
    assert_eq!(open(folder.path()).damaged(), 1);
}

#[test]
fn the_bound_is_kept_and_what_is_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    let payload = vec![1u8; 8 << 10];
    for round in 0..60 {
        let store = open(folder.path());
        for number in 0..5 {
            store.put(key(round * 5 + number), &payload);
        }
        assert!(round == 0 || store.get(key(0)).is_some(), "used in each round: {round}");
        store.flush();
        assert!(bytes(folder.path()) <= LIMIT, "{round}");
        assert!(segments(folder.path()).len() <= 26, "{round}: {}", segments(folder.path()).len());
    }
    let store = open(folder.path());
    assert!(store.get(key(299)).is_some(), "the newest");
    assert!(store.get(key(1)).is_none(), "one of the first that nobody used");
    store.put(key(1000), &vec![0u8; 1 << 20]);
    store.flush();
    assert_eq!(store.get(key(1000)), None, "larger than is kept");

    let store = open(folder.path());
    for number in 0..1000 {
        store.put(key(2000 + number), &payload);
        assert!(bytes(folder.path()) <= LIMIT + LIMIT / 8, "while one process writes much: {number}");
    }
}

#[test]
fn the_later_of_two_results_counts() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..40u8 {
        let store = open(folder.path());
        store.put(key(1), &[round]);
        store.flush();
        assert_eq!(store.get(key(1)).as_deref(), Some(&[round][..]));
        assert_eq!(open(folder.path()).get(key(1)).as_deref(), Some(&[round][..]));
    }
}

#[test]
fn many_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let shared = Arc::new(open(folder.path()));
    std::thread::scope(|scope| {
        for worker in 0..8usize {
            let (own, shared) = (open(folder.path()), Arc::clone(&shared));
            scope.spawn(move || {
                for number in 0..200 {
                    let number = worker % 4 * 200 + number;
                    for store in [&own, &shared] {
                        store.put(key(number), &number.to_le_bytes());
                        if let Some(found) = store.get(key(number)) {
                            assert_eq!(found, number.to_le_bytes());
                        }
                    }
                    if number % 20 == 0 {
                        own.flush();
                        shared.flush();
                    }
                }
                own.flush();
            });
        }
    });
    shared.flush();
    let store = open(folder.path());
    assert_eq!(store.damaged() + shared.damaged(), 0);
    for number in 0..800 {
        assert_eq!(store.get(key(number)).as_deref(), Some(&number.to_le_bytes()[..]), "{number}");
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    // A file in place of the folder, so that writing fails for every user.
    fs::write(folder.path().join("results"), "").unwrap();
    let store = open(folder.path());
    store.put(key(1), b"result");
    store.flush();
    assert_eq!(store.get(key(1)), None);
    fs::remove_file(folder.path().join("results")).unwrap();
    one(folder.path());
}

/// A batch that contains every kind of entry.
fn batch(texts: &[String], numbers: &[u32]) -> Batch {
    let mut out = Builder::new();
    let document = out.document("main.tf", "terraform");
    for (row, text) in (0u32..).zip(texts) {
        let number = numbers.get(row as usize).copied().unwrap_or(1).max(1);
        let note = out.text(text);
        let parent = row.checked_sub(1).unwrap_or(NONE);
        let origin = out.origin(Origin {
            document,
            start: number,
            end: number,
            line: number,
            column: 1,
            end_line: number,
            end_column: number,
            note,
            parent,
        });
        let word = out.text(text);
        let mark = out.open(Kind::Mapping, 0, NONE, origin);
        let root = mark.node();
        let value = out.scalar(Kind::Text, word, origin, text, origin);
        let unknown = Unknown { expression: word, reason: 0, known_prefix: 0, expected_type: 0, origin };
        out.unknown(word, NONE, unknown, origin);
        out.close(mark, None);
        let resource = out.resource(Resource {
            address: word,
            kind: word,
            provider: 0,
            name: word,
            format: 0,
            document,
            root,
            origin,
            module: 0,
        });
        out.relation(Relation { from_node: value, to_resource: resource, target_text: word, attribute: 0 });
        out.shape(resource, "kubernetes.pod@1", root);
    }
    let mut batch = out.finish();
    batch.comments.push(Comment { document, origin: NONE, text: 0 });
    batch
}

proptest! {
    #[test]
    fn a_batch_is_the_same_again(
        texts in proptest::collection::vec(".{0,12}", 0..12),
        numbers in proptest::collection::vec(any::<u32>(), 0..12),
        at in any::<proptest::sample::Index>(),
    ) {
        let batch = batch(&texts, &numbers);
        prop_assert!(batch.validate().is_ok());
        let bytes = encode(&batch);
        let again = decode(&bytes);
        prop_assert_eq!(again.as_ref(), Some(&batch));
        prop_assert_eq!(decode(&bytes[..at.index(bytes.len())]), None);
        // Other bytes must not decode to a batch that breaks the contract.
        let mut other = bytes.clone();
        other[at.index(bytes.len())] ^= 1;
        if let Some(other) = decode(&other) {
            prop_assert!(other.validate().is_ok());
        }
    }
}
