//! What an adapter can access outside of the sandbox: requests, credentials, blobs and its memory, all through the
//! host.

use std::sync::Arc;
use std::time::Duration;

use palisade_capabilities::{AuthScheme, Http, HttpError, HttpRequest, HttpResponse, Method};
use wasmtime::component::Resource;
use wasmtime::{Error, Result};

use crate::bindings::provider::palisade::host::{blobs, credentials, http, state};
use crate::bindings::provider::palisade::types::core::{self, CallError};
use crate::handles::{HeldCredential, KeptBlob};
use crate::state::State;

/// The longest key in a guest's memory, and the largest value, in bytes.
const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 64 << 10;

impl core::Host for State {}
impl crate::bindings::provider::palisade::types::events::Host for State {}

fn no_memory() -> CallError {
    CallError::Denied("this call has no memory".to_owned())
}

fn too_long(key: &str, value: &[u8]) -> std::result::Result<(), CallError> {
    if key.len() > MAX_KEY || value.len() > MAX_VALUE {
        return Err(CallError::InvalidInput(format!(
            "a key has at most {MAX_KEY} bytes, a value {MAX_VALUE}"
        )));
    }
    Ok(())
}

impl state::Host for State {
    async fn get(&mut self, key: String) -> Result<std::result::Result<Option<Vec<u8>>, CallError>> {
        self.enter()?;
        let Some(memory) = self.reach.memory.clone() else { return Ok(Err(no_memory())) };
        Ok(memory.get(&key).await.map_err(CallError::Unavailable))
    }

    async fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        seconds: u32,
    ) -> Result<std::result::Result<(), CallError>> {
        self.enter()?;
        let Some(memory) = self.reach.memory.clone() else { return Ok(Err(no_memory())) };
        if let Err(error) = too_long(&key, &value) {
            return Ok(Err(error));
        }
        Ok(memory.put(&key, value, seconds).await.map_err(CallError::Unavailable))
    }

    async fn add(
        &mut self,
        key: String,
        delta: i64,
        seconds: u32,
    ) -> Result<std::result::Result<i64, CallError>> {
        self.enter()?;
        let Some(memory) = self.reach.memory.clone() else { return Ok(Err(no_memory())) };
        if let Err(error) = too_long(&key, &[]) {
            return Ok(Err(error));
        }
        Ok(memory.add(&key, delta, seconds).await.map_err(CallError::Unavailable))
    }
}

impl credentials::HostCredential for State {
    async fn label(&mut self, it: Resource<HeldCredential>) -> Result<String> {
        self.enter()?;
        Ok(self.table.get(&it)?.0.label().to_owned())
    }

    async fn drop(&mut self, it: Resource<HeldCredential>) -> Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl credentials::Host for State {
    async fn find(&mut self, name: String) -> Result<Option<Resource<HeldCredential>>> {
        self.enter()?;
        let Some(credentials) = self.reach.credentials.clone() else { return Ok(None) };
        match credentials.find(&name).await {
            Some(found) => Ok(Some(self.table.push(HeldCredential(found))?)),
            None => Ok(None),
        }
    }

    async fn keep(&mut self, name: String, it: Resource<HeldCredential>) -> Result<()> {
        self.enter()?;
        let credential = self.table.get(&it)?.0.clone();
        if let Some(credentials) = self.reach.credentials.clone() {
            credentials.keep(&name, credential).await;
        }
        Ok(())
    }
}

impl blobs::HostBlob for State {
    async fn size(&mut self, it: Resource<KeptBlob>) -> Result<u64> {
        self.enter()?;
        Ok(self.table.get(&it)?.0.size())
    }

    async fn read(
        &mut self,
        it: Resource<KeptBlob>,
        offset: u64,
        length: u32,
    ) -> Result<std::result::Result<Vec<u8>, CallError>> {
        self.enter()?;
        let blob = Arc::clone(&self.table.get(&it)?.0);
        let length = length.min(1 << 20);
        let read = tokio::task::spawn_blocking(move || blob.read(offset, length)).await;
        let read = read.map_err(|_| Error::msg("reading a blob was cut off"))?;
        Ok(read.map_err(|error| CallError::Unavailable(error.to_string())))
    }

