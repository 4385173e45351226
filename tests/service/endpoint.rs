//! The responses of a webhook endpoint, and their cost.

use std::fs;
use std::path::PathBuf;

use palisade_fake_github::signature;
use palisade_service::Previous;
use palisade_store::{Page, testing};
use secrecy::SecretString;
use serde_json::Value;

use crate::world::{Kind, World};

async fn post(client: &reqwest::Client, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> u16 {
    let request = headers.iter().fold(client.post(url), |it, (name, value)| it.header(*name, *value));
    request.body(body).send().await.unwrap().status().as_u16()
}

/// A world with a connection, and the address of its webhook endpoint.
async fn opened(kind: Kind) -> Option<(World, String)> {
    let world = World::start(kind).await?;
    world.integrate().await;
    let connections = world.service.connections().list(&Page::first(1)).await.unwrap().items;
    let hook = connections[0].hook_url.clone();
    Some((world, hook))
}

async fn only_what_is_believed_costs_anything(kind: Kind) {
    let Some((world, hook)) = opened(kind).await else { return };
    let client = reqwest::Client::new();
    let secret = world.fake.app().webhook_secret.clone();
    let connection = hook.rsplit('/').next().unwrap();
    for value in ["the secret before the last", "the last secret", secret.as_str()] {
        let value = SecretString::from(value);
        world
            .service
            .connections()
            .rotate(connection, "webhook-secret", &value, Previous::Grace)
            .await
            .unwrap();
    }
    let body = br#"{"zen":"Keep it logically awesome."}"#.to_vec();
    let good = signature(&secret, &body);
    let event = ("x-github-event", "ping");
    let forged = [
        ("no signature", vec![event], body.clone(), hook.clone()),
        ("empty", vec![event, ("x-hub-signature-256", "")], body.clone(), hook.clone()),
        (
            "SHA-1 only",
            vec![event, ("x-hub-signature", "sha1=0123456789abcdef0123456789abcdef01234567")],
            body.clone(),
            hook.clone(),
        ),
        (
            "no prefix",
            vec![event, ("x-hub-signature-256", good.strip_prefix("sha256=").unwrap())],
            body.clone(),
            hook.clone(),
        ),
        ("another body", vec![event, ("x-hub-signature-256", &good)], b"{}".to_vec(), hook.clone()),
        (
            "twice",
            vec![event, ("x-hub-signature-256", &good), ("x-hub-signature-256", &good)],
            body.clone(),
            hook.clone(),
        ),
        ("cut", vec![event, ("x-hub-signature-256", &good[..40])], body.clone(), hook.clone()),
        (
            "another connection",
            vec![event, ("x-hub-signature-256", &good)],
            body.clone(),
            format!("{}/hooks/none", world.url),
        ),
    ];
    // A secret that was changed twice is invalid.
    let old = signature("the secret before the last", &body);
    let other = signature("another secret", &body);
    // Jobs of the set-up must end before statements are counted.
    let quiet = async || {
        let mut last = world.store.statements();
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
            let now = world.store.statements();
            if now == last {
                return now;
            }
            last = now;
        }
    };
    // The clock of the service and its heartbeat use the database now and then, so one round without a statement is
    // enough to show that these requests need none.
    let mut costs = Vec::new();
    for _ in 0..10 {
        let before = quiet().await;
        for (name, headers, body, url) in &forged {
            assert_eq!(post(&client, url, headers, body.clone()).await, 401, "{name}");
        }
        for signed in [&other, &old] {
            let headers = [event, ("x-hub-signature-256", signed.as_str())];
            assert_eq!(post(&client, &hook, &headers, body.clone()).await, 401);
        }
        costs.push(world.store.statements() - before);
        if costs.ends_with(&[0]) {
            break;
        }
    }
    assert!(costs.contains(&0), "{kind:?}: statements for what was forged: {costs:?}");
    let after = world.store.statements();
    // After a change of the secret, the previous one is still accepted.
    let last = signature("the last secret", &body);
    let headers = [event, ("x-hub-signature-256", last.as_str()), ("x-github-delivery", "d-0")];
    assert_eq!(post(&client, &hook, &headers, body.clone()).await, 202);
    let after = world.store.statements().max(after);
    // The positive control: accepted deliveries cause statements.
    let headers = [event, ("x-hub-signature-256", good.as_str()), ("x-github-delivery", "d-1")];
    assert_eq!(post(&client, &hook, &headers, body).await, 202);
    let counted = world.store.statements() - after;
    assert!(counted >= 2, "{kind:?}: only {counted} statements for what is believed");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_deliveries_cost_no_statement() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        only_what_is_believed_costs_anything(kind).await;
    }
}

/// The status of a delivery that is signed with a secret.
async fn signed_with(hook: &str, secret: &str) -> u16 {
    let body = br#"{"zen":"Keep it logically awesome."}"#.to_vec();
    let proof = signature(secret, &body);
    let id = palisade_store::new_id();
    let headers =
        [("x-github-event", "ping"), ("x-github-delivery", id.as_str()), ("x-hub-signature-256", &proof)];
    post(&reqwest::Client::new(), hook, &headers, body).await
}

