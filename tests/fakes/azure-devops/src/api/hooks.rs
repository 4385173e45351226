//! Service hook subscriptions.

use std::collections::BTreeMap;

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Answer, Call, number, text};
use crate::Inner;
use crate::access::{DELETE_HOOKS, EDIT_HOOKS, VIEW_HOOKS};
use crate::payload::EVENTS;
use crate::reply::{error, forbidden, invalid, list as listed};
use crate::state::{State, Subscription};

/// The filters that events of the publisher `tfs` have (learn.microsoft.com, "Service hooks events", section "Settings" of
/// each event), and those that Azure DevOps adds itself.
const FILTERS: &[&str] = &[
    "projectId",
    "repository",
    "branch",
    "notificationType",
    "mergeResult",
    "pullrequestCreatedBy",
    "pullrequestReviewersContains",
    "pushedBy",
    "tfsSubscriptionId",
    "hostId",
];

/// The inputs of the action, and the values of those that are restricted (learn.microsoft.com, "Service hooks consumers",
/// section "Web hooks").
const INPUTS: &[(&str, &[&str])] = &[
    ("url", &[]),
    ("acceptUntrustedCerts", &["", "true", "false"]),
    ("basicAuthUsername", &[]),
    ("basicAuthPassword", &[]),
    ("httpHeaders", &[]),
    ("resourceDetailsToSend", &["", "all", "minimal", "none"]),
    ("messagesToSend", &["", "all", "text", "html", "markdown", "none"]),
    ("detailedMessagesToSend", &["", "all", "text", "html", "markdown", "none"]),
];

/// Refuses a user without a permission for service hooks.
fn allowed(state: &State, call: &Call, bit: u8) -> Result<(), Reply> {
    let user = state.user(&call.caller.user);
    let name = match bit {
        VIEW_HOOKS => "ViewSubscriptions",
        EDIT_HOOKS => "EditSubscriptions",
        _ => "DeleteSubscriptions",
    };
    if user.hooks & bit == bit { Ok(()) } else { Err(forbidden(&user.id, name)) }
}

fn absent(id: &str) -> Reply {
    error(404, "SubscriptionNotFoundException", &format!("The subscription {id} was not found."))
}

