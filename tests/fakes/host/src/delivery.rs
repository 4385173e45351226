//! Deliveries: sent in the background, in order, and stored in a log.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::clock;

/// A request to a webhook endpoint.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The address.
    pub url: String,
    /// The certificate authority to trust, PEM. No other one is trusted: no demo and no test sends to the outside.
    pub ca: Option<String>,
    /// Names and values of headers; those of the provider, with the signature.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
    /// How long to wait for a response.
    pub timeout: Duration,
}

/// The signature of a body with HMAC-SHA256, in hexadecimal digits after `sha256=`, as several providers send it.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", data_encoding::HEXLOWER.encode(ring::hmac::sign(&key, body).as_ref()))
}

/// One attempt at a delivery.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// When it was sent, RFC 3339.
    pub sent_at: String,
    /// How long the response took.
    pub duration: Duration,
    /// Status and body of the response, or why there was none.
    pub response: Result<(u16, String), String>,
}

impl Attempt {
    /// Whether providers that retry do so: without a response, and after an error of the server.
    pub fn is_retried(&self) -> bool {
        self.response.as_ref().map_or(true, |(status, _)| *status >= 500)
    }
}

impl Outgoing {
    /// Sends it once. Redirects are not followed.
    pub async fn send(&self) -> Attempt {
        let (sent_at, begun) = (clock::now(), Instant::now());
        let response = self.exchange().await;
        Attempt { sent_at, duration: begun.elapsed(), response }
    }

    /// Sends it, and again after each of the pauses while [`Attempt::is_retried`]. Returns all attempts.
    pub async fn send_again(&self, pauses: &[Duration]) -> Vec<Attempt> {
        let mut attempts = vec![self.send().await];
        for pause in pauses {
            if !attempts.last().is_some_and(Attempt::is_retried) {
                break;
            }
            tokio::time::sleep(*pause).await;
            attempts.push(self.send().await);
        }
        attempts
    }

    async fn exchange(&self) -> Result<(u16, String), String> {
        let certificate = self.ca.as_deref().map(|pem| reqwest::Certificate::from_pem(pem.as_bytes()));
        let certificate = certificate.transpose().map_err(|error| error.to_string())?;
        let client = reqwest::Client::builder()
            .tls_certs_only(certificate)
            .no_proxy()
            .timeout(self.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        let mut request = client.post(&self.url).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| {
            if error.is_timeout() { "timed out".to_owned() } else { "failed to connect to host".to_owned() }
        })?;
        let status = response.status().as_u16();
        Ok((status, response.text().await.unwrap_or_default()))
    }
}

/// The deliveries of a fake: those that are pending, and the log of those that were attempted.
#[derive(Debug)]
pub struct Outbox<O, D> {
    orders: mpsc::UnboundedSender<O>,
    waiting: watch::Sender<usize>,
    log: Mutex<Vec<D>>,
}

/// The receiving end of an outbox.
#[derive(Debug)]
pub struct Orders<O> {
    orders: mpsc::UnboundedReceiver<O>,
    waiting: watch::Sender<usize>,
}

/// The task that sends deliveries; dropping it stops it.
#[derive(Debug)]
pub struct Worker {
    task: JoinHandle<()>,
    waiting: watch::Sender<usize>,
}

impl Worker {
    /// Waits until no delivery is pending.
    pub async fn settled(&self) {
        let _ = self.waiting.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<O, D> Outbox<O, D> {
    /// An empty outbox.
    pub fn new() -> (Self, Orders<O>) {
        let (sender, orders) = mpsc::unbounded_channel();
        let waiting = watch::Sender::new(0);
        (Self { orders: sender, waiting: waiting.clone(), log: Mutex::default() }, Orders { orders, waiting })
    }

    /// Sends a delivery in the background.
    pub fn enqueue(&self, order: O) {
        self.waiting.send_modify(|count| *count += 1);
        if self.orders.send(order).is_err() {
            self.waiting.send_modify(|count| *count -= 1);
        }
    }

    /// The log, oldest first. A panic elsewhere, which fails its own test, does not change it.
    pub fn log(&self) -> MutexGuard<'_, Vec<D>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Send + 'static> Orders<O> {
    /// Sends deliveries one after the other, each with that function.
    pub fn work<R: Future<Output = ()> + Send>(
        mut self,
        mut deliver: impl FnMut(O) -> R + Send + 'static,
    ) -> Worker {
        let waiting = self.waiting.clone();
        let task = tokio::spawn(async move {
            while let Some(order) = self.orders.recv().await {
                deliver(order).await;
                self.waiting.send_modify(|count| *count -= 1);
            }
        });
        Worker { task, waiting }
    }
}
