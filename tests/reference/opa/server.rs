//! OPA as a server, so that the cases share a process.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use regorus::Value;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::json;

use super::case::Case;
use super::{Answer, WRAPPER};

/// How long OPA may take for one case.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running OPA, which is stopped when it is dropped.
pub(crate) struct Server {
    process: Child,
    base: String,
    client: Client,
    /// Whether data of the last case must be removed.
    has_data: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts `opa run --server` on a free port.
    pub(crate) fn start(mut command: Command, v0: bool) -> Result<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        command.args(["run", "--server", "--disable-telemetry", "--log-level", "error"]);
        command.args(["--addr", &address.to_string()]);
        command.arg(if v0 { "--v0-compatible" } else { "--v1-compatible" });
        let process =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("cannot start opa")?;
        // The client requires a TLS provider, though TLS is not used here. One may be installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let mut server = Server { process, base: format!("http://{address}/v1"), client, has_data: false };
        let until = Instant::now() + PATIENCE;
        while server.send(Method::GET, "/policies", None).is_err() {
            if Instant::now() > until || server.process.try_wait()?.is_some() {
                bail!("opa does not answer on {address}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let (status, text) = server.send(Method::PUT, "/policies/wrapper", Some(WRAPPER.to_owned()))?;
        if status != 200 {
            bail!("opa refuses the wrapper: {text}");
        }
        Ok(server)
    }

    /// Sends a request; returns the status and the text of the response.
    fn send(&self, method: Method, path: &str, body: Option<String>) -> Result<(u16, String)> {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let response = request.body(body.unwrap_or_default()).send()?;
        Ok((response.status().as_u16(), response.text()?))
    }

    /// The result of OPA for a case.
    pub(crate) fn answer(&mut self, case: &Case) -> Result<Answer> {
        if self.has_data || case.data.is_some() {
            let data = case.data.as_ref().map_or(Ok("{}".to_owned()), Value::to_json_str)?;
            let (status, text) = self.send(Method::PUT, "/data", Some(data))?;
            if status != 204 {
                bail!("{}: opa does not take the data: {text}", case.name);
            }
            self.has_data = case.data.is_some();
        }
        let answer = match self.load(case)? {
            None => self.evaluate(case),
            Some(refused) => Ok(Answer::Error(refused)),
        };
        for at in 0..case.modules.len() {
            self.send(Method::DELETE, &format!("/policies/m{at}"), None)?;
        }
        answer
    }

    /// Loads all modules; returns the error if some are refused. A module may need another one that follows it, so
    /// refused modules are tried again as long as others are accepted.
    fn load(&self, case: &Case) -> Result<Option<String>> {
        let mut waiting: Vec<(usize, &String)> = case.modules.iter().enumerate().collect();
        loop {
            let (before, mut refused) = (waiting.len(), String::new());
            let mut still = Vec::new();
            for (at, module) in waiting {
                let (status, text) =
                    self.send(Method::PUT, &format!("/policies/m{at}"), Some(module.clone()))?;
                if status != 200 {
                    refused = text;
                    still.push((at, module));
                }
            }
            if still.is_empty() {
                return Ok(None);
            }
            if still.len() == before {
                return Ok(Some(refused));
            }
            waiting = still;
        }
    }

    fn evaluate(&self, case: &Case) -> Result<Answer> {
        let mut body = json!({"query": "answer = data.palisade_reference.answer"}).to_string();
        match &case.input {
            // `null` as the value of the key would be no input at all.
            Some(Value::Null) => {
                body = json!({"query": "answer = data.palisade_reference.answer with input as null"})
                    .to_string();
            }
            Some(input) => {
                // Numbers must stay as they are written.
                body.insert_str(1, &format!("\"input\":{},", input.to_json_str()?));
            }
            None => {}
        }
        // A panic in OPA closes the connection, and may end the server.
        let Ok((status, text)) = self.send(Method::POST, "/query", Some(body)) else {
            return Ok(Answer::Error("opa gave no answer".to_owned()));
        };
        if status != 200 {
            return Ok(Answer::Error(text));
        }
        // A number that is too large to be parsed here is a valid result.
        let Ok(value) = Value::from_json_str(&text) else { return Ok(Answer::Value(text.into())) };
        Ok(match &value[&Value::from("result")][&Value::from(0u64)][&Value::from("answer")] {
            Value::Undefined => Answer::Undefined,
            value => Answer::Value(value.clone()),
        })
    }
}
