//! The API of webhooks, and their health.

use palisade_fake_gitlab::{Event, Options, Plan};
use palisade_fake_host::{Forge as _, receiver};
use serde_json::{Value, json};

use crate::support::{PROJECT, SHOP, World};

fn hook(world: &World, url: &str) -> Value {
    json!({ "url": url, "merge_requests_events": true, "push_events": false, "signing_token": world.fake.webhook_secret() })
}

#[tokio::test]
async fn created_changed_and_deleted() {
    let world = World::new().await;
    let hooks = format!("{PROJECT}/hooks");
    let shown = [
        ("/merge_requests_events", json!(true)),
        ("/push_events", json!(false)),
        ("/signing_token_present", json!(true)),
        ("/token_present", json!(false)),
        ("/alert_status", json!("executable")),
        ("/disabled_until", Value::Null),
    ];
    let made = world.check("POST", &hooks, Some(hook(&world, "https://p.example.com/a")), 201, &shown).await;
    assert_eq!((made.get("token"), made.get("signing_token")), (None, None));
    let one = format!("{hooks}/{}", made["id"]);
    world.check("GET", &one, None, 200, &shown).await;
    world.check("GET", &hooks, None, 200, &[("/0/url", json!("https://p.example.com/a"))]).await;
    let note = json!({ "note_events": true, "token": "secret" });
    let kept = [
        ("/note_events", json!(true)),
        ("/token_present", json!(true)),
        ("/signing_token_present", json!(true)),
    ];
    world.check("PUT", &one, Some(note), 200, &kept).await;
    // A new address without secrets removes them.
    let moved = json!({ "url": "https://q.example.com/" });
    let bare = [("/token_present", json!(false)), ("/signing_token_present", json!(false))];
    world.check("PUT", &one, Some(moved), 200, &bare).await;
    assert_eq!(world.fake.hooks().len(), 1);
    assert_eq!(world.fake.hooks()[0].repository, SHOP);
    world.check("DELETE", &one, None, 204, &[]).await;
    world.check("DELETE", &one, None, 404, &[]).await;
    for body in [json!({ "url": "ftp://x" }), json!({ "url": "https://x", "signing_token": "whsec_AAAA" })] {
        world.check("POST", &hooks, Some(body), 422, &[]).await;
    }
    world.clean();
}

#[tokio::test]
async fn a_hundred_at_most() {
    let world = World::new().await;
    for number in 0..101 {
        let body = hook(&world, &format!("https://p.example.com/{number}"));
        let (status, _) = world.ask("POST", &format!("{PROJECT}/hooks"), Some(&body)).await;
        assert_eq!(status, if number < 100 { 201 } else { 422 });
    }
}

#[tokio::test]
async fn older_versions_ignore_signing_tokens() {
    let world = World::with(Options { unsigned: true, ..Options::default() }).await;
    let made = world
        .check("POST", &format!("{PROJECT}/hooks"), Some(hook(&world, "https://p.example.com/")), 201, &[])
        .await;
    assert_eq!(made.get("signing_token_present"), None);
    world.clean();
}

#[tokio::test]
async fn group_hooks_need_a_plan_and_an_owner() {
    let world = World::new().await;
    let body = json!({ "url": "https://p.example.com/", "member_events": true });
    world.check("POST", "/groups/acme/hooks", Some(body.clone()), 403, &[]).await;
    world.check("GET", "/groups/acme/hooks", None, 403, &[]).await;
    world.fake.set_plan("acme", Plan::Premium);
    let made = world
        .check("POST", "/groups/acme/hooks", Some(body.clone()), 201, &[("/member_events", json!(true))])
        .await;
    world.check("GET", "/groups/acme/hooks", None, 200, &[("/0/id", made["id"].clone())]).await;
    let mallory = world.fake.mallory_token();
    assert_eq!(world.ask_as(&mallory, "POST", "/groups/acme/hooks", Some(&body)).await.0, 403);
    assert_eq!(world.ask_as(&mallory, "GET", &format!("{PROJECT}/hooks"), None).await.0, 403);
    assert_eq!(world.fake.hooks()[0].repository, "");
    world.check("DELETE", &format!("/groups/acme/hooks/{}", made["id"]), None, 204, &[]).await;
    world.clean();
}

