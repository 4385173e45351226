//! Encryption of stored secrets: AES-256-GCM, bound to their row.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use crate::{KeySource, StoreError, private_file};

/// Length of a nonce in bytes (NIST SP 800-38D §5.2.1.1 recommends 96 bits).
const NONCE: usize = 12;
/// The format version of the sealed data; part of the associated data.
pub(crate) const VERSION: i64 = 1;

/// A key of 256 bits with its id.
pub struct Key {
    id: String,
    bytes: SecretBox<[u8; 32]>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Key {
    /// Generates a key with the system's random number generator.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Box::new([0; 32]);
        random(bytes.as_mut_slice())?;
        Ok(Self::from_bytes(bytes))
    }

    /// Reads 32 bytes in base64.
    pub fn parse(text: &SecretString) -> Result<Self, StoreError> {
        let mut bytes = Box::new([0; 32]);
        // The decoder needs a larger buffer, so it decodes to another one and the length is checked.
        let decoded = STANDARD
            .decode(text.expose_secret().trim())
            .map(|decoded| SecretBox::new(decoded.into_boxed_slice()))
            .map_err(|_| StoreError::Sealed("key is not base64, give 32 bytes in base64".to_owned()))?;
        if decoded.expose_secret().len() != bytes.len() {
            return Err(StoreError::Sealed("key does not have 32 bytes, give 32 bytes in base64".to_owned()));
        }
        bytes.copy_from_slice(decoded.expose_secret());
        Ok(Self::from_bytes(bytes))
    }

    /// The id, which identifies the key without revealing it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key as text, for a key file.
    pub fn to_text(&self) -> SecretString {
        STANDARD.encode(self.bytes.expose_secret()).into()
    }

    fn from_bytes(bytes: Box<[u8; 32]>) -> Self {
        let digest = Sha256::new().chain_update(b"palisade key id").chain_update(bytes.as_slice()).finalize();
        let id = HEXLOWER.encode(digest.as_slice().get(..8).unwrap_or_default());
        Self { id, bytes: SecretBox::new(bytes) }
    }

    pub(crate) fn copy(&self) -> Result<Self, StoreError> {
        Self::parse(&self.to_text())
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(self.bytes.expose_secret().into())
    }
}

/// The row of a secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) owner_kind: &'a str,
    pub(crate) owner_id: &'a str,
    pub(crate) name: &'a str,
}

impl Place<'_> {
    /// Every part is prefixed with its length, so that different rows never give the same bytes.
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::new();
        for part in [self.owner_kind, self.owner_id, self.name] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data.extend_from_slice(&VERSION.to_be_bytes());
        data
    }
}

/// The keys: one seals, all open.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    keys: Vec<Key>,
}

impl Ring {
    /// Reads the keys of a source; `None` if its file does not exist.
    pub(crate) fn read(source: &KeySource) -> Result<Option<Self>, StoreError> {
        let text = match source {
            KeySource::Value(value) => value.clone(),
            KeySource::File(path) => match File::open(path) {
                Ok(file) => read(path, file)?,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(unreadable(path, &error)),
            },
        };
        let keys = text
            .expose_secret()
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| Key::parse(&line.to_owned().into()))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(StoreError::Sealed("key is empty, give 32 bytes in base64".to_owned()));
        }
        Ok(Some(Self { keys }))
    }

    /// Creates a key, in a file that does not exist yet.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let ring = Self { keys: vec![Key::generate()?] };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| unreadable(path, &error))?;
        }
        private_file::create(path, ring.to_text().expose_secret().as_bytes())
            .map_err(|error| unreadable(path, &error))?;
        Ok(ring)
    }

    /// The content of a key file: one key in each line.
    pub(crate) fn to_text(&self) -> SecretString {
        let lines = self.keys.iter().map(|key| format!("{}\n", key.to_text().expose_secret()));
        lines.collect::<String>().into()
    }

    /// The same keys with another one in front, which seals.
    pub(crate) fn with_first(&self, key: &Key) -> Result<Self, StoreError> {
        let mut ring = Self::default();
        for key in self.keys.iter().rev().chain([key]) {
            ring.put_first(key.copy()?);
        }
        Ok(ring)
    }

    /// Only the key that seals.
    pub(crate) fn first_alone(&self) -> Result<Self, StoreError> {
        Ok(Self { keys: vec![self.current()?.copy()?] })
    }

    /// The number of keys.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a key is among these.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|it| it.id == id)
    }

    pub(crate) fn current(&self) -> Result<&Key, StoreError> {
        self.keys.first().ok_or_else(|| StoreError::Sealed("key is missing".to_owned()))
    }

    /// From now on, this key seals and the others only open.
    pub(crate) fn put_first(&mut self, key: Key) {
        self.keys.retain(|it| it.id != key.id);
        self.keys.insert(0, key);
    }

    pub(crate) fn open(
        &self,
        place: Place<'_>,
        key_id: &str,
        sealed: &[u8],
    ) -> Result<SecretString, StoreError> {
        let key = self.keys.iter().find(|key| key.id == key_id).ok_or_else(|| {
            StoreError::Sealed(format!(
                "secret {} of {} {} is encrypted with key {key_id}, which is not in the key file: add it",
                place.name, place.owner_kind, place.owner_id
            ))
        })?;
        open(key, place, sealed)
    }
}

/// Seals with a new random nonce, which is prepended to the ciphertext.
pub(crate) fn seal(key: &Key, place: Place<'_>, secret: &SecretString) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &place.associated_data() };
    let ciphertext = key
        .cipher()
        .encrypt(&nonce.into(), payload)
        .map_err(|_| StoreError::Sealed(format!("secret {} is too long", place.name)))?;
    Ok([nonce.as_slice(), &ciphertext].concat())
}

fn open(key: &Key, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, StoreError> {
    let fails = || {
        StoreError::Sealed(format!(
            "secret {} of {} {} cannot be decrypted: it was changed or moved; set it again",
            place.name, place.owner_kind, place.owner_id
        ))
    };
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or_else(fails)?;
    let payload = Payload { msg: ciphertext, aad: &place.associated_data() };
    let plain = key.cipher().decrypt(nonce.into(), payload).map_err(|_| fails())?;
    Ok(String::from_utf8(plain).map_err(|_| fails())?.into())
}

/// Fills a buffer with the system's random bytes.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|error| StoreError::Other(format!("no randomness: {error}")))
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Sealed(format!("key file {}: {error}", path.display()))
}

fn read(path: &Path, mut file: File) -> Result<SecretString, StoreError> {
    let mode = file.metadata().map_err(|error| unreadable(path, &error))?.mode();
    if mode & 0o077 != 0 {
        return Err(StoreError::Sealed(format!(
            "key file {} has mode {:03o}, other users can access it: run `chmod 600` on it",
            path.display(),
            mode & 0o777
        )));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    Ok(text.into())
}
