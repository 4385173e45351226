//! The connection of Palisade to the fake.

use serde_json::{Value, json};

use crate::FakeGitHub;

impl FakeGitHub {
    /// The body of `POST /api/v1/connections`: the settings, and the secrets of the App.
    pub fn connection(&self) -> Value {
        let app = self.app();
        json!({
            "provider": "github",
            "name": "GitHub",
            "settings": {
                "app_id": app.client_id,
                "api_url": self.api_url(),
                "web_url": self.web_url(),
                "archive_url": self.codeload_url(),
            },
            "secrets": { "private-key": app.private_key, "webhook-secret": app.webhook_secret },
        })
    }
}
