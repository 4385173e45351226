//! Faults as a client observes them, and outages.

use palisade_fake_bitbucket::{Fault, Rule};
use serde_json::json;

use crate::support::{AT, SHOP, World};

#[tokio::test]
async fn answers_instead() {
    let world = World::new().await;
    let table = [
        (Fault::status(500, "no"), 500, "content-type", "application/json; charset=utf-8"),
        (Fault::retry_after(429, "7"), 429, "retry-after", "7"),
        (Fault::Html203, 203, "content-type", "text/html; charset=utf-8"),
        (Fault::RedirectTo("https://example.com/x".into()), 302, "location", "https://example.com/x"),
    ];
    for (fault, status, header, value) in table {
        world.fake.fail(Rule::new("GET", "/2.0/repositories/acme/shop$", 1, fault));
        let response = world.request("GET", AT).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()[header].to_str().unwrap()),
            (status, value)
        );
        assert_eq!(world.ask("GET", AT, None).await.0, 200);
    }
    for fault in [Fault::Reset, Fault::ResetAfter] {
        world.fake.fail(Rule::new("GET", "/shop$", 1, fault));
        assert!(world.request("GET", AT).send().await.is_err());
    }
    world.fake.chaos(1, 1.0, vec![Fault::status(502, "a")]);
    assert_eq!(world.ask("GET", AT, None).await.0, 502);
    world.fake.heal();
    assert_eq!(world.ask("GET", AT, None).await.0, 200);
}

#[tokio::test]
async fn a_reset_may_come_before_or_after_the_work() {
    let world = World::new().await;
    let path = format!("{AT}/commit/{}/statuses/build", world.head);
    let body = json!({ "key": "k", "state": "SUCCESSFUL", "url": "https://palisade.example.com" });
    for (fault, made) in [(Fault::Reset, 0), (Fault::ResetAfter, 1)] {
        world.fake.fail(Rule::new("POST", "/build$", 1, fault));
        assert!(world.request("POST", &path).json(&body).send().await.is_err());
        assert_eq!(world.fake.statuses(SHOP, &world.head).len(), made);
    }
}

#[tokio::test]
async fn an_outage_keeps_the_state() {
    let world = World::new().await;
    world.fake.outage(true).await.unwrap();
    assert!(world.request("GET", AT).send().await.unwrap_err().is_connect());
    world.fake.outage(false).await.unwrap();
    assert_eq!(world.ask("GET", AT, None).await.0, 200);
}
