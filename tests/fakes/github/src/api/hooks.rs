//! Webhooks of an organisation.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::Call;
use super::page::Page;
use crate::Inner;
use crate::reply::{message, not_found};
use crate::state::{OrganizationHook, text};

fn shown(one: &OrganizationHook) -> Value {
    json!({
        "id": one.id, "name": "web", "active": one.active, "events": one.events, "type": "Organization",
        "url": "", "ping_url": "", "created_at": one.created_at, "updated_at": one.created_at,
        "config": { "url": one.url, "content_type": "json", "insecure_ssl": "0", "secret": "********" },
    })
}

pub(super) fn list(fake: &Inner, call: &Call) -> Reply {
    let state = fake.state();
    let ours = state.organization_hooks.values().filter(|one| one.organization == call.parameter("org"));
    let all = ours.map(shown).collect();
    drop(state);
    Page::of(fake, call, all).list()
}

fn change(one: &mut OrganizationHook, body: &Value) {
    if let Some(url) = text(&body["config"], "url") {
        one.url = url;
    }
    if let Some(active) = body["active"].as_bool() {
        one.active = active;
    }
    if let Some(events) = body["events"].as_array() {
        one.events = events.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    }
}

pub(super) fn create(fake: &Inner, call: &Call) -> Reply {
    if call.body["name"] != "web" {
        return message(422, "Validation Failed");
    }
    let mut state = fake.state();
    let id = state.next();
    let mut one = OrganizationHook {
        id,
        organization: call.parameter("org").to_owned(),
        url: String::new(),
        active: true,
        events: vec!["push".to_owned()],
        created_at: palisade_fake_host::clock::now(),
    };
    change(&mut one, &call.body);
    let reply = Reply::json(201, &shown(&one));
    state.organization_hooks.insert(id, one);
    reply
}

pub(super) fn update(fake: &Inner, call: &Call) -> Reply {
    let mut state = fake.state();
    let Some(one) = state.organization_hooks.get_mut(&call.number("hook_id")) else { return not_found() };
    change(one, &call.body);
    Reply::json(200, &shown(one))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Reply {
    match fake.state().organization_hooks.remove(&call.number("hook_id")) {
        Some(_) => Reply::empty(204),
        None => not_found(),
    }
}
