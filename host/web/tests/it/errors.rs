//! Errors and their messages.

use std::fmt::Write as _;

use axum::http::{StatusCode, header};
use palisade_fake_github::{Fault, Rule};
use serde_json::{Value, json};

use crate::world::{Reply, World};

fn said(reply: &Reply) -> String {
    let body = reply.json();
    let error = body["error"].as_object().unwrap_or_else(|| panic!("{body} has no `error`"));
    let names: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(names, ["code", "field", "message"], "{body}");
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/json");
    let field = error["field"].as_str().unwrap_or("-");
    let code = error["code"].as_str().unwrap();
    format!("{} {code} {field}\n    {}", reply.status.as_u16(), error["message"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_wrong() {
    let world = World::start().await;
    let large = format!("{{\"name\": \"{}\", \"role\": \"viewer\"}}", "x".repeat(1 << 20));
    let mut table = String::new();
    for (method, path, body) in [
        ("GET", "/nothing", ""),
        ("PUT", "/users", "{}"),
        ("GET", "/users?limit=0", ""),
        ("GET", "/users?limit=many", ""),
        ("GET", "/users?page=2", ""),
        ("GET", "/pulls", ""),
        ("GET", "/checks", ""),
        ("GET", "/audit?after=x", ""),
        ("GET", "/users/none/tokens", ""),
        ("GET", "/sources/none", ""),
        ("GET", "/sources/%ff", ""),
        ("DELETE", "/tokens/none", ""),
        ("POST", "/deliveries/none/redeliver", ""),
        ("POST", "/users", ""),
        ("POST", "/users", "{"),
        ("POST", "/users", "[\"ann\", \"viewer\"]"),
        ("POST", "/users", "{\"name\": \"ann\", \"role\": \"viewer\"} {}"),
        ("POST", "/users", "{}"),
        ("POST", "/users", "{\"name\": \"ann\", \"role\": \"queen\"}"),
        ("POST", "/users", "{\"name\": 7, \"role\": \"viewer\"}"),
        ("POST", "/users", "{\"name\": \"ann\", \"role\": \"viewer\", \"shoes\": 2}"),
        ("POST", "/users", "{\"name\": \"root\", \"role\": \"viewer\"}"),
        ("POST", "/users", "{\"name\": \" \", \"role\": \"viewer\"}"),
        ("POST", "/users", large.as_str()),
        ("POST", "/me/tokens", "{\"name\": \"a\", \"scopes\": [], \"expires_at\": \"soon\"}"),
        ("POST", "/me/tokens", "{\"name\": \"a\", \"scopes\": [], \"expires_at\": \"2001-01-01T00:00:00Z\"}"),
        (
            "POST",
            "/connections",
            "{\"provider\": \"github\", \"name\": \"a\", \"settings\": {}, \"secrets\": \"hush\"}",
        ),
        (
            "POST",
            "/connections",
            "{\"provider\": \"github\", \"name\": \"a\", \"settings\": {}, \"secrets\": {\"k\": [\"hush\"]}}",
        ),
        (
            "POST",
            "/connections",
            "{\"provider\": \"cvs\", \"name\": \"a\", \"settings\": {}, \"secrets\": {}}",
        ),
        (
            "POST",
            "/connections",
            "{\"provider\": \"github\", \"name\": \"a\", \"settings\": {}, \"secrets\": {}}",
        ),
        ("POST", "/acceptances", "{\"integration\": \"none\", \"reason\": \"because\"}"),
        ("POST", "/acceptances", "{\"integration\": \"none\", \"control\": \"a\", \"reason\": \"because\"}"),
    ] {
        let reply = world.ask(Some(&world.admin), method, &format!("/api/v1{path}"), body).await;
        let body = if body.len() > 200 { "(1 MiB)" } else { body };
        assert!(!reply.text.contains("hush"), "a secret comes back: {}", reply.text);
        let _ = writeln!(table, "{method} {path} {body}\n  {}", said(&reply));
    }
    insta::assert_snapshot!(table);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_says_no() {
    let world = World::start().await;
    let reply = world.call("POST", "/connections", world.connection()).await;
    let path = format!("/connections/{}/test", reply.id());

    let again = world.call("POST", "/connections", world.connection()).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);

    let new = json!({ "connection": reply.id(), "name": "Nobody", "account": "nobody" });
    let absent = world.call("POST", "/integrations", new).await;
    assert_eq!(absent.json()["error"]["field"], "account");
    assert_eq!(absent.status, StatusCode::UNPROCESSABLE_ENTITY);

    world.fake.outage(true).await.unwrap();
    let away = world.call("POST", &path, Value::Null).await;
    assert_eq!(away.status, StatusCode::BAD_GATEWAY, "{}", away.text);
    assert_eq!(away.json()["error"]["code"], "provider_refused");
    world.fake.outage(false).await.unwrap();

    world.fake.fail(Rule::new("", "", 9, Fault::retry_after(429, "7")));
    let busy = world.call("POST", &path, Value::Null).await;
    world.fake.heal();
    assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE, "{}", busy.text);
    assert_eq!(
        (&busy.json()["error"]["code"], &busy.headers[header::RETRY_AFTER]),
        (&json!("provider_busy"), &"7".parse().unwrap())
    );
    // No request is sent to the provider before the pause is over.
    let asked = world.fake.requests().len();
    let busy = world.call("POST", &path, Value::Null).await;
    assert_eq!(busy.json()["error"]["code"], "provider_busy", "{}", busy.text);
    assert_eq!(world.fake.requests().len(), asked);
    world.kept_quiet();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_away() {
    let world = World::start().await;
    world.store.close().await.unwrap();
    let reply = world.call("GET", "/users", Value::Null).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{}", reply.text);
    assert_eq!(reply.json()["error"]["code"], "unavailable");
    assert!(reply.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_named() {
    let world = World::start().await;
    let reply = world.call("PUT", "/users", json!({})).await;
    assert_eq!(reply.headers[header::ALLOW], "GET, POST");
}
