//! The host of an adapter in a native test: it sends requests itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use palisade_sdk::provider::{Blob, Credential, Host, HttpError, Method, Request, Response, Scheme};
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use tokio::runtime::Handle;

/// What an adapter stored during its calls.
#[derive(Default)]
struct Kept {
    /// The credentials: the one of the calls, those that a test lends, and those of responses.
    secrets: Vec<String>,
    named: HashMap<String, Credential>,
    memory: HashMap<String, Vec<u8>>,
    blobs: Vec<Vec<u8>>,
}

/// A host that trusts one certificate authority. Its calls wait, so the runtime of the test needs several threads.
pub struct Direct {
    runtime: Handle,
    client: reqwest::Client,
    settings: String,
    kept: Mutex<Kept>,
}

impl Direct {
    /// A host with these settings, which authenticates requests with a token. It needs a Tokio runtime.
    ///
    /// # Panics
    /// If the certificate is invalid.
    pub fn new(ca_pem: &str, settings: &Value, token: &str) -> Self {
        let certificate = reqwest::Certificate::from_pem(ca_pem.as_bytes()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([certificate]).no_proxy().build().unwrap();
        let kept = Kept { secrets: vec![token.to_owned()], ..Kept::default() };
        Self { runtime: Handle::current(), client, settings: settings.to_string(), kept: Mutex::new(kept) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A credential for another secret.
    pub fn lend(&self, secret: &str) -> Credential {
        let mut kept = self.kept();
        kept.secrets.push(secret.to_owned());
        Credential(u32::try_from(kept.secrets.len() - 1).unwrap())
    }

    /// The bytes of a downloaded value.
    pub fn blob(&self, blob: Blob) -> Vec<u8> {
        self.kept().blobs[blob.0 as usize].clone()
    }

    /// Waits for a future on a thread of its own: a thread of the runtime must not wait.
    fn wait<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        std::thread::scope(|scope| scope.spawn(|| self.runtime.block_on(future)).join().unwrap())
    }

    fn exchange(&self, request: Request) -> Result<Response, HttpError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let secret = |it: Credential| self.kept().secrets[it.0 as usize].clone();
        let mut wire = self.client.request(method, &request.url).header("user-agent", "palisade-test");
        for (name, value) in &request.headers {
            wire = wire.header(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        wire = match request.auth {
            None => wire,
            Some((Scheme::Bearer, it)) => wire.bearer_auth(secret(it)),
            Some((Scheme::Basic(user), it)) => {
                let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", secret(it)));
                wire.header("authorization", format!("Basic {pair}"))
            }
            Some((Scheme::Header(name), it)) => wire.header(name, secret(it)),
        };
        let mut body = request.body;
        if !request.fill.is_empty() {
            let mut json: Value = serde_json::from_slice(&body).unwrap();
            for (pointer, credential) in request.fill {
                *json.pointer_mut(&pointer).unwrap() = secret(credential).into();
            }
            body = json.to_string().into_bytes();
        }
        let failed = |error: &reqwest::Error| HttpError::Transport(error.to_string());
        self.wait(async move {
            let answer = wire.body(body).send().await.map_err(|error| failed(&error))?;
            let headers = answer.headers().iter();
            let headers = headers.map(|(name, it)| (name.to_string(), it.to_str().unwrap_or("").to_owned()));
            let (status, headers) = (answer.status().as_u16(), headers.collect());
            let body = answer.bytes().await.map_err(|error| failed(&error))?.to_vec();
            Ok(Response { status, headers, body })
        })
    }
}

impl Host for Direct {
    fn auth(&self) -> Credential {
        Credential(0)
    }

    fn settings(&self) -> String {
        self.settings.clone()
    }

    fn now_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::try_from(now.as_millis()).unwrap()
    }

    fn remember(&self, key: &str) -> Option<Vec<u8>> {
        self.kept().memory.get(key).cloned()
    }

    fn keep(&self, key: &str, value: &[u8], _seconds: u32) {
        self.kept().memory.insert(key.to_owned(), value.to_vec());
    }

    fn credential(&self, name: &str) -> Option<Credential> {
        self.kept().named.get(name).copied()
    }

    fn keep_credential(&self, name: &str, credential: Credential) {
        self.kept().named.insert(name.to_owned(), credential);
    }

    fn send(&self, request: Request) -> Result<Response, HttpError> {
        self.exchange(request)
    }

    fn exchange(
        &self,
        request: Request,
        token: &str,
        _expiry: Option<&str>,
    ) -> Result<(Option<Credential>, Response), HttpError> {
        let mut response = Direct::exchange(self, request)?;
        let mut json: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let secret = json.pointer_mut(token).map(Value::take);
        let secret = secret.as_ref().and_then(Value::as_str).map(|it| self.lend(it));
        response.body = json.to_string().into_bytes();
        Ok((secret, response))
    }

    fn download(&self, request: Request) -> Result<(u16, Blob), HttpError> {
        let response = Direct::exchange(self, request)?;
        let mut kept = self.kept();
        kept.blobs.push(response.body);
        Ok((response.status, Blob(u32::try_from(kept.blobs.len() - 1).unwrap())))
    }
}
