//! Compiled code on disk, by the component's digest and the engine, under an authentication code.
//!
//! Loading machine code from a file means trusting the file, so nothing is loaded whose HMAC-SHA-256 under
//! this installation's key does not fit: not a truncated entry, not another engine's, not one that somebody
//! put there.

use std::fs;
use std::path::PathBuf;

use palisade_source::Digest;

use crate::home::{Home, HomeError, make_private};
use crate::seal::{SEAL, Seal};

/// The compiled code of this installation.
#[derive(Clone)]
pub struct CodeCache {
    folder: PathBuf,
    seal: Seal,
    engine: String,
}

impl CodeCache {
    /// The cache of an installation for an engine.
    pub fn open(home: &Home, engine: &str) -> Result<CodeCache, HomeError> {
        Ok(CodeCache {
            folder: home.code().join(engine),
            seal: Seal::new(&home.key()?, "code"),
            engine: engine.to_owned(),
        })
    }

    fn path(&self, component: Digest) -> PathBuf {
        self.folder.join(format!("{component}.cwasm"))
    }

    /// The code belongs to this component and this engine: both are part of what is authenticated.
    fn sealed<'a>(&'a self, component: &'a Digest, code: &'a [u8]) -> [&'a [u8]; 3] {
        [&component.0, self.engine.as_bytes(), code]
    }

    /// The code of a component, if it is there and authentic.
    pub fn load(&self, component: Digest) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(component)).ok()?;
        if bytes.len() < SEAL {
            return None;
        }
        // The authentication code stands before the machine code.
        let code = bytes.split_off(SEAL);
        self.seal.holds(&self.sealed(&component, &code), &bytes).then_some(code)
    }

    /// Keeps the code of a component. Readers see the whole entry or none.
    pub fn keep(&self, component: Digest, code: &[u8]) -> Result<(), HomeError> {
        let Some(seal) = self.seal.of(&self.sealed(&component, code)) else { return Ok(()) };
        make_private(&self.folder)?;
        let path = self.path(component);
        let error = |source| HomeError { path: path.clone(), source };
        let fresh = tempfile::Builder::new().prefix(".code").tempfile_in(&self.folder).map_err(error)?;
        let mut bytes = seal.to_vec();
        bytes.extend_from_slice(code);
        fs::write(fresh.path(), bytes).map_err(error)?;
        fresh.persist(&path).map_err(|persist| error(persist.error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_authentic_code_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("data"), folder.path().join("cache"));
        let cache = CodeCache::open(&home, "engine-1").unwrap();
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        cache.keep(one, b"machine code").unwrap();
        assert_eq!(cache.load(one).as_deref(), Some(&b"machine code"[..]));
        assert_eq!(cache.load(two), None, "nothing there");

        let path = cache.path(one);
        let good = fs::read(&path).unwrap();
        let mut poisoned = good.clone();
        *poisoned.last_mut().unwrap() ^= 1;
        let cases: [(&str, &[u8]); 4] = [
            ("poisoned", &poisoned),
            ("truncated", &good[..good.len() - 1]),
            ("short", &good[..10]),
            ("empty", b""),
        ];
        for (what, bytes) in cases {
            fs::write(&path, bytes).unwrap();
            assert_eq!(cache.load(one), None, "{what}");
        }
        // Moved to another component's name, or to another engine's folder.
        fs::write(cache.path(two), &good).unwrap();
        assert_eq!(cache.load(two), None, "another component's");
        let other = CodeCache::open(&home, "engine-2").unwrap();
        fs::create_dir_all(&other.folder).unwrap();
        fs::write(other.path(one), &good).unwrap();
        assert_eq!(other.load(one), None, "another engine's");
        fs::write(&path, &good).unwrap();
        assert!(cache.load(one).is_some(), "the good one again");
    }
}
