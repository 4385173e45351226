//! `fake-github`: the fake as a program, for the demo and for manual tests.
//!
//! Prints one line of JSON and runs until it is interrupted. Options: `--port N`, `--control-port N`.

use std::io::Write as _;
use std::sync::Arc;

use palisade_fake_github::{Control, Error, FakeGitHub, Options};
use palisade_fake_host::SHOP;
use serde_json::json;

/// The number after an option of the command line, otherwise 0.
fn port(name: &str) -> u16 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Starts everything and waits.
async fn run() -> Result<(), Error> {
    let fake = FakeGitHub::start(Options { port: port("--port"), ..Options::default() }).await?;
    let fake = Arc::new(fake);
    let installation = fake.add_installation("acme");
    fake.add_repository(installation, "acme/shop", SHOP)?;
    fake.protect_branch("acme/shop", "main", &["palisade"], Some(fake.app().id))?;
    let control = Control::open(fake.clone(), port("--control-port")).await?;
    let folder = tempfile::tempdir()?;
    let (ca, key) = (folder.path().join("ca.pem"), folder.path().join("app.pem"));
    std::fs::write(&ca, fake.ca_pem())?;
    std::fs::write(&key, &fake.app().private_key)?;
    let line = json!({
        "api_url": fake.api_url(), "web_url": fake.web_url(), "ca_file": ca, "app_id": fake.app().id,
        "client_id": fake.app().client_id, "key_file": key, "webhook_secret": fake.app().webhook_secret,
        "installation": installation, "repository": "acme/shop", "validates": fake.validates(),
        "control_url": format!("http://{}", control.address()),
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    drop(out);
    // The folder with the key is deleted on return.
    tokio::signal::ctrl_c().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "fake-github: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
