//! Files that this installation has made and can make again, each under a digest and with an authentication code.
//!
//! What is read from such a folder is trusted. A file is read only if its HMAC-SHA-256 under this installation's key is
//! valid, so truncated, renamed and foreign files are refused.

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
    /// The files of a folder with this ending, sealed for this purpose. `about` is part of each seal, so that a file of
    /// another folder is invalid.
    pub fn new(folder: PathBuf, ending: &'static str, seal: Seal, about: &str) -> SealedFiles {
        SealedFiles { folder, ending, seal, about: about.to_owned() }
    }

    pub(crate) fn path(&self, of: Digest) -> PathBuf {
        self.folder.join(format!("{of}.{}", self.ending))
    }

    /// The parts that a seal authenticates: the source, the purpose, and the content.
    fn sealed<'a>(&'a self, of: &'a Digest, content: &'a [u8]) -> [&'a [u8]; 3] {
        [&of.0, self.about.as_bytes(), content]
    }

    /// The content that was made from this source, if it exists and is authentic.
    pub fn load(&self, of: Digest) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(of)).ok()?;
        if bytes.len() < SEAL {
            return None;
        }
        // The authentication code precedes the content.
        let content = bytes.split_off(SEAL);
        self.seal.holds(&self.sealed(&of, &content), &bytes).then_some(content)
    }

    /// Stores the content that was made from this source. Readers see the whole file or none.
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
