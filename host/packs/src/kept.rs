//! Built packs are kept under this installation's key, so that nobody else can replace one.

use palisade_catalog::{Home, HomeError, Seal, SealedFiles};

/// Packs that were built from folders.
pub(crate) fn packs(home: &Home) -> Result<SealedFiles, HomeError> {
    Ok(SealedFiles::new(home.packs(), "pack", Seal::new(&home.key()?, "pack"), ""))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use palisade_source::Digest;

    use super::*;

    #[test]
    fn only_what_this_installation_built_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("data"), folder.path().join("cache"));
        let kept = packs(&home).unwrap();
        let path = |of: Digest| home.packs().join(format!("{of}.pack"));
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        kept.keep(one, b"component").unwrap();
        assert_eq!(kept.load(one).as_deref(), Some(&b"component"[..]));
        assert_eq!(kept.load(two), None);
        let good = fs::read(path(one)).unwrap();
        fs::write(path(two), &good).unwrap();
        assert_eq!(kept.load(two), None, "another folder's");
        for bytes in [&good[..good.len() - 1], &good[..10], b""] {
            fs::write(path(one), bytes).unwrap();
            assert_eq!(kept.load(one), None);
        }
    }
}
