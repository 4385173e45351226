//! The connection of Palisade to the fake.

use serde_json::{Value, json};

use crate::FakeGitLab;

impl FakeGitLab {
    /// The body of `POST /api/v1/connections`: the address, the token and the signing token of webhooks.
    pub fn connection(&self) -> Value {
        self.connection_with(self.token())
    }

    /// The same with another token.
    pub fn connection_with(&self, token: &str) -> Value {
        json!({
            "provider": "gitlab",
            "name": "GitLab",
            "settings": { "url": self.url() },
            "secrets": { "token": token, "webhook-secret": self.webhook_secret() },
        })
    }
}
