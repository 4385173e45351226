//! `fake-bitbucket`: the fake as a program, for the demo and for manual tests.
//!
//! Prints one line of JSON and runs until it is interrupted. Options: `--port N`, `--control-port N`.

use std::process::ExitCode;
use std::sync::Arc;

use palisade_fake_bitbucket::{Error, FakeBitbucket, Options};
use palisade_fake_host::{SHOP, Started, run_program};
use serde_json::json;

async fn start(port: u16) -> Result<Started<FakeBitbucket>, Error> {
    let fake = FakeBitbucket::start(Options { port, ..Options::default() }).await?;
    fake.add_repository("acme/shop", SHOP)?;
    fake.protect_branch("acme/shop", "main", 1, true)?;
    let members = json!({
        "api_url": fake.api_url(), "web_url": fake.web_url(), "workspace": "acme",
        "email": fake.credentials().email, "repository": "acme/shop",
    });
    let secret_file = ("token_file", fake.credentials().token.clone());
    Ok(Started { fake: Arc::new(fake), secret_file, members })
}

#[tokio::main]
async fn main() -> ExitCode {
    run_program("fake-bitbucket", start).await
}
