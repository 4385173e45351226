//! `fake-gitlab`: the fake as a program, for the demo and for manual tests.
//!
//! Prints one line of JSON and runs until it is interrupted. Options: `--port N`, `--control-port N`.

use std::io::Write as _;
use std::sync::Arc;

use palisade_fake_gitlab::{Control, Error, FakeGitLab, Options};
use palisade_fake_host::SHOP;
use serde_json::json;

/// The number after an option of the command line, otherwise 0.
fn port(name: &str) -> u16 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Starts everything and waits.
async fn run() -> Result<(), Error> {
    let fake = FakeGitLab::start(Options { port: port("--port"), ..Options::default() }).await?;
    let fake = Arc::new(fake);
    fake.add_repository("acme/shop", SHOP)?;
    fake.change("acme/shop", |one| one.rules.pipeline = true)?;
    let control = Control::open(fake.clone(), port("--control-port")).await?;
    let folder = tempfile::tempdir()?;
    let (ca, token) = (folder.path().join("ca.pem"), folder.path().join("token"));
    std::fs::write(&ca, fake.ca_pem())?;
    std::fs::write(&token, fake.token())?;
    let line = json!({
        "url": fake.url(), "web_url": fake.url(), "ca_file": ca, "token_file": token,
        "webhook_secret": fake.webhook_secret(), "account": "palisade", "repository": "acme/shop",
        "validates": fake.validates(),
        "control_url": format!("http://{}", control.address()),
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    drop(out);
    // The folder with the token is deleted on return.
    tokio::signal::ctrl_c().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "fake-gitlab: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
