//! The capabilities that a guest can import, as plain traits and their implementations. Only the sandbox connects them
//! to a guest; this crate does not depend on WebAssembly.

mod ahead;
mod credential;
mod http;
mod http_error;
mod log;
mod memory;
mod snapshot;

pub use credential::{Credential, Credentials, Fixed, SecretSource, Vault};
pub use http::{AuthScheme, Blob, Http, HttpRequest, HttpResponse, Method, StoredResponse};
pub use http_error::HttpError;
pub use log::{LogBuffer, LogLevel, LogLine};
pub use memory::Memory;
pub use snapshot::{Question, ReadSet, SnapshotView, TreeAccess, Was, look};

/// The time of a scan, in milliseconds since 1970. It is fixed for the whole scan: same input, same output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment(pub u64);

/// Settings of a plugin: a JSON object that was checked against its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsText(pub String);

impl Default for SettingsText {
    fn default() -> Self {
        SettingsText("{}".to_owned())
    }
}
