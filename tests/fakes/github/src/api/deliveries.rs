//! The webhook of the App and its deliveries.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::Call;
use crate::Inner;
use crate::delivery::{Delivery, Order};
use crate::reply::{message, not_found};
use crate::state::text;

pub(super) fn config(fake: &Inner, _: &Call) -> Reply {
    let url = fake.state().hook.url.clone().unwrap_or_default();
    Reply::json(
        200,
        &json!({ "content_type": "json", "insecure_ssl": "0", "secret": "********", "url": url }),
    )
}

pub(super) fn configure(fake: &Inner, call: &Call) -> Reply {
    let mut state = fake.state();
    if let Some(url) = text(&call.body, "url") {
        state.hook.url = Some(url);
    }
    if let Some(secret) = text(&call.body, "secret") {
        state.webhook_secret = Some(secret);
    }
    drop(state);
    config(fake, call)
}

/// A delivery without its request and response.
fn item(one: &Delivery) -> Value {
    json!({
        "id": one.id, "guid": one.guid, "delivered_at": one.delivered_at, "redelivery": one.redelivery,
        "duration": one.duration.as_secs_f64(), "status": one.status, "status_code": one.status_code,
        "event": one.event, "action": one.action, "installation_id": one.installation,
        "repository_id": one.repository, "throttled_at": null,
    })
}

pub(super) fn list(fake: &Inner, call: &Call) -> Reply {
    let size = call.query("per_page").and_then(|text| text.parse().ok()).unwrap_or(30_usize).clamp(1, 100);
    let before: u64 = match call.query("cursor").map(str::parse) {
        None => u64::MAX,
        Some(Ok(id)) => id,
        Some(Err(_)) => return message(400, "Invalid cursor"),
    };
    let failed = |one: &Delivery| !(200..400).contains(&one.status_code);
    let log = fake.outbox.log();
    let mut rest = log
        .iter()
        .rev()
        .filter(|one| one.id < before)
        .filter(|one| call.query("status").is_none_or(|status| (status == "failure") == failed(one)));
    let page: Vec<&Delivery> = rest.by_ref().take(size).collect();
    let reply = Reply::json(200, &page.iter().map(|one| item(one)).collect());
    match (rest.next(), page.last()) {
        (Some(_), Some(last)) => {
            let address = format!("{}{}?per_page={size}&cursor={}", fake.api_url, call.path, last.id);
            reply.header("link", format!("<{address}>; rel=\"next\""))
        }
        _ => reply,
    }
}

pub(super) fn one(fake: &Inner, call: &Call) -> Reply {
    let log = fake.outbox.log();
    let Some(one) = log.iter().find(|one| one.id == call.number("delivery_id")) else {
        return not_found();
    };
    let mut all = item(one);
    all["url"] = json!(one.url);
    all["request"] = json!({ "headers": one.headers, "payload": one.payload });
    all["response"] = json!({ "headers": {}, "payload": one.answer });
    Reply::json(200, &all)
}

pub(super) fn again(fake: &Inner, call: &Call) -> Reply {
    let found = fake.outbox.log().iter().find(|one| one.id == call.number("delivery_id")).cloned();
    let Some(old) = found else { return not_found() };
    fake.outbox.enqueue(Order { guid: old.guid, event: old.event, payload: old.payload, again: true });
    Reply::json(202, &json!({}))
}
