//! Faults that clients of Azure DevOps meet.

use palisade_fake_azure_devops::{Fault, Rule};
use serde_json::json;

use crate::support::{API, SHOP, World};

#[tokio::test]
async fn answers_instead() {
    let world = World::new().await;
    let table = [
        (Fault::status(500, "no"), 500, "content-type", "application/json; charset=utf-8"),
        (Fault::retry_after(429, "7"), 429, "retry-after", "7"),
        (
            Fault::RedirectTo("https://example.com/_signin".into()),
            302,
            "location",
            "https://example.com/_signin",
        ),
        (Fault::Html203, 203, "content-type", "text/html; charset=utf-8"),
    ];
    for (fault, status, header, value) in table {
        world.fake.fail(Rule::new("GET", "/repositories/shop$", 1, fault));
        let response = world.request("GET", API).send().await.unwrap();
        let got = (response.status().as_u16(), response.headers()[header].to_str().unwrap());
        assert_eq!(got, (status, value));
        let next = world.send("GET", API, None).await;
        assert_eq!(next.status(), 200);
        assert!(next.headers().contains_key("activityid"));
    }
    world.fake.chaos(1, 1.0, vec![Fault::status(502, "a")]);
    assert_eq!(world.ask("GET", API, None).await.0, 502);
    world.fake.heal();
    assert_eq!(world.ask("GET", API, None).await.0, 200);
}

#[tokio::test]
async fn a_reset_may_come_before_or_after_the_work() {
    let world = World::new().await;
    let body = json!({ "state": "pending", "context": { "genre": "palisade", "name": "palisade" } });
    for (fault, made) in [(Fault::Reset, 0), (Fault::ResetAfter, 1)] {
        world.fake.fail(Rule::new("POST", "/statuses$", 1, fault));
        let path = format!("{}/iterations/1/statuses", world.pull());
        assert!(world.request("POST", &path).json(&body).send().await.is_err());
        assert_eq!(world.fake.pull(SHOP, world.number).unwrap().statuses.len(), made);
    }
}

#[tokio::test]
async fn an_outage_keeps_the_state() {
    let world = World::new().await;
    world.fake.outage(true).await.unwrap();
    assert!(world.request("GET", API).send().await.unwrap_err().is_connect());
    world.fake.outage(false).await.unwrap();
    assert_eq!(world.ask("GET", &world.pull(), None).await.0, 200);
}
