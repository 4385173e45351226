//! Deliveries: signed, sent again after errors, and stored.

use std::collections::BTreeMap;
use std::time::Duration;

use palisade_fake_host::{Outgoing, signature};
use serde_json::Value;

use crate::Inner;

/// One attempt at a delivery, or a payload that was dropped.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `X-Event-Key`.
    pub event: String,
    /// `X-Request-UUID`, which all attempts at one delivery share.
    pub request: String,
    /// UUID of the webhook, in braces.
    pub hook: String,
    /// `X-Attempt-Number`, from 1; 0 for a payload that was dropped because it is too large.
    pub attempt: u32,
    /// The address it was sent to.
    pub url: String,
    /// The headers that were sent.
    pub headers: BTreeMap<String, String>,
    /// The payload.
    pub payload: Value,
    /// The status of the response; `None` if there was none.
    pub status: Option<u16>,
}

/// A delivery to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) event: String,
    pub(crate) request: String,
    pub(crate) hook: String,
    pub(crate) payload: Value,
}

/// The largest payload in bytes; a larger one is dropped and nobody is notified (support.atlassian.com, "Troubleshoot
/// webhooks").
const LARGEST: usize = 256 * 1024;

/// The number of attempts: after a status from 500 to 599 there are up to two more (the same page).
const ATTEMPTS: u32 = 3;

/// The pause between two attempts; Bitbucket documents none.
const PAUSE: Duration = Duration::from_millis(50);

/// The headers of an attempt (support.atlassian.com, "Event payloads", section "HTTP headers").
fn headers(order: &Order, attempt: u32, secret: Option<&str>, body: &[u8]) -> BTreeMap<String, String> {
    let pairs = [
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "Bitbucket-Webhooks/2.0".to_owned()),
        ("X-Attempt-Number", attempt.to_string()),
        ("X-Event-Key", order.event.clone()),
        ("X-Hook-UUID", order.hook.trim_matches(['{', '}']).to_owned()),
        ("X-Request-UUID", order.request.clone()),
    ];
    let signed = secret.map(|secret| ("X-Hub-Signature", signature(secret, body)));
    pairs.into_iter().chain(signed).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Sends a delivery to its webhook, which may have been deleted, disabled or given another secret in the meantime. The
/// response is awaited for ten seconds.
pub(crate) async fn deliver(fake: &Inner, order: Order) {
    let body = order.payload.to_string().into_bytes();
    for attempt in 1..=ATTEMPTS {
        let (hook, ca) = {
            let state = fake.state();
            let hook = state.hooks.iter().find(|hook| hook.uuid == order.hook && hook.active);
            let Some(hook) = hook.cloned() else { return };
            (hook, state.delivery_ca.clone())
        };
        let mut delivery = Delivery {
            event: order.event.clone(),
            request: order.request.clone(),
            hook: order.hook.clone(),
            attempt,
            url: hook.url.clone(),
            headers: BTreeMap::new(),
            payload: order.payload.clone(),
            status: None,
        };
        if body.len() > LARGEST {
            delivery.attempt = 0;
            fake.outbox.log().push(delivery);
            return;
        }
        let headers = headers(&order, attempt, hook.secret.as_deref(), &body);
        let timeout = Duration::from_secs(10);
        let outgoing = Outgoing { url: hook.url, ca, headers, body: body.clone(), timeout };
        delivery.status = outgoing.send().await.response.ok().map(|(status, _)| status);
        delivery.headers = outgoing.headers;
        let is_last = !delivery.status.is_some_and(|status| (500..600).contains(&status));
        fake.outbox.log().push(delivery);
        if is_last {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod test {
    /// The example of the page "Manage webhooks".
    #[test]
    fn the_published_vector() {
        let expected = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
        assert_eq!(super::signature("It's a Secret to Everybody", b"Hello World!"), expected);
    }
}
