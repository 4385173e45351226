//! Options of the store.

use std::path::PathBuf;

use secrecy::SecretString;

/// The source of the key that seals the secrets.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file, which is created with mode 0600 if it does not exist. Each line is 32 bytes in base64; the first key
    /// seals, the others only open.
    File(PathBuf),
    /// 32 bytes in base64, for example from the environment; more lines as in the file.
    Value(SecretString),
}

/// Options of the store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite:PATH` or `postgres://…`; an empty PATH is `palisade.db` in the data folder.
    pub url: String,
    /// The folder that this process owns; it is created if it does not exist.
    pub data_folder: PathBuf,
    /// The key that seals the secrets.
    pub key: KeySource,
    /// The number of connections that read (`SQLite`), or of all connections minus four (`PostgreSQL`); at least 1.
    pub readers: u32,
}
