//! Files that this installation has made itself and can make again: each under a digest, each under an authentication
//! code.
//!
//! What is read from such a folder is trusted, so nothing is read whose HMAC-SHA-256 under this installation's key does
//! not fit: not a truncated file, not one of another name, not one that somebody put there.

use std::fs;
use std::path::PathBuf;

use palisade_source::Digest;

use crate::home::{HomeError, make_private};
use crate::seal::{SEAL, Seal};

/// A folder of such files.
#[derive(Clone)]
pub struct SealedFiles {
    folder: PathBuf,
    ending: &'static str,
    seal: Seal,
    about: String,
}

impl SealedFiles {
    /// The files of a folder with this ending, sealed for this purpose. `about` is said in each seal, so that a file of
    /// another folder does not fit.
    pub fn new(folder: PathBuf, ending: &'static str, seal: Seal, about: &str) -> SealedFiles {
        SealedFiles { folder, ending, seal, about: about.to_owned() }
    }

    pub(crate) fn path(&self, of: Digest) -> PathBuf {
        self.folder.join(format!("{of}.{}", self.ending))
    }

    /// All of it is authenticated: what it was made of, what it is for, and the content.
    fn sealed<'a>(&'a self, of: &'a Digest, content: &'a [u8]) -> [&'a [u8]; 3] {
        [&of.0, self.about.as_bytes(), content]
    }

    /// What was made of this, if it is there and authentic.
    pub fn load(&self, of: Digest) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(of)).ok()?;
        if bytes.len() < SEAL {
            return None;
        }
        // The authentication code stands before the content.
        let content = bytes.split_off(SEAL);
        self.seal.holds(&self.sealed(&of, &content), &bytes).then_some(content)
    }

    /// Keeps what was made of this. Readers see the whole file or none.
    pub fn keep(&self, of: Digest, content: &[u8]) -> Result<(), HomeError> {
        let Some(seal) = self.seal.of(&self.sealed(&of, content)) else { return Ok(()) };
        make_private(&self.folder)?;
        let path = self.path(of);
        let error = |source| HomeError { path: path.clone(), source };
        let fresh = tempfile::Builder::new().prefix(".fresh").tempfile_in(&self.folder).map_err(error)?;
        let mut bytes = seal.to_vec();
        bytes.extend_from_slice(content);
        fs::write(fresh.path(), bytes).map_err(error)?;
        fresh.persist(&path).map_err(|persist| error(persist.error))?;
        Ok(())
    }
}
