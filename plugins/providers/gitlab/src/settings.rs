//! The settings of an administrator.

use palisade_sdk::CallError;
use palisade_sdk::provider::{self, Host};

/// GitLab.com.
const URL: &str = "https://gitlab.com";

/// The settings as JSON Schema.
pub(crate) fn schema() -> String {
    serde_json::json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "url": {
                "type": "string",
                "format": "uri",
                "default": URL,
                "title": "URL of GitLab",
                "description": "For GitLab Self-Managed: https://HOST, with the relative URL if it has one"
            }
        }
    })
    .to_string()
}

/// The settings of a call.
pub(crate) struct Settings {
    /// The URL of the pages and of Git, without a trailing slash.
    pub(crate) web: String,
    /// The URL of the API, without a trailing slash.
    pub(crate) api: String,
    /// The ID of the user whose token the integration has; empty for the connection itself.
    pub(crate) account: String,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Result<Settings, CallError> {
        let all = provider::Settings::read(host)?;
        let web = all.url("/url", URL);
        Ok(Settings { api: format!("{web}/api/v4"), web, account: all.account() })
    }
}
