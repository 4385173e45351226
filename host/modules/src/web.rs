//! Requests to allowed hosts only.
//!
//! Each hop of a redirect is a separate request: to an allowed host, over HTTPS unless plain HTTP is allowed for the
//! host, to an address that the entry of the list trusts. A credential is for one host; after a redirect to another
//! host it is not sent again.

use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::error::ModuleError;
use crate::host::{AllowList, Trust, entry};
use crate::secret::Secret;

/// The maximum number of redirects.
const REDIRECTS: usize = 5;
/// The number of retries after a failure of the server.
const RETRIES: u32 = 2;

/// Timeouts and pauses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) connect: Duration,
    /// The timeout of one request, including its body.
    pub(crate) request: Duration,
    /// The pause before the first retry; the second one waits twice as long.
    pub(crate) pause: Duration,
}

/// A credential.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    Bearer(Secret),
    Basic(String, Secret),
}

/// Sends requests.
pub(crate) struct Web {
    allowed: Arc<AllowList>,
    times: Times,
    client: Client,
}

/// A response with a success status.
pub(crate) struct Answer {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Box<dyn Read + Send>,
}

/// One request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) headers: &'a [(String, String)],
    /// The body; with one, the request is a POST.
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) proof: Option<Proof>,
}

/// A URL for messages: without user, query and fragment, which may contain secrets.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Fails only for URLs without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// The system resolves names; the addresses are checked against the list.
struct Guard(Arc<AllowList>);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let list = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            // The scheme and the port of a request are checked before it is sent; here the entry with the most trust
            // applies.
            let trust = list.trust_of_name(&host);
            let found = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs());
            let found: Vec<SocketAddr> = found.await??.collect();
            let good: Vec<SocketAddr> =
                found.into_iter().filter(|it| trust.is_some_and(|trust| trust.accepts(it.ip()))).collect();
            if good.is_empty() {
                return Err("it resolves to no address that modules may be fetched from".into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

impl AllowList {
    fn trust_of_name(&self, host: &str) -> Option<Trust> {
        let trusts = self.0.iter().filter_map(|it| {
            let one = AllowList(vec![it.clone()]);
            one.trust(&it.url_of(host)?)
        });
        trusts.min_by_key(|trust| match trust {
            Trust::Itself => 0,
            Trust::Private => 1,
            Trust::Public => 2,
        })
    }
}

impl Web {
    pub(crate) fn new(allowed: Arc<AllowList>, times: Times) -> Result<Web, ModuleError> {
        let error = |why: String| ModuleError::Web { url: "the network".to_owned(), why };
        let provider = rustls::crypto::ring::default_provider();
        // If another provider is installed already, it is used.
        let _ = provider.install_default();
        let client = Client::builder()
            .user_agent(concat!("palisade/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .dns_resolver(Arc::new(Guard(Arc::clone(&allowed))))
            .no_proxy()
            .referer(false)
            .connect_timeout(times.connect)
            .timeout(times.request)
            .build()
            .map_err(|it| error(it.without_url().to_string()))?;
        Ok(Web { allowed, times, client })
    }

    /// Checks whether a request to a URL is allowed.
    pub(crate) fn check(&self, url: &Url) -> Result<(), ModuleError> {
        let not_allowed = || ModuleError::NotAllowed(entry(url));
        let trust = self.allowed.trust(url).ok_or_else(not_allowed)?;
        let address = match url.host() {
            Some(Host::Ipv4(it)) => Some(IpAddr::V4(it)),
            Some(Host::Ipv6(it)) => Some(IpAddr::V6(it)),
            _ => None,
        };
        if address.is_some_and(|it| !trust.accepts(it)) {
            return Err(not_allowed());
        }
        Ok(())
    }

    /// Sends a request and follows redirects.
    pub(crate) fn send(&self, url: &Url, ask: &Ask<'_>) -> Result<Answer, ModuleError> {
        let mut url = url.clone();
        let mut proof = ask.proof.as_ref();
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let response = self.persist(&url, ask, proof)?;
            let status = response.status();
            let error = |why: String| ModuleError::Web { url: shown(&url), why };
            if status.is_success() {
                let headers = response.headers().clone();
                return Ok(Answer { url, headers, body: Box::new(response) });
            }
            if !status.is_redirection() {
                let hint = match status.as_u16() {
                    401 | 403 if proof.is_some() => ": the token is not accepted",
                    401 | 403 => {
                        ": a token is required, in `TF_TOKEN_HOST` for a registry or `PALISADE_GIT_TOKEN_HOST` for Git"
                    }
                    _ => "",
                };
                return Err(error(format!("the server returns {}{hint}", status.as_u16())));
            }
            let target = response.headers().get(LOCATION).and_then(|it| it.to_str().ok());
            let next = target
                .and_then(|it| url.join(it).ok())
                .ok_or_else(|| error("the server returns a redirect without a valid location".to_owned()))?;
            if ask.body.is_some() && !matches!(status.as_u16(), 307 | 308) {
                return Err(error("the server returns a redirect for a POST".to_owned()));
            }
            if entry(&url) != entry(&next) {
                proof = None;
            }
            url = next;
        }
        Err(ModuleError::Web { url: shown(&url), why: format!("more than {REDIRECTS} redirects") })
    }

    /// Sends one hop, with retries if the server or the network fails.
    fn persist(&self, url: &Url, ask: &Ask<'_>, proof: Option<&Proof>) -> Result<Response, ModuleError> {
        let begin = Instant::now();
        let mut pause = self.times.pause;
        for left in (0..=RETRIES).rev() {
            let result = self.once(url, ask, proof);
            let again = match &result {
                Ok(response) => response.status().is_server_error(),
                Err(error) => error.is_connect() && begin.elapsed() < self.times.request,
            };
            if again && left > 0 {
                std::thread::sleep(pause);
                pause *= 2;
                continue;
            }
            return result.map_err(|error| {
                let why = if error.is_timeout() {
                    format!("no response within {} s", self.times.request.as_secs())
                } else {
                    cause(&error.without_url())
                };
                ModuleError::Web { url: shown(url), why }
            });
        }
        Err(ModuleError::Web { url: shown(url), why: "no answer".to_owned() })
    }

    fn once(&self, url: &Url, ask: &Ask<'_>, proof: Option<&Proof>) -> Result<Response, reqwest::Error> {
        let mut request = match ask.body {
            None => self.client.get(url.clone()),
            Some(body) => self.client.post(url.clone()).body(body.to_vec()),
        };
        for (name, value) in ask.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value))
                && name != AUTHORIZATION
            {
                request = request.header(name, value);
            }
        }
        request = match proof {
            None => request,
            Some(Proof::Bearer(token)) => request.bearer_auth(token.expose()),
            Some(Proof::Basic(user, token)) => request.basic_auth(user, Some(token.expose())),
        };
        request.send()
    }
}

/// The last error of a chain of causes, which is the most specific.
fn cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

/// Reads at most a number of bytes; more is an error.
pub(crate) struct Bounded<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R> Bounded<R> {
    pub(crate) fn new(inner: R, limit: u64) -> Bounded<R> {
        Bounded { inner, left: limit, limit }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(format!("more than {} bytes", self.limit)))?;
        Ok(read)
    }
}
