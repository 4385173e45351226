//! Deliveries: signed, sent and stored.

use std::collections::BTreeMap;
use std::time::Duration;

use palisade_fake_host::{Outgoing, signature};
use serde_json::Value;

use crate::Inner;

/// A delivery that was attempted.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Number of this attempt.
    pub id: u64,
    /// The id that all attempts at one delivery share.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The `action` of the payload.
    pub action: Option<String>,
    /// Number of its installation.
    pub installation: Option<u64>,
    /// Number of its repository.
    pub repository: Option<u64>,
    /// Whether it is a redelivery.
    pub redelivery: bool,
    /// When it was sent, RFC 3339.
    pub delivered_at: String,
    /// How long the response took.
    pub duration: Duration,
    /// The status of the response in words, or the error.
    pub status: String,
    /// The status of the response; 502 if there was none.
    pub status_code: u16,
    /// The address it was sent to.
    pub url: String,
    /// The headers that were sent.
    pub headers: BTreeMap<String, String>,
    /// The payload that was sent.
    pub payload: Value,
    /// The body of the response.
    pub answer: String,
}

/// A delivery to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) payload: Value,
    pub(crate) again: bool,
}

/// The headers of a delivery
/// (docs.github.com, "Webhook events and payloads", section "Delivery headers").
fn headers(fake: &Inner, order: &Order, secret: &str, body: &[u8]) -> BTreeMap<String, String> {
    let hook = "520000001";
    let pairs = [
        ("Accept", "*/*".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitHub-Hookshot/fa4e001".to_owned()),
        ("X-GitHub-Delivery", order.guid.clone()),
        ("X-GitHub-Event", order.event.clone()),
        ("X-GitHub-Hook-ID", hook.to_owned()),
        ("X-GitHub-Hook-Installation-Target-ID", fake.app.id.to_string()),
        ("X-GitHub-Hook-Installation-Target-Type", "integration".to_owned()),
        ("X-GitHub-Enterprise-Host", "localhost".to_owned()),
        ("X-GitHub-Enterprise-Version", "3.20.0".to_owned()),
        ("X-Hub-Signature-256", signature(secret, body)),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Sends a delivery once, as GitHub does not retry, and waits ten seconds for a response. `None` if no webhook is
/// configured.
pub(crate) async fn deliver(fake: &Inner, order: Order) -> Option<Delivery> {
    let (hook, secret) = {
        let state = fake.state();
        (state.hook.clone(), state.webhook_secret.clone())
    };
    let url = hook.url?;
    let body = order.payload.to_string().into_bytes();
    let secret = secret.as_deref().unwrap_or(&fake.app.webhook_secret);
    let headers = headers(fake, &order, secret, &body);
    let outgoing = Outgoing { url, ca: hook.ca, headers, body, timeout: Duration::from_secs(10) };
    let attempt = outgoing.send().await;
    let (status, status_code, answer) = match attempt.response {
        Ok((code, answer)) if code < 400 => ("OK".to_owned(), code, answer),
        Ok((code, answer)) => (format!("Invalid HTTP Response: {code}"), code, answer),
        Err(why) => (why, 502, String::new()),
    };
    // The log is ordered by number: nothing else gets one in between.
    let mut state = fake.state();
    let delivery = Delivery {
        id: state.next(),
        guid: order.guid,
        event: order.event,
        action: crate::state::text(&order.payload, "action"),
        installation: order.payload["installation"]["id"].as_u64(),
        repository: order.payload["repository"]["id"].as_u64(),
        redelivery: order.again,
        delivered_at: attempt.sent_at,
        duration: attempt.duration,
        status,
        status_code,
        url: outgoing.url,
        headers: outgoing.headers,
        payload: order.payload,
        answer,
    };
    fake.outbox.log().push(delivery.clone());
    Some(delivery)
}

#[cfg(test)]
mod test {
    /// The example of GitHub's page "Validating webhook deliveries".
    #[test]
    fn the_published_vector() {
        let expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(super::signature("It's a Secret to Everybody", b"Hello, World!"), expected);
    }
}
