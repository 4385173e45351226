//! What was built is kept under this installation's key: nobody else can put a pack in its place.

use std::fs;
use std::path::PathBuf;

use palisade_catalog::{Home, HomeError, SEAL, Seal, make_private};
use palisade_source::Digest;

/// Packs that were built from folders.
#[derive(Clone)]
pub(crate) struct Kept {
    folder: PathBuf,
    seal: Seal,
}

impl Kept {
    pub(crate) fn open(home: &Home) -> Result<Kept, HomeError> {
        Ok(Kept { folder: home.packs(), seal: Seal::new(&home.key()?, "pack") })
    }

    fn path(&self, made_of: Digest) -> PathBuf {
        self.folder.join(format!("{made_of}.pack"))
    }

    /// The component that was made of this, if it is there and authentic.
    pub(crate) fn load(&self, made_of: Digest) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(made_of)).ok()?;
        if bytes.len() < SEAL {
            return None;
        }
        let component = bytes.split_off(SEAL);
        self.seal.holds(&[&made_of.0, &component], &bytes).then_some(component)
    }

    /// Keeps a component. Readers see all of it or nothing; where it cannot be kept it is built again.
    pub(crate) fn keep(&self, made_of: Digest, component: &[u8]) {
        let Some(seal) = self.seal.of(&[&made_of.0, component]) else { return };
        if make_private(&self.folder).is_err() {
            return;
        }
        let Ok(fresh) = tempfile::Builder::new().prefix(".pack").tempfile_in(&self.folder) else { return };
        let mut bytes = seal.to_vec();
        bytes.extend_from_slice(component);
        if fs::write(fresh.path(), bytes).is_ok() {
            let _ = fresh.persist(self.path(made_of));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_installation_built_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("data"), folder.path().join("cache"));
        let kept = Kept::open(&home).unwrap();
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        kept.keep(one, b"component");
        assert_eq!(kept.load(one).as_deref(), Some(&b"component"[..]));
        assert_eq!(kept.load(two), None);
        let good = fs::read(kept.path(one)).unwrap();
        fs::write(kept.path(two), &good).unwrap();
        assert_eq!(kept.load(two), None, "another folder's");
        for bytes in [&good[..good.len() - 1], &good[..10], b""] {
            fs::write(kept.path(one), bytes).unwrap();
            assert_eq!(kept.load(one), None);
        }
    }
}
