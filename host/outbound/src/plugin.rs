//! Requests of one plugin: from the guest's request to the response that the guest may see.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use palisade_capabilities::{
    AuthScheme, Credential, Http, HttpError, HttpRequest, HttpResponse, Method, StoredResponse,
};
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, LOCATION};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::blank::Secrets;
use crate::body::{Body, failed};
use crate::core::Core;
use crate::gate::Gate;
use crate::grant::Grant;
use crate::redirect::{self, Next};
use crate::{exchange, fill, header, store, wait};

/// The client of one plugin.
pub(crate) struct Plugin {
    core: Arc<Core>,
    grant: Grant,
    gate: Arc<dyn Gate>,
    /// The number of consecutive 429 responses without a time.
    strikes: AtomicU32,
}

/// A request that is ready to be sent.
struct Ask {
    method: Method,
    url: Url,
    headers: HeaderMap,
    auth: Option<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

/// A response whose body was not read yet.
pub(crate) struct Begun {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) secrets: Secrets,
}

impl Plugin {
    pub(crate) fn new(core: Arc<Core>, grant: Grant, gate: Arc<dyn Gate>) -> Plugin {
        Plugin { core, grant, gate, strikes: AtomicU32::new(0) }
    }

    /// The time limit of a transfer, and the size limit of a response in Git's protocol.
    pub(crate) fn pack_bounds(&self) -> (Duration, u64) {
        (self.core.options.transfer_timeout, self.core.options.largest_pack)
    }

    /// Sends a request and follows redirects.
    pub(crate) async fn begin(
        &self,
        request: HttpRequest,
        longest: Duration,
        largest: u64,
    ) -> Result<Begun, HttpError> {
        let longest = request.timeout.map_or(longest, |it| it.min(longest));
        let deadline = Instant::now() + longest;
        let late = |_| HttpError::Timeout;
        let begun = async {
            let mut secrets = Secrets::default();
            let ask = self.ready(request, &mut secrets).await?;
            let response = self.follow(ask).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Begun { status, headers, body: Body::new(response, deadline, largest)?, secrets })
        };
        timeout_at(deadline, begun).await.map_err(late)?
    }

    /// Checks a request before any secret is revealed for it.
    async fn ready(&self, request: HttpRequest, secrets: &mut Secrets) -> Result<Ask, HttpError> {
        // The text is not printed: it may contain a password.
        let url = Url::parse(&request.url).map_err(|it| HttpError::Denied(format!("invalid URL: {it}")))?;
        self.check(&url)?;
        let headers = header::guests(&request.headers)?;
        if let Some(left) = self.gate.wait().await {
            return Err(HttpError::Wait(left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)));
        }
        let auth = match &request.auth {
            None => None,
            Some((scheme, credential)) => Some(reveal_auth(scheme, credential, secrets).await?),
        };
        let mut fills = Vec::new();
        for (pointer, credential) in &request.fill {
            let secret = credential.reveal().await?;
            secrets.add(&secret);
            fills.push((pointer.clone(), secret));
        }
        let body = fill::fill(&request.body, &fills)?;
        Ok(Ask { method: request.method, url, headers, auth, body })
    }

    fn check(&self, url: &Url) -> Result<(), HttpError> {
        self.grant.check(url).map_err(HttpError::Denied)?;
        self.core.check(url)
    }

    async fn follow(&self, mut ask: Ask) -> Result<Response, HttpError> {
        for _ in 0..=redirect::MOST {
            self.check(&ask.url)?;
            let response = self.once(&ask).await?;
            let location = response.headers().get(LOCATION).map(|it| String::from_utf8_lossy(it.as_bytes()));
            let status = response.status().as_u16();
            match redirect::next(ask.method, status, location.as_deref(), &ask.url, &self.grant)? {
                Next::Stay => return Ok(response),
                Next::Same(url) => ask.url = url,
                Next::Other(url) => {
                    // Removed for all further hops, also if one leads back to the first server.
                    ask.auth = None;
                    ask.body = Vec::new();
                    ask.url = url;
                }
            }
        }
        Err(HttpError::Transport(format!("more than {} redirects", redirect::MOST)))
    }

    /// Sends one hop.
    async fn once(&self, ask: &Ask) -> Result<Response, HttpError> {
        let mut headers = ask.headers.clone();
        if let Some((name, value)) = &ask.auth {
            headers.insert(name, value.clone());
        }
        let mut request = self.core.client.request(verb(ask.method), ask.url.clone()).headers(headers);
        if !ask.body.is_empty() {
            request = request.body(ask.body.clone());
        }
        let response = request.send().await.map_err(failed)?;
        self.note(response.status().as_u16(), response.headers()).await;
        Ok(response)
    }

    /// Stores the wait that a response asks for.
    async fn note(&self, status: u16, headers: &HeaderMap) {
        let strikes = if wait::is_bare(status, headers) {
            self.strikes.fetch_add(1, Ordering::Relaxed)
        } else {
            if (200..300).contains(&status) {
                self.strikes.store(0, Ordering::Relaxed);
            }
            0
        };
        if let Some(time) = wait::after(status, headers, strikes, Timestamp::now()) {
            self.gate.hold(time).await;
        }
    }

    async fn answer(&self, request: HttpRequest) -> Result<(HttpResponse, HeaderMap, Secrets), HttpError> {
        let options = &self.core.options;
        let begun = self.begin(request, options.timeout, options.largest_answer).await?;
        let body = begun.body.whole().await?;
        let answer = HttpResponse { status: begun.status, headers: Vec::new(), body };
        Ok((answer, begun.headers, begun.secrets))
    }
}

