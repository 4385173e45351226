//! The identity of a finding over time.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The fingerprint of a finding: control, address, instance and file. Never a line, which changes when something above
/// it changes, and never a name alone, which a copy shares. 32 hexadecimal digits.
pub fn fingerprint(control: &str, address: &str, instance: &str, file: &str) -> String {
    let mut hash = Sha256::new();
    for part in [control, address, instance, file] {
        // The length keeps "ab" + "c" apart from "a" + "bc".
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(hash.finalize().get(..16).unwrap_or_default())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn every_part_counts_and_none_runs_into_the_next() {
        let parts = ["a", "b", "c", "d"];
        let [control, address, instance, file] = parts;
        let base = fingerprint(control, address, instance, file);
        assert_eq!(base.len(), 32);
        assert_eq!(base, fingerprint("a", "b", "c", "d"));
        for other in [
            fingerprint("x", "b", "c", "d"),
            fingerprint("a", "x", "c", "d"),
            fingerprint("a", "b", "x", "d"),
            fingerprint("a", "b", "c", "x"),
            fingerprint("ab", "", "c", "d"),
            fingerprint("", "ab", "c", "d"),
        ] {
            assert_ne!(base, other);
        }
    }
}
