//! Deliveries: their headers, their signature, their list, and redelivery.

use palisade_fake_github::{Event, signature};
use palisade_fake_host::receiver;
use serde_json::{Value, json};

use crate::support::{SHOP, World};

#[tokio::test]
async fn a_delivery_is_signed_and_can_be_sent_again() {
    let world = World::new().await;
    let (url, seen) = receiver(202).await;
    world.fake.set_webhook(&url, None);
    let before = world.head.clone();
    let after = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    world.fake.settled().await;
    let delivery = world.fake.deliveries().pop().unwrap();
    assert_eq!((delivery.event.as_str(), delivery.status_code), ("pull_request", 202));
    assert_eq!(delivery.payload["before"], json!(before));
    assert_eq!(delivery.payload["after"], json!(after));
    let (_, listed) = world.ask("GET", "/app/hook/deliveries", None).await;
    assert_eq!(listed[0]["guid"], json!(delivery.guid));
    assert_eq!(world.fake.judge_answer("GET", "/app/hook/deliveries", 200, &listed), Vec::<String>::new());
    let one = format!("/app/hook/deliveries/{}", delivery.id);
    let (status, whole) = world.ask("GET", &one, None).await;
    assert_eq!((status, &whole["request"]["payload"]), (200, &delivery.payload));
    assert_eq!(world.fake.judge_answer("GET", &one, 200, &whole), Vec::<String>::new());
    assert_eq!(world.ask("POST", &format!("{one}/attempts"), None).await.0, 202);
    world.fake.settled().await;
    let again = world.fake.deliveries().pop().unwrap();
    assert_eq!((&again.guid, again.redelivery), (&delivery.guid, true));
    assert_ne!(again.id, delivery.id);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2);
    for (head, body) in &*seen {
        let expected = [
            ("x-hub-signature-256", signature(&world.fake.app().webhook_secret, body)),
            ("x-github-event", "pull_request".to_owned()),
            ("x-github-delivery", delivery.guid.clone()),
            ("x-github-hook-id", "520000001".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        for (name, value) in expected {
            assert!(head.lines().any(|line| line == format!("{name}: {value}")), "{name}: {value} in {head}");
        }
        assert!(head.contains("user-agent: github-hookshot/"), "{head}");
    }
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn deliveries_come_in_pages() {
    let world = World::new().await;
    let (url, _) = receiver(500).await;
    let configured = world.ask("PATCH", "/app/hook/config", Some(&json!({ "url": url }))).await;
    assert_eq!(configured.1["url"], json!(url));
    for _ in 0..5 {
        assert_eq!(world.fake.send(Event::Ping).await.unwrap().status_code, 500);
    }
    let mut next = "/app/hook/deliveries?per_page=2".to_owned();
    let mut ids = Vec::new();
    loop {
        let response = world.send("GET", &next, None).await;
        let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: Vec<Value> = response.json().await.unwrap();
        ids.extend(page.iter().map(|one| one["id"].as_u64().unwrap()));
        let Some(link) = link else { break };
        let address = link.split(['<', '>']).nth(1).unwrap();
        next = address.strip_prefix(world.fake.api_url()).unwrap().to_owned();
    }
    let newest_first: Vec<u64> = world.fake.deliveries().iter().rev().map(|one| one.id).collect();
    assert_eq!(ids, newest_first);
    let (_, failed) = world.ask("GET", "/app/hook/deliveries?status=success", None).await;
    assert_eq!(failed, json!([]));
    assert_eq!(world.ask("GET", "/app/hook/deliveries/1", None).await.0, 404);
}

#[tokio::test]
async fn nobody_there() {
    let world = World::new().await;
    world.fake.set_webhook("http://127.0.0.1:1/hooks", None);
    let delivery = world.fake.send(Event::Ping).await.unwrap();
    assert_eq!((delivery.status_code, delivery.status.as_str()), (502, "failed to connect to host"));
    let again = world.fake.redeliver(delivery.id).await.unwrap();
    assert_eq!(again.guid, delivery.guid);
}
