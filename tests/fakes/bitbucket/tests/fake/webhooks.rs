//! Webhooks and deliveries: their headers, their signature, what is sent again and what is dropped.

use palisade_fake_bitbucket::signature;
use palisade_fake_host::receiver;
use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

/// The events of the webhook of the tests.
const EVENTS: [&str; 7] = [
    "repo:push",
    "pullrequest:created",
    "pullrequest:updated",
    "pullrequest:push",
    "pullrequest:fulfilled",
    "pullrequest:rejected",
    "pullrequest:comment_created",
];

/// Creates a webhook of a place; returns its path and its UUID.
async fn hook(world: &World, place: &str, url: &str, secret: Option<&str>) -> (String, String) {
    let mut body = json!({ "description": "Palisade", "url": url, "active": true, "events": EVENTS });
    if let Some(secret) = secret {
        body["secret"] = json!(secret);
    }
    let (status, made) = world.ask("POST", &format!("{place}/hooks"), Some(&body)).await;
    assert_eq!(status, 201, "{made}");
    let uuid = made["uuid"].as_str().unwrap().to_owned();
    (format!("{place}/hooks/{uuid}"), uuid)
}

#[tokio::test]
async fn webhooks_by_the_api() {
    let world = World::new().await;
    let (path, uuid) = hook(&world, AT, "https://palisade.example.com/hooks/1", Some("s3cret")).await;
    let (_, made) = world.ask("GET", &path, None).await;
    assert_eq!(
        (&made["secret_set"], made.get("secret"), &made["active"]),
        (&json!(true), None, &json!(true))
    );
    assert_eq!((&made["subject"]["full_name"], &made["subject_type"]), (&json!(SHOP), &json!("repository")));
    let (_, all) = world.ask("GET", &format!("{AT}/hooks"), None).await;
    assert_eq!(all["values"][0], made);
    // A secret that is left out is not changed; an empty one is removed.
    let body =
        json!({ "url": "https://palisade.example.com/hooks/2", "events": ["repo:push"], "active": false });
    let (_, changed) = world.ask("PUT", &path, Some(&body)).await;
    assert_eq!((&changed["secret_set"], &changed["active"]), (&json!(true), &json!(false)));
    assert_eq!(world.ask("PUT", &path, Some(&json!({ "secret": "" }))).await.1["secret_set"], false);
    assert_eq!(world.fake.secrets().last().unwrap(), "s3cret");
    let (of_workspace, _) = hook(&world, "/workspaces/acme", "https://palisade.example.com/w", None).await;
    assert_eq!(world.ask("GET", &of_workspace, None).await.1["subject"]["slug"], "acme");
    assert_eq!(world.ask("GET", &format!("/workspaces/acme/hooks/{uuid}"), None).await.0, 404);
    assert_eq!(world.ask("DELETE", &path, None).await.0, 204);
    assert_eq!(world.ask("DELETE", &path, None).await.0, 404);
    assert_eq!(world.fake.subscriptions().len(), 1);
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_delivery_is_signed() {
    let world = World::new().await;
    let (url, seen) = receiver(202).await;
    let (_, uuid) = hook(&world, AT, &url, Some("s3cret")).await;
    let head = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    world.fake.settled().await;
    let all = world.fake.deliveries();
    let events: Vec<&str> = all.iter().map(|one| one.event.as_str()).collect();
    assert_eq!(events, ["repo:push", "pullrequest:updated", "pullrequest:push"]);
    let change = &all[0].payload["push"]["changes"][0];
    assert_eq!(
        (&change["old"]["target"]["hash"], &change["new"]["target"]["hash"]),
        (&json!(world.head), &json!(head))
    );
    assert_eq!(all[1].payload["pullrequest"]["source"]["commit"]["hash"], head[..12]);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    for ((head, body), delivery) in seen.iter().zip(&all) {
        assert_eq!(serde_json::from_slice::<Value>(body).unwrap(), delivery.payload);
        let expected = [
            ("x-hub-signature", signature("s3cret", body)),
            ("x-event-key", delivery.event.clone()),
            ("x-request-uuid", delivery.request.clone()),
            ("x-hook-uuid", uuid.trim_matches(['{', '}']).to_owned()),
            ("x-attempt-number", "1".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("user-agent", "bitbucket-webhooks/2.0".to_owned()),
        ];
        for (name, value) in expected {
            assert!(head.lines().any(|line| line == format!("{name}: {value}")), "{name}: {value} in {head}");
        }
    }
}

#[tokio::test]
async fn every_event() {
    let world = World::new().await;
    let (url, seen) = receiver(202).await;
    hook(&world, "/workspaces/acme", &url, None).await;
    world.fake.commit(SHOP, "two", &[("x.tf", Some("\n"))]).unwrap();
    world.fake.open_pull(SHOP, "two", "main").unwrap();
    world.fake.retitle_pull(SHOP, 2, "Other").unwrap();
    world.fake.comment_as("ada", SHOP, 2, "/palisade recheck").unwrap();
    world.fake.merge_pull(SHOP, 1).unwrap();
    world.fake.decline_pull(SHOP, 2).unwrap();
    world.fake.settled().await;
    let events: Vec<String> = world.fake.deliveries().into_iter().map(|one| one.event).collect();
    let expected = [
        "pullrequest:created",
        "pullrequest:updated",
        "pullrequest:comment_created",
        "pullrequest:fulfilled",
        "repo:push",
        "pullrequest:rejected",
    ];
    assert_eq!(events, expected);
    let comment = &world.fake.deliveries_of("pullrequest:comment_created")[0].payload["comment"];
    assert_eq!(comment["content"]["raw"], "/palisade recheck");
    for delivery in world.fake.deliveries() {
        assert_eq!(delivery.payload["repository"]["workspace"]["slug"], "acme");
        assert_eq!(delivery.payload["actor"]["nickname"], "ada");
    }
    // Without a secret, deliveries are not signed.
    assert!(seen.lock().unwrap().iter().all(|(head, _)| !head.contains("x-hub-signature")));
}

#[tokio::test]
async fn errors_of_the_server_are_sent_again() {
    let world = World::new().await;
    for (status, attempts) in [(503, 3), (401, 1), (202, 1)] {
        let (url, seen) = receiver(status).await;
        hook(&world, AT, &url, Some("s")).await;
        world.fake.comment_as("ada", SHOP, 1, "hello").unwrap();
        world.fake.settled().await;
        assert_eq!(seen.lock().unwrap().len(), attempts, "{status}");
        world.fake.delete_hooks();
    }
    let all = world.fake.deliveries();
    let numbers: Vec<u32> = all.iter().map(|one| one.attempt).collect();
    assert_eq!(numbers, [1, 2, 3, 1, 1]);
    assert_eq!((&all[0].request, all[2].status), (&all[2].request, Some(503)));
    // Nobody listens: it is not sent again.
    hook(&world, AT, "http://127.0.0.1:1/hooks", None).await;
    world.fake.comment_as("ada", SHOP, 1, "hello").unwrap();
    world.fake.settled().await;
    assert_eq!((world.fake.deliveries().len(), world.fake.deliveries()[5].status), (6, None));
}

#[tokio::test]
async fn large_payloads_are_dropped() {
    let world = World::new().await;
    let (url, seen) = receiver(202).await;
    hook(&world, AT, &url, Some("s")).await;
    world.fake.retitle_pull(SHOP, 1, &"x".repeat(256 * 1024)).unwrap();
    world.fake.settled().await;
    assert_eq!((seen.lock().unwrap().len(), world.fake.deliveries()[0].attempt), (0, 0));
}

#[tokio::test]
async fn disabled_and_rotated_by_hand() {
    let world = World::new().await;
    let (url, seen) = receiver(202).await;
    let (_, uuid) = hook(&world, AT, &url, Some("old")).await;
    world.fake.set_hook_active(&uuid, false).unwrap();
    world.fake.comment_as("ada", SHOP, 1, "hello").unwrap();
    world.fake.set_hook_active(&uuid, true).unwrap();
    world.fake.set_hook_secret(&uuid, Some("new")).unwrap();
    world.fake.comment_as("ada", SHOP, 1, "again").unwrap();
    world.fake.settled().await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].0.contains(&signature("new", &seen[0].1)));
}
