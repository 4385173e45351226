//! The settings of an administrator.

use palisade_sdk::CallError;
use palisade_sdk::provider::{self, Host};

/// The API of Bitbucket Cloud.
const API: &str = "https://api.bitbucket.org/2.0";
/// The web pages of Bitbucket Cloud.
const WEB: &str = "https://bitbucket.org";

/// The settings as JSON Schema.
pub(crate) fn schema() -> String {
    serde_json::json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["workspace"],
        "properties": {
            "workspace": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_.-]{1,62}$",
                "title": "Workspace ID",
                "description": "From the settings of the workspace; also the first part of the URL of its repositories."
            },
            "email": {
                "type": "string",
                "maxLength": 254,
                "title": "Email of the API token's account",
                "description": "Empty for an access token of a workspace, a project or a repository."
            },
            "api_url": {
                "type": "string",
                "format": "uri",
                "default": API,
                "title": "URL of the API",
                "description": "Bitbucket Cloud only: Bitbucket Data Center is not supported."
            },
            "web_url": {
                "type": "string",
                "format": "uri",
                "default": WEB,
                "title": "URL of the pages",
                "description": "Also the address of Git repositories."
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
    /// The ID of the workspace.
    pub(crate) workspace: String,
    /// The email of the API token's account; empty for an access token.
    pub(crate) email: String,
    /// The workspace of the integration; empty for the connection itself.
    pub(crate) account: String,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Result<Settings, CallError> {
        let all = provider::Settings::read(host)?;
        Ok(Settings {
            api: all.url("/api_url", API),
            web: all.url("/web_url", WEB),
            workspace: all.text("/workspace"),
            email: all.text("/email"),
            account: all.account(),
        })
    }
}
