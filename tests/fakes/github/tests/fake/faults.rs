//! Every fault can be observed by a client.

use std::time::{Duration, Instant};

use palisade_fake_github::{Fault, Rule};
use reqwest::Response;
use serde_json::json;

use crate::support::World;

const PATH: &str = "/repos/acme/shop";

/// Sends a request under a fault, then one without: the fault is over.
async fn under(world: &World, fault: Fault) -> Result<Response, reqwest::Error> {
    world.fake.fail(Rule::new("GET", "/repos/acme/shop$", 1, fault));
    let response = world.request("GET", PATH).send().await;
    assert_eq!(world.send("GET", PATH, None).await.status(), 200);
    response
}

#[tokio::test]
async fn answers_instead() {
    let world = World::new().await;
    for code in [401, 404, 409, 422, 500, 502] {
        let response = under(&world, Fault::status(code, "no")).await.unwrap();
        assert_eq!(response.status(), code);
        assert_eq!(response.json::<serde_json::Value>().await.unwrap(), json!({ "message": "no" }));
    }
    let date = "Wed, 25 Nov 2026 12:00:00 GMT";
    let table = [
        (Fault::retry_after(403, "7"), 403, "retry-after", "7"),
        (Fault::retry_after(429, "7"), 429, "retry-after", "7"),
        (Fault::retry_after(429, date), 429, "retry-after", date),
        (Fault::rate_limited(1_800_000_000), 403, "x-ratelimit-remaining", "0"),
        (Fault::rate_limited(1_800_000_000), 403, "x-ratelimit-reset", "1800000000"),
        (Fault::RedirectTo("https://example.com/x".into()), 302, "location", "https://example.com/x"),
        (Fault::Html203, 203, "content-type", "text/html; charset=utf-8"),
    ];
    for (fault, status, header, value) in table {
        let response = under(&world, fault).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()[header].to_str().unwrap()),
            (status, value)
        );
    }
    let response = world.send("GET", PATH, None).await;
    for header in ["limit", "remaining", "used", "reset", "resource"] {
        assert!(response.headers().contains_key(format!("x-ratelimit-{header}")), "{header}");
    }
}

#[tokio::test]
async fn answers_that_break() {
    let world = World::new().await;
    let pause = Duration::from_millis(300);
    let begun = Instant::now();
    assert_eq!(under(&world, Fault::Slow(pause)).await.unwrap().status(), 200);
    assert!(begun.elapsed() >= pause);
    let response = under(&world, Fault::SlowBody(Duration::from_millis(50))).await.unwrap();
    let begun = Instant::now();
    assert_eq!(response.json::<serde_json::Value>().await.unwrap()["name"], "shop");
    // The second request was answered meanwhile, so a part of the body has arrived already.
    assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
    assert!(under(&world, Fault::Truncated).await.unwrap().bytes().await.is_err());
    assert!(under(&world, Fault::WrongLength).await.unwrap().bytes().await.is_err());
    assert!(under(&world, Fault::Reset).await.is_err());
    assert!(under(&world, Fault::ResetAfter).await.is_err());
}

#[tokio::test]
async fn a_reset_may_come_before_or_after_the_work() {
    let world = World::new().await;
    let body = json!({ "name": "palisade", "head_sha": world.head });
    for (fault, made) in [(Fault::Reset, 0), (Fault::ResetAfter, 1)] {
        world.fake.fail(Rule::new("POST", "/check-runs$", 1, fault));
        let sent = world.request("POST", "/repos/acme/shop/check-runs").json(&body).send().await;
        assert!(sent.is_err());
        assert_eq!(world.fake.checks("acme/shop", &world.head).len(), made);
        assert_eq!(world.fake.requests().last().unwrap().status, 0);
    }
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed() {
    let world = World::new().await;
    let run = async |seed| {
        world.fake.chaos(seed, 0.5, vec![Fault::status(500, "a"), Fault::status(502, "b")]);
        let mut seen = Vec::new();
        for _ in 0..24 {
            seen.push(world.send("GET", PATH, None).await.status().as_u16());
        }
        seen
    };
    let (one, again, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    for status in [200, 500, 502] {
        assert!(one.contains(&status), "{one:?}");
    }
    world.fake.heal();
    assert_eq!(world.send("GET", PATH, None).await.status(), 200);
}

#[tokio::test]
async fn an_outage_keeps_the_state() {
    let world = World::new().await;
    assert_eq!(world.send("GET", PATH, None).await.status(), 200);
    world.fake.outage(true).await.unwrap();
    let refused = world.request("GET", PATH).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    world.fake.outage(false).await.unwrap();
    assert_eq!(world.send("GET", PATH, None).await.status(), 200);
}