#[tokio::test]
async fn failures_disable_a_hook() {
    let world = World::new().await;
    let (url, _) = receiver(500).await;
    let made = world.check("POST", &format!("{PROJECT}/hooks"), Some(hook(&world, &url)), 201, &[]).await;
    let (id, one) = (made["id"].as_u64().unwrap(), format!("{PROJECT}/hooks/{}", made["id"]));
    let event = Event::Pull(SHOP.to_owned(), 1, "open", None, json!({}));
    for _ in 0..4 {
        world.check("GET", &one, None, 200, &[("/alert_status", json!("executable"))]).await;
        assert_eq!(world.fake.send(id, &event).await.unwrap().status_code, 500);
    }
    let paused =
        world.check("GET", &one, None, 200, &[("/alert_status", json!("temporarily_disabled"))]).await;
    assert!(paused["disabled_until"].is_string());
    assert!(world.fake.send(id, &event).await.is_none());
    assert!(!world.fake.hooks()[0].active);
    // Forty failures in a row disable it for good.
    for _ in 0..36 {
        world.fake.end_pauses();
        assert!(world.fake.send(id, &event).await.is_some());
    }
    world.fake.end_pauses();
    world
        .check(
            "GET",
            &one,
            None,
            200,
            &[("/alert_status", json!("disabled")), ("/disabled_until", Value::Null)],
        )
        .await;
    assert!(world.fake.send(id, &event).await.is_none());
    // A test that succeeds enables it again.
    world.check("POST", &format!("{one}/test/merge_requests_events"), None, 422, &[]).await;
    let (good, _) = receiver(202).await;
    world.fake.change_hooks(|hook| hook.url.clone_from(&good));
    world.check("POST", &format!("{one}/test/merge_requests_events"), None, 201, &[]).await;
    world.check("GET", &one, None, 200, &[("/alert_status", json!("executable"))]).await;
    world.fake.disable_hooks();
    world.check("GET", &one, None, 200, &[("/alert_status", json!("disabled"))]).await;
    world.fake.delete_hooks();
    world.check("GET", &one, None, 404, &[]).await;
    world.clean();
}

#[tokio::test]
async fn the_log_of_deliveries() {
    let world = World::new().await;
    let (url, seen) = receiver(500).await;
    let made = world.check("POST", &format!("{PROJECT}/hooks"), Some(hook(&world, &url)), 201, &[]).await;
    world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    world.fake.settled().await;
    // GitLab sends each delivery once.
    assert_eq!(seen.lock().unwrap().len(), 1);
    let events = format!("{PROJECT}/hooks/{}/events", made["id"]);
    let masked = ("/0/request_headers/webhook-signature", json!("[REDACTED]"));
    let log = world.check("GET", &events, None, 200, &[("/0/response_status", json!("500")), masked]).await;
    world
        .check(
            "GET",
            &format!("{events}?status[]=server_failure"),
            None,
            200,
            &[("/0/id", log[0]["id"].clone())],
        )
        .await;
    assert_eq!(world.ask("GET", &format!("{events}?status[]=successful"), None).await.1, json!([]));
    let (_, again) = world.ask("POST", &format!("{events}/{}/resend", log[0]["id"]), None).await;
    assert_eq!(again["response_status"], json!(500));
    let deliveries = world.fake.deliveries();
    assert_eq!((deliveries.len(), deliveries[0].guid == deliveries[1].guid), (2, true));
    world.fake.change_hooks(|hook| hook.url.push_str("/moved"));
    assert_eq!(world.ask("POST", &format!("{events}/{}/resend", log[0]["id"]), None).await.0, 422);
    world.clean();
}