/// The previous secret of a webhook is accepted for an hour at most, or not at all.
async fn the_previous_secret_ends(kind: Kind) {
    const NAME: &str = "webhook-secret";
    const PREVIOUS: &str = "webhook-secret-previous";
    let Some((world, hook)) = opened(kind).await else { return };
    let connection = hook.rsplit('/').next().unwrap();
    let store = &world.store;
    let kept = async || store.secret_get("connection", connection, PREVIOUS).await.unwrap().is_some();
    let rotate = async |name: &str, value: &str, previous: Previous| {
        world
            .service
            .connections()
            .rotate(connection, name, &SecretString::from(value), previous)
            .await
            .unwrap();
    };
    rotate(NAME, "one", Previous::Grace).await;
    rotate(NAME, "two", Previous::Grace).await;
    for (secret, expected) in [("two", 202), ("one", 202), (world.fake.app().webhook_secret.as_str(), 401)] {
        assert_eq!(signed_with(&hook, secret).await, expected, "{kind:?} {secret}");
    }
    // Almost an hour passes; other changes in the meantime do not extend it.
    assert_eq!(testing::age_secrets(store, PREVIOUS, 3_600_000 - 6_000).await.unwrap(), 1);
    let key = world.fake.app().private_key.clone();
    rotate("private-key", &key, Previous::Grace).await;
    assert_eq!(signed_with(&hook, "one").await, 202, "{kind:?}: some seconds are left");
    let begin = std::time::Instant::now();
    while signed_with(&hook, "one").await == 202 {
        assert!(begin.elapsed().as_secs() < 20, "{kind:?}: it is believed after its hour");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(signed_with(&hook, "two").await, 202);
    while kept().await {
        assert!(begin.elapsed().as_secs() < 20, "{kind:?}: it stays in the database");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    // Revoked together with the change, and after it.
    rotate(NAME, "three", Previous::Grace).await;
    rotate(NAME, "four", Previous::Revoked).await;
    for (secret, expected) in [("four", 202), ("three", 401), ("two", 401)] {
        assert_eq!(signed_with(&hook, secret).await, expected, "{kind:?} {secret}");
    }
    assert!(!kept().await);
    rotate(NAME, "five", Previous::Grace).await;
    assert_eq!(signed_with(&hook, "four").await, 202);
    assert!(world.service.connections().revoke_previous(connection).await.unwrap());
    assert!(
        !world.service.connections().revoke_previous(connection).await.unwrap(),
        "there is none any more"
    );
    assert_eq!(signed_with(&hook, "four").await, 401);
    assert_eq!(signed_with(&hook, "five").await, 202);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_previous_secret_is_revoked() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        the_previous_secret_ends(kind).await;
    }
}

/// The payloads that GitHub publishes; empty if this machine has none.
fn payloads() -> Vec<(String, Vec<u8>)> {
    let shared = std::env::var_os("PALISADE_SHARED")
        .map_or_else(|| palisade_tests::top().join("../shared"), PathBuf::from);
    let mut all = Vec::new();
    for kind in fs::read_dir(shared.join("contracts/github/webhook-payloads")).into_iter().flatten().flatten()
    {
        for file in fs::read_dir(kind.path()).unwrap().flatten() {
            all.push((kind.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()));
        }
    }
    all.sort();
    if all.is_empty() {
        assert!(
            std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(),
            "GitHub's payloads are required here"
        );
        println!("SKIPPED: GitHub's payloads are not on this machine");
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_signed_is_taken_and_ends() {
    let Some((world, hook)) = opened(Kind::Sqlite).await else { return };
    let client = reqwest::Client::new();
    let secret = world.fake.app().webhook_secret.clone();
    let mut sent = 0;
    for (row, (kind, body)) in payloads().into_iter().enumerate() {
        let value: Value = serde_json::from_slice(&body).unwrap();
        // Complete, truncated, empty, of another type at the top, and with null for each value.
        let mut bodies = vec![body.clone(), body[..body.len() / 2].to_vec(), Vec::new(), b"[]".to_vec()];
        let emptied = value.as_object().unwrap().keys().map(|key| (key.clone(), Value::Null));
        bodies.push(Value::Object(emptied.collect()).to_string().into_bytes());
        for (part, body) in bodies.into_iter().enumerate() {
            let (signed, id) = (signature(&secret, &body), format!("p-{row}-{part}"));
            let headers = [
                ("x-github-event", kind.as_str()),
                ("x-github-delivery", &id),
                ("x-hub-signature-256", &signed),
            ];
            assert_eq!(post(&client, &hook, &headers, body).await, 202, "{kind} {id}");
            sent += 1;
        }
    }
    // Each of them ends, in any state.
    let begin = std::time::Instant::now();
    loop {
        let mut states = std::collections::BTreeMap::new();
        let mut page = Page::first(1_000);
        loop {
            let some = world.store.deliveries().list(&page).await.unwrap();
            for it in some.iter().filter(|it| it.event_id.starts_with("p-")) {
                *states.entry(format!("{:?}", it.state)).or_insert(0) += 1;
            }
            let Some(last) = some.last().filter(|_| some.len() == 1_000) else { break };
            page = Page::after(&last.id, 1_000);
        }
        assert_eq!(states.values().sum::<i32>(), sent);
        if !states.contains_key("Waiting") {
            println!("{sent} deliveries: {states:?}");
            break;
        }
        assert!(begin.elapsed().as_secs() < 120, "{states:?}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    world.end().await;
}
