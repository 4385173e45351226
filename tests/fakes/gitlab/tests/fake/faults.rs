//! Faults, outages and the headers of every response.

use palisade_fake_gitlab::{Fault, Rule};

use crate::support::{PROJECT, World};

#[tokio::test]
async fn answers_instead() {
    let world = World::new().await;
    let table = [
        (Fault::status(502, "no"), 502),
        (Fault::retry_after(429, "7"), 429),
        (Fault::Html203, 203),
        (Fault::RedirectTo(format!("{}/users/sign_in", world.fake.url())), 302),
    ];
    for (fault, status) in table {
        world.fake.fail(Rule::new("GET", "/projects/acme%2Fshop$", 1, fault));
        assert_eq!(world.send("GET", PROJECT, None).await.status(), status);
        assert_eq!(world.send("GET", PROJECT, None).await.status(), 200);
    }
    let response = world.send("GET", PROJECT, None).await;
    for header in ["limit", "observed", "remaining", "reset"] {
        assert!(response.headers().contains_key(format!("ratelimit-{header}")), "{header}");
    }
    world.fake.chaos(7, 1.0, vec![Fault::status(500, "x")]);
    assert_eq!(world.send("GET", PROJECT, None).await.status(), 500);
    world.fake.heal();
    assert_eq!(world.send("GET", PROJECT, None).await.status(), 200);
}

#[tokio::test]
async fn outages() {
    let world = World::new().await;
    world.fake.outage(true).await.unwrap();
    assert!(world.request("GET", PROJECT).send().await.is_err());
    world.fake.outage(false).await.unwrap();
    assert_eq!(world.send("GET", PROJECT, None).await.status(), 200);
    assert_eq!(world.fake.requests().len(), 1);
}
