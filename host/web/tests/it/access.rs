//! Permissions: every operation of the description, for every role.

use axum::http::{StatusCode, header};
use palisade_service::{Action, allowed, scopes};
use palisade_store::Role;
use secrecy::ExposeSecret as _;

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
    let people = world.store.people();
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
    assert!(world.store.audit().list(None, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_passes_where_it_may() {
    let world = World::start().await;
    for (name, role) in
        [("v", Role::Viewer), ("t", Role::Triager), ("i", Role::Integrator), ("a", Role::Admin)]
    {
        let whole = world.token(name, role, None, None).await;
        let bare = world.token(&format!("{name} bare"), role, Some(&[]), None).await;
        // Scopes beyond the role have no effect.
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
    // No object of the requests existed, so nothing was changed.
    assert!(world.store.audit().list(None, 10).await.unwrap().is_empty());
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

/// Deletion of tokens: token of the request × scopes of the deleted token × status.
#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_token_needs_its_scopes() {
    let world = World::start().await;
    let all = ["read", "triage", "integrate", "administer"];
    let people = world.store.people();
    let user = people.create("owner", Role::Admin).await.unwrap();
    let make = async |scopes: &[&str]| {
        let scopes: Vec<String> = scopes.iter().map(|it| (*it).to_owned()).collect();
        let made = people.create_token(&user.id, "some token", &scopes, None).await.unwrap();
        (made.token.id, made.text)
    };
    let mut table = Vec::new();
    let cases: [(&[&str], &[&str], u16); 6] = [
        (&["read"], &["read"], 204),
        (&["read"], &["read", "triage"], 403),
        (&["read"], &all, 403),
        (&["read", "administer"], &all, 403),
        (&all, &all, 204),
        (&all, &["read"], 204),
    ];
    for (by, scopes, expected) in cases {
        let ((_, by_text), (id, text)) = (make(by).await, make(scopes).await);
        let path = format!("/api/v1/me/tokens/{id}");
        let reply = world.ask(Some(by_text.expose_secret()), "DELETE", &path, "").await;
        table.push((by, scopes, reply.status.as_u16(), expected));
        // A token that was not deleted still works.
        let works =
            world.ask(Some(text.expose_secret()), "GET", "/api/v1/me", "").await.status == StatusCode::OK;
        assert_eq!(works, expected == 403, "{by:?} {scopes:?}: {}", reply.text);
    }
    for (by, scopes, found, expected) in &table {
        println!("DELETE /me/tokens/ID with {by:?} of {scopes:?}: {found}");
        assert_eq!(found, expected, "{by:?} {scopes:?}");
    }
    // A token can delete itself, whatever its scopes are.
    for scopes in [&["read"][..], &all] {
        let (id, text) = make(scopes).await;
        let reply =
            world.ask(Some(text.expose_secret()), "DELETE", &format!("/api/v1/me/tokens/{id}"), "").await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
    }
    // Scopes that the role does not allow any more do not prevent a deletion.
    let (old, _) = make(&all).await;
    let (_, read) = make(&["read"]).await;
    people.update(palisade_store::entity::user::Model { role: Role::Viewer, ..user.clone() }).await.unwrap();
    let reply =
        world.ask(Some(read.expose_secret()), "DELETE", &format!("/api/v1/me/tokens/{old}"), "").await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
}

/// The expiry of new tokens by the token of the request, on both routes.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_none_that_outlives_it() {
    let world = World::start().await;
    let id = world.get("/me").await["id"].as_str().unwrap().to_owned();
    let scopes = scopes(Role::Admin);
    let at = |hours: i64| palisade_store::now_ms() + hours * 3_600_000;
    let text = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
    let own = at(1);
    let people = world.store.people();
    let short = people.create_token(&id, "an hour", &scopes, Some(own)).await.unwrap().text;
    for path in ["/api/v1/me/tokens".to_owned(), format!("/api/v1/users/{id}/tokens")] {
        for (by, asked, expected) in [
            (short.expose_secret(), None, Ok(Some(own))),
            (short.expose_secret(), Some(own - 60_000), Ok(Some(own - 60_000))),
            (short.expose_secret(), Some(own + 1), Err(StatusCode::UNPROCESSABLE_ENTITY)),
            (world.admin.as_str(), None, Ok(None)),
            (world.admin.as_str(), Some(at(24 * 365)), Ok(Some(at(24 * 365)))),
        ] {
            let body =
                serde_json::json!({ "name": "new", "scopes": ["read"], "expires_at": asked.map(text) });
            let reply = world.ask(Some(by), "POST", &path, &body.to_string()).await;
            match expected {
                Err(status) => assert_eq!(reply.status, status, "{path} {asked:?}: {}", reply.text),
                Ok(expires) => {
                    assert_eq!(reply.status, StatusCode::CREATED, "{path} {asked:?}: {}", reply.text);
                    let found = &reply.json()["expires_at"];
                    match expires {
                        None => assert!(found.is_null(), "{path}: {found}"),
                        // The expiry is relative to the current time, which advances during the test.
                        Some(expires) => {
                            let found: jiff::Timestamp = found.as_str().unwrap().parse().unwrap();
                            assert!((found.as_millisecond() - expires).abs() < 60_000, "{path}: {found}");
                        }
                    }
                }
            }
        }
        // Neither route creates a token with more scopes.
        let narrow =
            people.create_token(&id, "narrow", &["read".into(), "administer".into()], None).await.unwrap();
        let body = serde_json::json!({ "name": "wide", "scopes": ["integrate"] }).to_string();
        let reply = world.ask(Some(narrow.text.expose_secret()), "POST", &path, &body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", reply.text);
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
