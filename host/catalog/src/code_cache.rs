//! Compiled code on disk, by digest of the component and by engine. Machine code that is loaded from a file must be
//! trusted: see [`SealedFiles`].

use palisade_source::Digest;

use crate::home::{Home, HomeError};
use crate::seal::Seal;
use crate::sealed_files::SealedFiles;

/// The compiled code of this installation.
#[derive(Clone)]
pub struct CodeCache(SealedFiles);

impl CodeCache {
    /// The cache of an installation for one engine.
    pub fn open(home: &Home, engine: &str) -> Result<CodeCache, HomeError> {
        let seal = Seal::new(&home.key()?, "code");
        Ok(CodeCache(SealedFiles::new(home.code().join(engine), "cwasm", seal, engine)))
    }

    /// The code of a component, if it exists and is authentic.
    pub fn load(&self, component: Digest) -> Option<Vec<u8>> {
        self.0.load(component)
    }

    /// Keeps the code of a component.
    pub fn keep(&self, component: Digest, code: &[u8]) -> Result<(), HomeError> {
        self.0.keep(component, code)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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

        let path = cache.0.path(one);
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
        // An entry under another component's name, or in another engine's folder.
        fs::write(cache.0.path(two), &good).unwrap();
        assert_eq!(cache.load(two), None, "another component's");
        let other = CodeCache::open(&home, "engine-2").unwrap();
        fs::create_dir_all(other.0.path(one).parent().unwrap()).unwrap();
        fs::write(other.0.path(one), &good).unwrap();
        assert_eq!(other.load(one), None, "another engine's");
        fs::write(&path, &good).unwrap();
        assert!(cache.load(one).is_some(), "the good one again");
    }
}
