//! Who may do what: every operation of the description, for everybody.

use axum::http::{StatusCode, header};
use palisade_service::{Action, allowed, scopes};
use palisade_store::Role;

use crate::document::operations;
use crate::world::World;

fn action(name: &str) -> Action {
    Action::ALL.into_iter().find(|it| it.name() == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_passes_without_a_token_that_holds() {
    let world = World::start().await;
    let expired = world.expired().await;
    let disabled = world.token("gone", Role::Admin, None, None).await;
    let people = world.service.store().people();
    let mut user = people.by_name("gone").await.unwrap().unwrap();
    user.disabled = true;
    people.update(user).await.unwrap();
    let unknown = format!("pal_{}", "0".repeat(64));
    let wrong =
        [None, Some("hello"), Some(unknown.as_str()), Some(expired.as_str()), Some(disabled.as_str())];
    let first = world.ask(None, "GET", "/api/v1/status", "").await.text;
    for operation in operations() {
        for token in wrong {
            let reply = world.ask(token, &operation.method, &operation.anywhere(), "{}").await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{}", operation.id);
            assert_eq!(reply.text, first, "{}: what is wrong with a token can be told", operation.id);
            assert!(reply.headers.contains_key(header::WWW_AUTHENTICATE));
        }
    }
    assert!(world.service.store().audit().list(None, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_passes_where_it_may() {
    let world = World::start().await;
    for (name, role) in
        [("v", Role::Viewer), ("t", Role::Triager), ("i", Role::Integrator), ("a", Role::Admin)]
    {
        let whole = world.token(name, role, None, None).await;
        let bare = world.token(&format!("{name} bare"), role, Some(&[]), None).await;
        // Scopes beyond the role give nothing.
        let all = Action::ALL.map(Action::name);
        let beyond = world.token(&format!("{name} beyond"), role, Some(&all), None).await;
        for operation in operations() {
            let (needs, path) = (action(&operation.action), operation.anywhere());
            let passes = allowed(role, &scopes(role), needs);
            for (token, passes) in [(&whole, passes), (&beyond, passes), (&bare, false)] {
                let reply = world.ask(Some(token), &operation.method, &path, "{}").await;
                let stopped = reply.status == StatusCode::FORBIDDEN;
                assert_eq!(stopped, !passes, "{name} {}: {} {}", operation.id, reply.status, reply.text);
                assert_ne!(reply.status, StatusCode::UNAUTHORIZED, "{name} {}", operation.id);
                assert!(!reply.status.is_server_error(), "{}: {}", operation.id, reply.text);
            }
        }
    }
    // Nothing that was asked for was there, so nothing was changed.
    assert!(world.service.store().audit().list(None, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_none_that_may_do_more() {
    let world = World::start().await;
    let narrow = world.token("narrow", Role::Admin, Some(&["read", "triage"]), None).await;
    for (scope, expected) in [
        ("read", StatusCode::CREATED),
        ("triage", StatusCode::CREATED),
        ("integrate", StatusCode::UNPROCESSABLE_ENTITY),
        ("administer", StatusCode::UNPROCESSABLE_ENTITY),
        ("everything", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let body = serde_json::json!({ "name": format!("of {scope}"), "scopes": [scope] }).to_string();
        let reply = world.ask(Some(&narrow), "POST", "/api/v1/me/tokens", &body).await;
        assert_eq!(reply.status, expected, "{scope}: {}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_others_are_left_alone() {
    let world = World::start().await;
    let (one, other) = (
        world.token("one", Role::Viewer, None, None).await,
        world.token("other", Role::Viewer, None, None).await,
    );
    let mine = world.ask(Some(&one), "GET", "/api/v1/me/tokens", "").await.json();
    let path = format!("/api/v1/me/tokens/{}", mine["items"][0]["id"].as_str().unwrap());
    assert_eq!(world.ask(Some(&other), "DELETE", &path, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.ask(Some(&one), "DELETE", &path, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.ask(Some(&one), "GET", "/api/v1/me", "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let world = World::start().await;
    let id = world.get("/me").await["id"].as_str().unwrap().to_owned();
    let path = format!("/users/{id}");
    for (method, body) in [
        ("PATCH", serde_json::json!({ "role": "viewer" })),
        ("PATCH", serde_json::json!({ "disabled": true })),
        ("DELETE", serde_json::Value::Null),
    ] {
        let reply = world.call(method, &path, body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    }
    world.token("second", Role::Admin, None, None).await;
    assert_eq!(
        world.call("PATCH", &path, serde_json::json!({ "role": "viewer" })).await.status,
        StatusCode::OK
    );
}
