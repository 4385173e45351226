//! `fake-github`: the fake as a program, for the demo and for manual tests.
//!
//! Prints one line of JSON and runs until it is interrupted. Options: `--port N`, `--control-port N`.

use std::process::ExitCode;
use std::sync::Arc;

use palisade_fake_github::{Error, FakeGitHub, Options};
use palisade_fake_host::{SHOP, Started, run_program};
use serde_json::json;

async fn start(port: u16) -> Result<Started<FakeGitHub>, Error> {
    let fake = FakeGitHub::start(Options { port, ..Options::default() }).await?;
    let installation = fake.add_installation("acme");
    fake.add_repository(installation, "acme/shop", SHOP)?;
    fake.protect_branch("acme/shop", "main", &["palisade"], Some(fake.app().id))?;
    let app = fake.app();
    let members = json!({
        "api_url": fake.api_url(), "web_url": fake.web_url(), "app_id": app.id, "client_id": app.client_id,
        "webhook_secret": app.webhook_secret, "installation": installation, "repository": "acme/shop",
    });
    let secret_file = ("key_file", app.private_key.clone());
    Ok(Started { fake: Arc::new(fake), secret_file, members })
}

#[tokio::main]
async fn main() -> ExitCode {
    run_program("fake-github", start).await
}
