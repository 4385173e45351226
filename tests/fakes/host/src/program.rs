//! A fake as a program, for the demo and for manual tests.

use std::io::Write as _;
use std::ops::Deref;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{Control, Controlled, Error, Running};

/// A fake that a program has started.
pub struct Started<F> {
    /// The fake.
    pub fake: Arc<F>,
    /// The member of the line that names a file with a secret, and the secret.
    pub secret_file: (&'static str, String),
    /// The other members of the line, which only this provider has.
    pub members: Value,
}

/// The number after an option of the command line, otherwise 0.
fn port(name: &str) -> u16 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Runs a fake until the program is interrupted, at the port of the option `--port`, and the control endpoint at that of
/// `--control-port`. Prints one line of JSON: the members of the provider, and those that all have.
pub async fn run_program<F: Controlled + Deref<Target = Running>>(
    name: &str,
    start: impl AsyncFnOnce(u16) -> Result<Started<F>, Error>,
) -> ExitCode {
    match run(start).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run<F: Controlled + Deref<Target = Running>>(
    start: impl AsyncFnOnce(u16) -> Result<Started<F>, Error>,
) -> Result<(), Error> {
    let Started { fake, secret_file: (member, secret), members } = start(port("--port")).await?;
    let control = Control::open(fake.clone(), port("--control-port")).await?;
    let running: &Running = &fake;
    // Deleted on return, with the secret.
    let folder = tempfile::tempdir()?;
    let (ca_file, file) = (folder.path().join("ca.pem"), folder.path().join(member));
    std::fs::write(&ca_file, running.ca_pem())?;
    std::fs::write(&file, secret)?;
    let mut line: Map<String, Value> = members.as_object().cloned().unwrap_or_default();
    line.insert(member.to_owned(), json!(file));
    line.insert("ca_file".to_owned(), json!(ca_file));
    line.insert("validates".to_owned(), json!(running.validates()));
    line.insert("control_url".to_owned(), json!(format!("http://{}", control.address())));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", Value::Object(line))?;
    out.flush()?;
    drop(out);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
