//! Deliveries: signed, sent and stored.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use palisade_fake_host::{Outgoing, clock, guid};
use serde_json::Value;
use sha2::Sha256;

use crate::Inner;
use crate::state::Hook;

/// A delivery that was attempted. It holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct Delivery {
    /// Number of this attempt.
    pub id: u64,
    /// Number of its hook.
    pub hook: u64,
    /// `Idempotency-Key` and `webhook-id`, which all attempts at one delivery share.
    pub guid: String,
    /// `X-Gitlab-Event`.
    pub event: String,
    /// When it was sent, RFC 3339.
    pub delivered_at: String,
    /// How long the response took.
    pub duration: Duration,
    /// The status of the response; 0 if there was none.
    pub status_code: u16,
    /// The address it was sent to.
    pub url: String,
    /// The headers that were sent.
    pub headers: BTreeMap<String, String>,
    /// The payload that was sent.
    pub payload: Value,
    /// The body of the response, or why there was none.
    pub answer: String,
}

/// A delivery to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Number of its hook.
    pub(crate) hook: u64,
    pub(crate) event: String,
    pub(crate) payload: Value,
    /// `Idempotency-Key`.
    pub(crate) id: String,
    /// Whether it is sent although the hook is disabled: a test, or a delivery that is sent again.
    pub(crate) forced: bool,
}

/// The key of a signing token: Base64 after `whsec_` (docs.gitlab.com, "Webhooks", section "Signing tokens"; Standard
/// Webhooks, section "Signature scheme").
pub fn key(signing_token: &str) -> Option<Vec<u8>> {
    STANDARD.decode(signing_token.strip_prefix("whsec_")?).ok()
}

/// `webhook-signature` of a delivery; `None` if the signing token is invalid.
pub fn signature(signing_token: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key(signing_token)?).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// The headers of a delivery (docs.gitlab.com, "Webhooks", section "Delivery headers").
fn headers(fake: &Inner, hook: &Hook, order: &Order, body: &[u8]) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = hook.headers.iter().cloned().collect();
    let pairs = [
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitLab/19.5.1-ee".to_owned()),
        ("Idempotency-Key", order.id.clone()),
        ("X-Gitlab-Event", order.event.clone()),
        ("X-Gitlab-Event-UUID", guid()),
        ("X-Gitlab-Webhook-UUID", guid()),
        ("X-Gitlab-Instance", fake.url.clone()),
    ];
    all.extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)));
    if let Some(token) = &hook.token {
        all.insert("X-Gitlab-Token".to_owned(), token.clone());
    }
    let timestamp = clock::seconds().to_string();
    let signed = hook.signing_token.as_ref().and_then(|token| signature(token, &order.id, &timestamp, body));
    if let Some(signature) = signed {
        all.insert("webhook-id".to_owned(), order.id.clone());
        all.insert("webhook-timestamp".to_owned(), timestamp);
        all.insert("webhook-signature".to_owned(), signature);
    }
    all
}

/// Sends a delivery once, and waits ten seconds for a response. GitLab does not repeat a delivery that failed; it counts
/// the failure (docs.gitlab.com, "Webhooks", section "Auto-disabled webhooks"). `None` if the hook no longer exists or
/// is disabled. Its address and its secrets are those at this time.
pub(crate) async fn deliver(fake: &Inner, order: Order) -> Option<Delivery> {
    let (hook, ca) = {
        let state = fake.state();
        (state.hooks.get(&order.hook)?.clone(), state.ca.clone())
    };
    if hook.alert_status() != "executable" && !order.forced {
        return None;
    }
    let body = order.payload.to_string().into_bytes();
    let headers = headers(fake, &hook, &order, &body);
    let outgoing = Outgoing { url: hook.url, ca, headers, body, timeout: Duration::from_secs(10) };
    let attempt = outgoing.send().await;
    let (status_code, answer) = attempt.response.unwrap_or_else(|why| (0, why));
    // The log is ordered by number: nothing else gets one in between.
    let mut state = fake.state();
    if let Some(hook) = state.hooks.get_mut(&order.hook) {
        // A redirection is a success, although it is not followed.
        hook.count((200..400).contains(&status_code));
    }
    let delivery = Delivery {
        id: state.next(),
        hook: order.hook,
        guid: order.id,
        event: order.event,
        delivered_at: attempt.sent_at,
        duration: attempt.duration,
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
    use super::{key, signature};

    /// The example of Standard Webhooks, section "Verifying signatures".
    #[test]
    fn the_published_vector() {
        let token = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let made = signature(token, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b"{\"test\": 2432232314}");
        assert_eq!(made.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), None);
    }
}
