//! Deliveries of service hooks: authenticated, sent, retried and stored.

use std::collections::BTreeMap;
use std::time::Duration;

use palisade_fake_host::{Attempt, Outgoing, guid};
use serde_json::Value;

use crate::Inner;
use crate::payload::Event;

/// The number of retries after a transient failure (learn.microsoft.com, "Troubleshoot service hooks", section "Transient
/// failures"), with the pauses before them: 10 ms and so on where Azure DevOps waits one second and so on.
const PAUSES: [u64; 8] = [10, 20, 40, 80, 160, 320, 320, 320];

/// The number of retries on probation after which a subscription is disabled (the same page, section "Probation").
pub(crate) const PROBATION_RETRIES: u64 = 7;

/// A notification that was sent.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// GUID of the subscription.
    pub subscription: String,
    /// Number of the notification within the subscription.
    pub notification: u64,
    /// The kind of event.
    pub event: String,
    /// When it was first sent, RFC 3339.
    pub sent_at: String,
    /// The address it was sent to.
    pub url: String,
    /// The headers that were sent.
    pub headers: BTreeMap<String, String>,
    /// The payload that was sent.
    pub payload: Value,
    /// The status of each response; 0 if there was none.
    pub statuses: Vec<u16>,
}

impl Delivery {
    /// Whether the last response was a success.
    pub fn is_accepted(&self) -> bool {
        self.statuses.last().is_some_and(|status| (200..300).contains(status))
    }
}

/// A notification to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) subscription: String,
    pub(crate) notification: u64,
    pub(crate) event: String,
    pub(crate) payload: Value,
}

/// The status of a response; 0 if there was none.
fn status(attempt: &Attempt) -> u16 {
    attempt.response.as_ref().map_or(0, |(status, _)| *status)
}

/// Whether a notification is sent again. A lost connection counts as transient too.
fn is_transient(status: u16) -> bool {
    [0, 408, 502, 503, 504].contains(&status)
}

impl Inner {
    /// Sends an event in the background to all enabled subscriptions that ask for it. One on probation loses new events
    /// ("Troubleshoot service hooks", section "Probation").
    pub(crate) fn emit(&self, event: &Event) {
        let mut state = self.state();
        let Some(facts) = self.facts(&state, event) else { return };
        let id = guid();
        for index in 0..state.subscriptions.len() {
            let one = &mut state.subscriptions[index];
            if one.status != "enabled" || !facts.fit(one) {
                continue;
            }
            one.notifications += 1;
            let payload = self.payload(&facts, one, &id);
            self.outbox.enqueue(Order {
                subscription: one.id.clone(),
                notification: one.notifications,
                event: facts.event.clone(),
                payload,
            });
        }
    }

    /// The request of a notification; `None` if its subscription was deleted. It has no signature, only Basic
    /// authentication and headers that the subscription defines ("Service hooks consumers", section "Web hooks").
    fn outgoing(&self, order: &Order) -> Option<Outgoing> {
        let mut state = self.state();
        let ca = state.ca.clone();
        let one = state.subscription(&order.subscription)?;
        let mut headers: BTreeMap<String, String> = [
            ("Content-Type", "application/json; charset=utf-8".to_owned()),
            ("User-Agent", "VSServices/19.260.36602.5 (w3wp.exe) (Service Hooks)".to_owned()),
            ("X-VSS-ActivityId", guid()),
            ("X-VSS-SubscriptionId", one.id.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let (user, password) = (one.input("basicAuthUsername"), one.input("basicAuthPassword"));
        if !user.is_empty() || !password.is_empty() {
            let pair = data_encoding::BASE64.encode(format!("{user}:{password}").as_bytes());
            headers.insert("Authorization".to_owned(), format!("Basic {pair}"));
        }
        for (name, value) in one.input("httpHeaders").lines().filter_map(|line| line.split_once(':')) {
            headers.insert(name.trim().to_owned(), value.trim().to_owned());
        }
        let (url, body) = (one.input("url").to_owned(), order.payload.to_string().into_bytes());
        Some(Outgoing { url, ca, headers, body, timeout: Duration::from_secs(20) })
    }

    /// Sends a notification, again after transient failures, and changes the subscription by the outcome.
    pub(crate) async fn deliver(&self, order: Order) -> Option<Delivery> {
        let outgoing = self.outgoing(&order)?;
        let first = outgoing.send().await;
        let mut statuses = vec![status(&first)];
        for pause in PAUSES {
            if !statuses.last().is_some_and(|last| is_transient(*last)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
            statuses.push(status(&outgoing.send().await));
        }
        Some(self.settle(order, &outgoing, first.sent_at, statuses, false))
    }

    /// Sends the notification that put a subscription on probation once more.
    pub(crate) async fn retry(&self, old: Delivery) -> Option<Delivery> {
        let Delivery { subscription, notification, event, payload, .. } = old;
        let order = Order { subscription, notification, event, payload };
        let outgoing = self.outgoing(&order)?;
        let attempt = outgoing.send().await;
        let statuses = vec![status(&attempt)];
        Some(self.settle(order, &outgoing, attempt.sent_at, statuses, true))
    }

    /// Stores a delivery, and changes the subscription: 410 disables it, another failure puts it on probation, where the
    /// seventh failed retry disables it, and a success enables it ("Troubleshoot service hooks").
    fn settle(
        &self,
        order: Order,
        outgoing: &Outgoing,
        sent_at: String,
        statuses: Vec<u16>,
        retried: bool,
    ) -> Delivery {
        let Order { subscription, notification, event, payload } = order;
        let (url, headers) = (outgoing.url.clone(), outgoing.headers.clone());
        let done = Delivery { subscription, notification, event, sent_at, url, headers, payload, statuses };
        let mut state = self.state();
        if let Some(one) = state.subscription(&done.subscription) {
            let retried = retried && one.status == "onProbation";
            match done.statuses.last() {
                Some(410) => one.status = "disabledBySystem",
                _ if done.is_accepted() && retried => (one.status, one.probation_retries) = ("enabled", 0),
                _ if done.is_accepted() => {}
                _ if retried => {
                    one.probation_retries += 1;
                    if one.probation_retries >= PROBATION_RETRIES {
                        one.status = "disabledBySystem";
                    }
                }
                _ if one.status == "enabled" => one.status = "onProbation",
                _ => {}
            }
        }
        drop(state);
        self.outbox.log().push(done.clone());
        done
    }
}
