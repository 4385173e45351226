//! `palisade serve` as a process, with a provider for tests: connected through the API as an administrator would do it.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_fake_host::{Certificate, Forge};
use serde_json::{Value, json};

/// An error of any kind.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The API, with a token.
pub struct Api {
    client: reqwest::Client,
    base: String,
    token: String,
    /// Whether each call is printed.
    verbose: bool,
}

impl Api {
    /// Posts JSON to a path under `/api/v1`, and returns the response.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        if self.verbose {
            println!("$ POST /api/v1{path}");
        }
        let url = format!("{}/api/v1{path}", self.base);
        let request =
            self.client.post(url).bearer_auth(&self.token).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            return Err(format!("POST {path} answers {status}: {text}").into());
        }
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }
}

fn text(from: &Value, name: &str) -> Result<String, Failure> {
    Ok(from[name].as_str().ok_or_else(|| format!("the answer has no `{name}`: {from}"))?.to_owned())
}

/// How a service is started.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Whether it has TLS: some providers send to HTTPS only.
    pub tls: bool,
    /// Whether each step is printed.
    pub verbose: bool,
}

/// A running service with its provider and its folder. Dropping it stops and removes all of them.
pub struct Served {
    /// The fake provider.
    pub forge: Arc<dyn Forge>,
    /// The service's address.
    pub base: String,
    /// Its API.
    pub api: Api,
    /// The connection's id, once there is one.
    pub connection: String,
    /// The certificate authority of the service, PEM.
    authority: String,
    service: Child,
    folder: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        // The process may have ended already, and what remains of the folder does no harm.
        let _ = self.service.kill();
        let _ = self.service.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Served {
    /// Starts the program in an empty folder, for a provider.
    pub async fn start(
        program: &Path,
        database: &str,
        forge: Arc<dyn Forge>,
        Setup { tls, verbose }: Setup,
    ) -> Result<Served, Failure> {
        let begin = Instant::now();
        // A port that is free now; no other process is expected to take it within the next moment.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("palisade-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let base = format!("{}://127.0.0.1:{port}", if tls { "https" } else { "http" });
        let certificate = Certificate::create("Palisade")?;
        fs::write(folder.join("tls.pem"), &certificate.certificate)?;
        fs::write(folder.join("tls.key"), &certificate.key)?;
        fs::write(folder.join("ca.pem"), forge.ca_pem())?;
        let mut config = format!(
            "listen = \"127.0.0.1:{port}\"\npublic-url = \"{base}\"\ndata = {:?}\ndatabase = {database:?}\n\
             log = \"warn\"\ntrusted-certificates = [{:?}]\nprivate-networks = [\"127.0.0.0/8\", \"::1/128\"]\n",
            folder.join("data"),
            folder.join("ca.pem"),
        );
        if tls {
            let (chain, key) = (folder.join("tls.pem"), folder.join("tls.key"));
            writeln!(config, "tls-certificate = {chain:?}\ntls-key = {key:?}")?;
        }
        fs::write(folder.join("server.toml"), config)?;
        if verbose {
            println!("$ palisade serve --config server.toml");
        }
        let service =
            Command::new(program).arg("serve").arg("--config").arg(folder.join("server.toml")).spawn()?;
        let authority = certificate.authority;
        let trusted = reqwest::Certificate::from_pem(authority.as_bytes())?;
        let client = reqwest::Client::builder().tls_certs_only([trusted]).build()?;
        let api = Api { client, base: base.clone(), token: String::new(), verbose };
        let connection = String::new();
        let mut served = Served { forge, base, api, connection, authority, service, folder };
        while !served.is_ready().await {
            if begin.elapsed() > Duration::from_mins(1) {
                return Err("the service is not ready after a minute".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        served.api.token = fs::read_to_string(served.folder.join("data/bootstrap-token"))?;
        Ok(served)
    }

    async fn is_ready(&self) -> bool {
        let answer = self.api.client.get(format!("{}/readyz", self.base)).send().await;
        answer.is_ok_and(|it| it.status() == 200)
    }

    /// Connects the provider, sets its webhook, and integrates the account; returns the id of the integration.
    pub async fn connect(&mut self) -> Result<String, Failure> {
        let connection = self.forge.connection();
        self.connection = text(&self.api.post("/connections", &connection).await?, "id")?;
        let hook = self.api.post(&format!("/connections/{}/hook", self.connection), &json!({})).await?;
        self.forge.set_webhook(&text(&hook, "hook_url")?, Some(&self.authority));
        let integration =
            json!({ "connection": self.connection, "name": "Acme", "account": self.forge.account() });
        text(&self.api.post("/integrations", &integration).await?, "id")
    }

    /// Adds a Git source for a whole repository, for pull requests to `main`.
    pub async fn add_source(&self, integration: &str, repository: &str) -> Result<(), Failure> {
        let source = json!({
            "integration": integration,
            "name": repository,
            "repository": repository,
            "folders": ["/"],
            "branch_pattern": "main",
        });
        self.api.post("/sources", &source).await?;
        Ok(())
    }
}
