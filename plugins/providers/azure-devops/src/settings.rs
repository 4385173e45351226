//! The settings of an administrator.

use palisade_sdk::CallError;
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{self, Host};

/// Azure DevOps Services.
const URL: &str = "https://dev.azure.com";

/// The settings as JSON Schema.
pub(crate) fn schema() -> String {
    serde_json::json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["organization"],
        "properties": {
            "organization": {
                "type": "string",
                "pattern": "^[^/\\\\?#%\\s]([^/\\\\?#%]{0,62}[^/\\\\?#%\\s])?$",
                "title": "Organization name",
                "description": "The part after https://dev.azure.com/ in the address of your organization. For Azure DevOps Server: the collection."
            },
            "url": {
                "type": "string",
                "format": "uri",
                "default": URL,
                "title": "URL",
                "description": "For Azure DevOps Server: the address without the collection, such as https://HOST or https://HOST/tfs"
            }
        }
    })
    .to_string()
}

/// The settings of a call.
pub(crate) struct Settings {
    /// The URL of the organization, without a trailing slash.
    pub(crate) base: String,
    /// The organization, or the collection of Azure DevOps Server.
    pub(crate) organization: String,
    /// The account of the integration, which is an organization; empty for the connection itself.
    pub(crate) account: String,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Result<Settings, CallError> {
        let all = provider::Settings::read(host)?;
        let organization = all.text("/organization");
        if organization.is_empty() {
            return Err(CallError::InvalidInput("missing setting `organization`".to_owned()));
        }
        Ok(Settings {
            base: format!("{}/{}", all.url("/url", URL), part(&organization)),
            organization,
            account: all.account(),
        })
    }
}
