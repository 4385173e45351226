//! Reading the settings of a call: a value that is missing or of another type is empty.

use serde_json::Value;

use super::Host;
use super::json;
use crate::CallError;

/// The settings of an administrator, and the account of the integration.
#[derive(Clone, Debug)]
pub struct Settings(Value);

impl Settings {
    /// The settings of a call.
    ///
    /// # Errors
    /// [`CallError::InvalidInput`] if they are not valid JSON.
    pub fn read(host: &dyn Host) -> Result<Settings, CallError> {
        let all = serde_json::from_str(&host.settings())
            .map_err(|_| CallError::InvalidInput("the settings are not valid JSON".to_owned()))?;
        Ok(Settings(all))
    }

    /// A text, without white space around it.
    pub fn text(&self, pointer: &str) -> String {
        json::text(&self.0, pointer).trim().to_owned()
    }

    /// A number or a text.
    pub fn id(&self, pointer: &str) -> String {
        json::id(&self.0, pointer)
    }

    /// A URL without a trailing slash, to which paths are added; the usual one if it is not set.
    pub fn url(&self, pointer: &str, usual: &str) -> String {
        let value = json::text(&self.0, pointer).trim().trim_end_matches('/');
        if value.is_empty() { usual.to_owned() } else { value.to_owned() }
    }

    /// The id of the integration's account; empty for the connection itself.
    pub fn account(&self) -> String {
        self.id("/account")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_can_be_added_to_a_url() {
        for (value, expected) in [
            (json!("https://a.example/"), "https://a.example"),
            (json!(" https://a.example/x// "), "https://a.example/x"),
            (json!("/"), "https://usual.example"),
            (json!(""), "https://usual.example"),
            (json!(null), "https://usual.example"),
            (json!(7), "https://usual.example"),
        ] {
            let settings = Settings(json!({ "url": value }));
            assert_eq!(settings.url("/url", "https://usual.example"), expected, "{value}");
        }
    }
}
