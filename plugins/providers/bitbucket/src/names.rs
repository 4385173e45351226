//! The names of a check at Bitbucket, and texts that fit.

use palisade_sdk::provider::Check;
use palisade_sdk::provider::text::cut;

/// FNV-1a (<https://datatracker.ietf.org/doc/draft-eastlake-fnv/>): keys have 40 characters at most, and remain the same.
fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|it| it.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The id of the report of a check, with which the keys of its build statuses begin.
pub(crate) fn report(check: &Check) -> String {
    format!("palisade-{:016x}", hash(&[&check.owner, &check.name]))
}

/// The key of the build status of a check for a branch: a status belongs to the pull requests of its branch, and two
/// with the same key and another branch are not distinguished in requests.
pub(crate) fn status(check: &Check, branch: &str) -> String {
    format!("{}-{:08x}", report(check), hash(&[branch]) & 0xffff_ffff)
}

/// A commit in a sentence.
pub(crate) fn short(commit: &str) -> String {
    format!("{}…", cut(commit, 12))
}
