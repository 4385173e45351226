//! Packed plugin files.

use std::borrow::Cow;

use palisade_bundle::{pack, unpack};

const LIMIT: u64 = 1 << 20;

#[test]
fn a_packed_file_is_the_same_component() {
    for component in [&b"\0asm"[..], &vec![7; 1 << 20], b""] {
        let packed = pack(component).unwrap();
        assert_eq!(packed, pack(component).unwrap(), "the same bytes");
        assert_eq!(unpack(&packed, LIMIT).unwrap(), component);
    }
}

#[test]
fn what_is_not_packed_stays() {
    for file in [&b"\0asm"[..], b"", b"\x1f", b"text"] {
        assert!(matches!(unpack(file, 2).unwrap(), Cow::Borrowed(same) if same == file));
    }
}

#[test]
fn damaged_and_large_files_are_refused() {
    let packed = pack(b"component").unwrap();
    let bytes = packed.len();
    let changed = |at: usize| {
        let mut changed = packed.clone();
        changed[at] ^= 0xff;
        changed
    };
    let twice = [packed.as_slice(), &packed].concat();
    let bomb = pack(&vec![0; 1 << 28]).unwrap();
    for (what, file, refusal) in [
        ("header only", packed[..2].to_vec(), "damaged at byte 2 of 2"),
        ("cut off", packed[..bytes - 9].to_vec(), "damaged at byte"),
        ("without its checksum", packed[..bytes - 1].to_vec(), "damaged at byte"),
        ("another method", changed(2), "damaged at byte"),
        ("another checksum", changed(bytes - 8), "damaged at byte"),
        ("another length", changed(bytes - 4), "damaged at byte"),
        ("two members", twice, "with other bytes behind it"),
        ("one byte too many", pack(&vec![0; (1 << 20) + 1]).unwrap(), "unpacks to more than 1 MiB"),
        ("a bomb", bomb, "unpacks to more than 1 MiB"),
    ] {
        let error = unpack(&file, LIMIT).unwrap_err().to_string();
        assert!(error.contains(refusal), "{what}: {error}");
    }
}
