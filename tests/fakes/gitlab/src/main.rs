//! `fake-gitlab`: the fake as a program, for the demo and for manual tests.
//!
//! Prints one line of JSON and runs until it is interrupted. Options: `--port N`, `--control-port N`.

use std::process::ExitCode;
use std::sync::Arc;

use palisade_fake_gitlab::{Error, FakeGitLab, Options};
use palisade_fake_host::{SHOP, Started, run_program};
use serde_json::json;

async fn start(port: u16) -> Result<Started<FakeGitLab>, Error> {
    let fake = FakeGitLab::start(Options { port, ..Options::default() }).await?;
    fake.add_repository("acme/shop", SHOP)?;
    fake.change("acme/shop", |one| one.rules.pipeline = true)?;
    let members = json!({
        "url": fake.url(), "web_url": fake.url(), "webhook_secret": fake.webhook_secret(),
        "account": "palisade", "repository": "acme/shop",
    });
    let secret_file = ("token_file", fake.token().to_owned());
    Ok(Started { fake: Arc::new(fake), secret_file, members })
}

#[tokio::main]
async fn main() -> ExitCode {
    run_program("fake-gitlab", start).await
}