/// The members of an object, all of them texts.
fn texts(value: &Value) -> BTreeMap<String, String> {
    let all = value.as_object().into_iter().flatten();
    all.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// The filters of a body: the project must exist, and the repository in it.
fn filters(state: &State, call: &Call) -> Result<BTreeMap<String, String>, Reply> {
    let inputs = texts(&call.body["publisherInputs"]);
    let given = |name: &str| inputs.get(name).filter(|value| !value.is_empty());
    if let Some(name) = inputs.keys().find(|name| !FILTERS.contains(&name.as_str())) {
        return Err(invalid(&format!("The publisher input '{name}' is not known.")));
    }
    let project = given("projectId").map(|id| {
        let found =
            state.project(&call.caller.organization, id).filter(|one| one.id.eq_ignore_ascii_case(id));
        found.ok_or_else(|| invalid(&format!("The project '{id}' does not exist.")))
    });
    let project = project.transpose()?;
    if let Some(id) = given("repository") {
        let found = state.repository(id).filter(|one| project.is_some_and(|it| it.id == one.project));
        found.ok_or_else(|| invalid(&format!("The repository '{id}' does not exist in the project.")))?;
    }
    Ok(inputs)
}

/// The inputs of the action: an address, and values that are known. Basic authentication needs HTTPS
/// (learn.microsoft.com, "Webhooks").
fn action(body: &Value) -> Result<BTreeMap<String, String>, Reply> {
    let inputs = texts(&body["consumerInputs"]);
    for (name, value) in &inputs {
        let Some((_, values)) = INPUTS.iter().find(|(known, _)| known == name) else {
            return Err(invalid(&format!("The consumer input '{name}' is not known.")));
        };
        if !values.is_empty() && !values.iter().any(|known| known.eq_ignore_ascii_case(value)) {
            return Err(invalid(&format!("The value of the consumer input '{name}' is not valid.")));
        }
        let credential = name.starts_with("basicAuth");
        if credential && (value.is_empty() || value.len() > 256 || value.contains(char::is_whitespace)) {
            return Err(invalid(&format!("The value of the consumer input '{name}' is not valid.")));
        }
    }
    let url = inputs.get("url").map(String::as_str).unwrap_or_default();
    let secure = url.starts_with("https://");
    if !secure && !url.starts_with("http://") {
        return Err(invalid("The consumer input 'url' is not an address."));
    }
    if inputs.contains_key("basicAuthPassword") && !secure {
        return Err(invalid("Basic authentication needs an address with https."));
    }
    Ok(inputs)
}

/// The version of payloads of an event, by default the newest one.
fn version(event: &str, body: &Value) -> String {
    let newest = if event.starts_with("ms.vss-code") {
        "2.0"
    } else if event.starts_with("git.p") {
        "1.0"
    } else {
        "1.0-preview.1"
    };
    body["resourceVersion"].as_str().filter(|it| !it.is_empty()).unwrap_or(newest).to_owned()
}

/// The event of a body for the one consumer that the fake knows.
fn event(body: &Value) -> Result<&str, Reply> {
    let known = [("publisherId", "tfs"), ("consumerId", "webHooks"), ("consumerActionId", "httpRequest")];
    if let Some((name, value)) = known.iter().find(|(name, value)| text(body, name) != *value) {
        return Err(invalid(&format!("The value of '{name}' is not '{value}'.")));
    }
    let event = text(body, "eventType");
    EVENTS
        .contains(&event)
        .then_some(event)
        .ok_or_else(|| invalid(&format!("The event type '{event}' is not known.")))
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    allowed(&state, call, VIEW_HOOKS)?;
    let fits = |name: &str, value: &str| call.query(name).is_none_or(|wanted| wanted == value);
    let all = state.subscriptions.iter().filter(|one| {
        fits("publisherId", "tfs")
            && fits("eventType", &one.event)
            && fits("consumerId", "webHooks")
            && fits("consumerActionId", "httpRequest")
    });
    Ok(listed(&all.map(|one| fake.subscription(&state, one)).collect::<Vec<_>>()))
}

/// Subscriptions by filters: each has conditions, all of which must apply (REST API 7.1, "Subscriptions - Query").
pub(super) fn query(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    allowed(&state, call, VIEW_HOOKS)?;
    let body = &call.body;
    let named = |name: &str, value: &str| body[name].as_str().is_none_or(|wanted| wanted == value);
    let filtered = |list: &str, value: &dyn Fn(&str) -> String| {
        let filters = body[list].as_array().cloned().unwrap_or_default();
        let applies = |filter: &Value| {
            filter["conditions"].as_array().into_iter().flatten().all(|it| {
                let same = value(text(it, "inputId")).eq_ignore_ascii_case(text(it, "inputValue"));
                same != text(it, "operator").eq_ignore_ascii_case("notEquals")
            })
        };
        filters.is_empty() || filters.iter().any(applies)
    };
    let all = state.subscriptions.iter().filter(|one| {
        named("publisherId", "tfs")
            && named("eventType", &one.event)
            && named("consumerId", "webHooks")
            && named("consumerActionId", "httpRequest")
            && filtered("publisherInputFilters", &|name| one.filter(name).to_owned())
            && filtered("consumerInputFilters", &|name| one.input(name).to_owned())
    });
    let mut shown = body.clone();
    shown["results"] = all.map(|one| fake.subscription(&state, one)).collect();
    Ok(Reply::json(200, &shown))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    allowed(&state, call, VIEW_HOOKS)?;
    let id = call.parameter("subscriptionId");
    let found =
        state.subscriptions.iter().find(|one| one.id.eq_ignore_ascii_case(id)).ok_or_else(|| absent(id))?;
    Ok(Reply::json(200, &fake.subscription(&state, found)))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    allowed(&state, call, EDIT_HOOKS)?;
    let event = event(&call.body)?;
    let (publisher_inputs, consumer_inputs) = (filters(&state, call)?, action(&call.body)?);
    let new = Subscription {
        id: state.guid("d4"),
        status: "enabled",
        event: event.to_owned(),
        version: version(event, &call.body),
        publisher_inputs,
        consumer_inputs,
        author: call.caller.user.clone(),
        created_at: clock::now(),
        modified_at: clock::now(),
        probation_retries: 0,
        notifications: 0,
    };
    state.subscriptions.push(new.clone());
    Ok(Reply::json(200, &fake.subscription(&state, &new)))
}

/// Replaces all of a subscription; without a status it is enabled. A masked password keeps the former one.
pub(super) fn replace(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    allowed(&state, call, EDIT_HOOKS)?;
    let event = event(&call.body)?.to_owned();
    let (publisher_inputs, mut consumer_inputs) = (filters(&state, call)?, action(&call.body)?);
    let status = match call.body["status"].as_str() {
        None | Some("enabled") => "enabled",
        Some("disabledByUser") => "disabledByUser",
        Some(other) => return Err(invalid(&format!("A subscription cannot be set to '{other}'."))),
    };
    let id = call.parameter("subscriptionId");
    let version = version(&event, &call.body);
    let found = state.subscription(id).ok_or_else(|| absent(id))?;
    if let Some(password) = consumer_inputs.get_mut("basicAuthPassword").filter(|it| *it == "********") {
        found.input("basicAuthPassword").clone_into(password);
    }
    (found.event, found.version, found.status, found.probation_retries) = (event, version, status, 0);
    (found.publisher_inputs, found.consumer_inputs) = (publisher_inputs, consumer_inputs);
    found.modified_at = clock::now();
    let found = found.clone();
    Ok(Reply::json(200, &fake.subscription(&state, &found)))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    allowed(&state, call, DELETE_HOOKS)?;
    let id = call.parameter("subscriptionId");
    state.subscription(id).ok_or_else(|| absent(id))?;
    state.subscriptions.retain(|one| !one.id.eq_ignore_ascii_case(id));
    Ok(Reply::empty(204))
}

/// The notifications of a subscription that were sent, newest first.
pub(super) fn notifications(fake: &Inner, call: &Call) -> Answer {
    allowed(&fake.state(), call, VIEW_HOOKS)?;
    let id = call.parameter("subscriptionId");
    let wanted = call.query("result");
    let log = fake.outbox.log();
    let shown = |one: &&crate::Delivery| {
        let result = if one.is_accepted() { "succeeded" } else { "failed" };
        let of = one.subscription.eq_ignore_ascii_case(id) && wanted.is_none_or(|it| it == result);
        of.then(|| {
            json!({
                "id": one.notification, "subscriptionId": one.subscription, "eventId": one.payload["id"],
                "status": "completed", "result": result, "createdDate": one.sent_at, "modifiedDate": one.sent_at,
            })
        })
    };
    let all: Vec<Value> =
        log.iter().rev().filter_map(|one| shown(&one)).take(number(call, "maxResults", 100)).collect();
    Ok(listed(&all))
}
