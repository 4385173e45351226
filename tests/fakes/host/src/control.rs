//! An endpoint on loopback that controls a fake, without TLS and without credentials.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Error;

/// A fake that can be controlled.
pub trait Controlled: Send + Sync + 'static {
    /// Sets the address of the webhook, and the certificate authority to trust, PEM.
    fn set_webhook(&self, url: &str, ca: Option<&str>);

    /// Writes files to a branch, and opens a pull request from it; a file without content is deleted. Returns the
    /// number and the head commit.
    fn open_pull(
        &self,
        repository: &str,
        branches: Branches<'_>,
        title: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error>;

    /// Pushes onto the head of a pull request. Returns the commit.
    fn push(&self, repository: &str, number: u64, files: &[(&str, Option<&str>)]) -> Result<String, Error>;

    /// All checks of a commit, oldest first.
    fn checks(&self, repository: &str, sha: &str) -> Vec<Value>;

    /// All violations of the description so far.
    fn violations(&self) -> Vec<String>;
}

/// The branches of a pull request.
#[derive(Clone, Copy, Debug)]
pub struct Branches<'a> {
    /// Name of the source branch.
    pub head: &'a str,
    /// Name of the target branch.
    pub base: &'a str,
}

/// The control endpoint; dropping it closes it.
pub struct Control {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Deserialize)]
struct Webhook {
    url: String,
    ca: Option<String>,
}

#[derive(Deserialize)]
struct OpenPull {
    repository: String,
    branch: String,
    #[serde(default = "main")]
    base: String,
    title: String,
    files: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
struct Push {
    repository: String,
    number: u64,
    files: BTreeMap<String, Option<String>>,
}

fn main() -> String {
    "main".to_owned()
}

/// Files as [`Controlled`] takes them.
fn files(all: &BTreeMap<String, Option<String>>) -> Vec<(&str, Option<&str>)> {
    all.iter().map(|(path, content)| (path.as_str(), content.as_deref())).collect()
}

impl Control {
    /// Opens the endpoint on a port of 127.0.0.1; 0 for any.
    pub async fn open<F: Controlled>(fake: Arc<F>, port: u16) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let fake = fake.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| serve(fake.clone(), request));
                    let http = hyper::server::conn::http1::Builder::new();
                    // A client that disconnects is not an error.
                    let _ = http.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, server })
    }

    /// The address of the endpoint.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve<F: Controlled>(
    fake: Arc<F>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
    let query: BTreeMap<String, String> = query.into_owned().collect();
    let runtime = tokio::runtime::Handle::current();
    let work = move || {
        let _runtime = runtime.enter();
        answer(&*fake, head.method.as_str(), head.uri.path(), &query, &body)
    };
    let (status, body) = match tokio::task::spawn_blocking(work).await {
        Ok(Ok(Some(body))) => (200, body),
        Ok(Ok(None)) => (404, json!({ "error": "unknown path" })),
        Ok(Err(why)) => (400, json!({ "error": why })),
        Err(error) => (500, json!({ "error": error.to_string() })),
    };
    let response = Response::builder().status(status).header("content-type", "application/json");
    Ok(response.body(Full::new(Bytes::from(body.to_string()))).unwrap())
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn answer(
    fake: &impl Controlled,
    method: &str,
    path: &str,
    query: &BTreeMap<String, String>,
    body: &[u8],
) -> Result<Option<Value>, String> {
    let wrong = |error: Error| error.to_string();
    let answer = match (method, path) {
        ("POST", "/webhook") => {
            let asked: Webhook = read(body)?;
            fake.set_webhook(&asked.url, asked.ca.as_deref());
            json!({})
        }
        ("POST", "/pull") => {
            let asked: OpenPull = read(body)?;
            let branches = Branches { head: &asked.branch, base: &asked.base };
            let opened = fake.open_pull(&asked.repository, branches, &asked.title, &files(&asked.files));
            let (number, sha) = opened.map_err(wrong)?;
            json!({ "number": number, "head_sha": sha })
        }
        ("POST", "/push") => {
            let asked: Push = read(body)?;
            let sha = fake.push(&asked.repository, asked.number, &files(&asked.files)).map_err(wrong)?;
            json!({ "head_sha": sha })
        }
        ("GET", "/checks") => {
            let asked = |name: &str| query.get(name).ok_or_else(|| format!("the query lacks `{name}`"));
            Value::Array(fake.checks(asked("repository")?, asked("sha")?))
        }
        ("GET", "/violations") => json!(fake.violations()),
        _ => return Ok(None),
    };
    Ok(Some(answer))
}
