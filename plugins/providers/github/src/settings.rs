//! The settings of an administrator.

use palisade_sdk::CallError;
use palisade_sdk::provider::{self, Host};

/// The API of github.com.
const API: &str = "https://api.github.com";
/// The web pages of github.com.
const WEB: &str = "https://github.com";

/// The settings as JSON Schema.
pub(crate) fn schema() -> String {
    serde_json::json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["app_id"],
        "properties": {
            "app_id": {
                "type": "string",
                "pattern": "^[A-Za-z0-9.]{1,64}$",
                "title": "App ID or client ID",
                "description": "From the settings page of your GitHub App."
            },
            "api_url": {
                "type": "string",
                "format": "uri",
                "default": API,
                "title": "URL of the API",
                "description": "For GitHub Enterprise Server: https://HOST/api/v3"
            },
            "web_url": {
                "type": "string",
                "format": "uri",
                "default": WEB,
                "title": "URL of the pages",
                "description": "For GitHub Enterprise Server: https://HOST"
            },
            "archive_url": {
                "type": "string",
                "format": "uri",
                "default": "https://codeload.github.com",
                "title": "URL of archives",
                "description": "For GitHub Enterprise Server: https://HOST, or https://codeload.HOST with subdomain isolation"
            }
        }
    })
    .to_string()
}

/// The settings of a call.
pub(crate) struct Settings {
    /// Without a trailing slash.
    pub(crate) api: String,
    /// Without a trailing slash.
    pub(crate) web: String,
    /// The number or the client id of the App.
    pub(crate) app: String,
    /// The id of the installation; empty for the connection itself.
    pub(crate) account: String,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Result<Settings, CallError> {
        let all = provider::Settings::read(host)?;
        Ok(Settings {
            api: all.url("/api_url", API),
            web: all.url("/web_url", WEB),
            app: all.id("/app_id"),
            account: all.account(),
        })
    }
}