async fn reveal_auth(
    scheme: &AuthScheme,
    credential: &Credential,
    secrets: &mut Secrets,
) -> Result<(HeaderName, HeaderValue), HttpError> {
    let secret = credential.reveal().await?;
    if let AuthScheme::Basic(user) = scheme {
        secrets.add(&SecretString::from(format!("{user}:{}", secret.expose_secret())));
    }
    secrets.add(&secret);
    header::auth(scheme, &secret)
}

fn verb(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// The response as a guest may see it.
fn shown(mut answer: HttpResponse, headers: &HeaderMap, secrets: &Secrets) -> HttpResponse {
    let before = answer.body.len();
    answer.body = secrets.blank_body(answer.body);
    answer.headers = secrets.headers(headers);
    if answer.body.len() != before {
        answer.headers.retain(|(name, _)| name != CONTENT_LENGTH.as_str());
    }
    answer
}

#[async_trait]
impl Http for Plugin {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (answer, headers, secrets) = self.answer(request).await?;
        Ok(shown(answer, &headers, &secrets))
    }

    async fn download(&self, request: HttpRequest) -> Result<StoredResponse, HttpError> {
        let options = &self.core.options;
        let begun = self.begin(request, options.transfer_timeout, options.largest_download).await?;
        let headers = begun.secrets.headers(&begun.headers);
        let body = store::keep(begun.body, &begun.secrets).await?;
        Ok(StoredResponse { status: begun.status, headers, body: Arc::new(body) })
    }

    async fn exchange(
        &self,
        request: HttpRequest,
        token: &str,
        expiry: Option<&str>,
    ) -> Result<(Option<Credential>, HttpResponse), HttpError> {
        let host = Url::parse(&request.url).ok().and_then(|it| it.host_str().map(str::to_owned));
        let label = format!("token from {}", host.unwrap_or_default());
        let (answer, headers, mut secrets) = self.answer(request).await?;
        if !(200..300).contains(&answer.status) {
            return Ok((None, shown(answer, &headers, &secrets)));
        }
        let (credential, secret) = exchange::take(&answer.body, token, expiry, label)
            .map_err(|why| HttpError::Transport(format!("status {}: {why}", answer.status)))?;
        secrets.add(&secret);
        Ok((Some(credential), shown(answer, &headers, &secrets)))
    }
}
