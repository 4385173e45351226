//! `fake-azure-devops`: the fake as a program, for the demo and for manual tests.
//!
//! Prints one line of JSON and runs until it is interrupted. Options: `--port N`, `--control-port N`.

use std::process::ExitCode;
use std::sync::Arc;

use palisade_fake_azure_devops::{Error, FakeAzureDevOps, Forge as _, ORGANIZATION, Options};
use palisade_fake_host::{SHOP, Started, run_program};
use serde_json::json;

async fn start(port: u16) -> Result<Started<FakeAzureDevOps>, Error> {
    let fake = FakeAzureDevOps::start(Options { port, ..Options::default() }).await?;
    let repository = fake.full_name("shop");
    fake.add_repository(&repository, SHOP)?;
    fake.require_status(&repository, "main", ("palisade", "palisade"), None, true)?;
    let members = json!({
        "url": fake.url(), "organization": ORGANIZATION, "webhook_secret": fake.webhook_secret(),
        "repository": repository,
    });
    let secret_file = ("token_file", fake.token().to_owned());
    Ok(Started { fake: Arc::new(fake), secret_file, members })
}

#[tokio::main]
async fn main() -> ExitCode {
    run_program("fake-azure-devops", start).await
}