    async fn drop(&mut self, it: Resource<KeptBlob>) -> Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl blobs::Host for State {}

fn http_error(error: HttpError) -> http::HttpError {
    match error {
        HttpError::Denied(what) => http::HttpError::Denied(what),
        HttpError::Timeout => http::HttpError::Timeout,
        HttpError::TooLarge(limit) => http::HttpError::TooLarge(limit),
        HttpError::Wait(seconds) => http::HttpError::Wait(seconds),
        HttpError::Transport(why) => http::HttpError::Transport(why),
    }
}

fn response(it: HttpResponse) -> http::Response {
    http::Response { status: it.status, headers: it.headers, body: it.body }
}

impl State {
    /// Converts a guest's request to the host's, with its handles resolved.
    fn request(&mut self, it: http::Request) -> Result<HttpRequest> {
        self.enter()?;
        let credential =
            |handle: &Resource<HeldCredential>| Ok::<_, Error>(self.table.get(handle)?.0.clone());
        let auth = match it.auth {
            None => None,
            Some((scheme, handle)) => {
                let scheme = match scheme {
                    http::Scheme::Bearer => AuthScheme::Bearer,
                    http::Scheme::Basic(user) => AuthScheme::Basic(user),
                    http::Scheme::Header(name) => AuthScheme::Header(name),
                };
                Some((scheme, credential(&handle)?))
            }
        };
        let fill = it.fill.iter().map(|(pointer, handle)| Ok((pointer.clone(), credential(handle)?)));
        let fill = fill.collect::<Result<Vec<_>>>()?;
        let method = match it.method {
            http::Method::Get => Method::Get,
            http::Method::Head => Method::Head,
            http::Method::Post => Method::Post,
            http::Method::Put => Method::Put,
            http::Method::Patch => Method::Patch,
            http::Method::Delete => Method::Delete,
        };
        Ok(HttpRequest {
            method,
            url: it.url,
            headers: it.headers,
            body: it.body,
            timeout: it.timeout_ms.map(|it| Duration::from_millis(u64::from(it))),
            auth,
            fill,
        })
    }

    fn http(&self) -> std::result::Result<Arc<dyn Http>, http::HttpError> {
        self.reach.http.clone().ok_or_else(|| http::HttpError::Denied("this call has no network".to_owned()))
    }
}

impl http::Host for State {
    async fn send(
        &mut self,
        request: http::Request,
    ) -> Result<std::result::Result<http::Response, http::HttpError>> {
        let request = self.request(request)?;
        let web = match self.http() {
            Ok(web) => web,
            Err(error) => return Ok(Err(error)),
        };
        Ok(web.send(request).await.map(response).map_err(http_error))
    }

    async fn download(
        &mut self,
        request: http::Request,
    ) -> Result<std::result::Result<http::StoredResponse, http::HttpError>> {
        let request = self.request(request)?;
        let web = match self.http() {
            Ok(web) => web,
            Err(error) => return Ok(Err(error)),
        };
        match web.download(request).await {
            Err(error) => Ok(Err(http_error(error))),
            Ok(stored) => {
                let body = self.table.push(KeptBlob(stored.body))?;
                Ok(Ok(http::StoredResponse { status: stored.status, headers: stored.headers, body }))
            }
        }
    }

    async fn exchange(
        &mut self,
        request: http::Request,
        token: String,
        expiry: Option<String>,
    ) -> Result<std::result::Result<(Option<Resource<HeldCredential>>, http::Response), http::HttpError>>
    {
        let request = self.request(request)?;
        let web = match self.http() {
            Ok(web) => web,
            Err(error) => return Ok(Err(error)),
        };
        match web.exchange(request, &token, expiry.as_deref()).await {
            Err(error) => Ok(Err(http_error(error))),
            Ok((credential, answer)) => {
                let handle = credential.map(|it| self.table.push(HeldCredential(it))).transpose()?;
                Ok(Ok((handle, response(answer))))
            }
        }
    }
}
