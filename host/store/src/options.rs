//! What the store is opened with.

use std::path::PathBuf;

use secrecy::SecretString;

/// Where the key comes from that seals the secrets.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file, created with mode 0600 if there is none. Each line is 32 bytes in base64; the first line seals,
    /// the others only open.
    File(PathBuf),
    /// 32 bytes in base64, for example from the environment; more lines as in the file.
    Value(SecretString),
}

/// What the store is opened with.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite:PATH` or `postgres://…`; an empty PATH is `palisade.db` in the data folder.
    pub url: String,
    /// The folder that this process owns; created if there is none.
    pub data_folder: PathBuf,
    /// The key of the secrets.
    pub key: KeySource,
    /// Connections that read (`SQLite`), or connections in all but four (`PostgreSQL`); at least 1.
    pub readers: u32,
}
