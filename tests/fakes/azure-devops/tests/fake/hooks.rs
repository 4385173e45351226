//! Service hooks: subscriptions, deliveries, and what failures do.

use serde_json::{Value, json};

use crate::support::{Inbox, SHOP, World, subscription};

const PLACE: &str = "/acme/_apis/hooks/subscriptions";

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_created_replaced_and_deleted() {
    let world = World::new().await;
    let one = world.fake.repository(SHOP).unwrap();
    let filters = json!({ "projectId": one.project, "repository": one.id });
    let new = subscription("git.pullrequest.created", "https://p.example/h", &filters);
    let shown = [
        ("/status", json!("enabled")),
        ("/eventType", json!("git.pullrequest.created")),
        ("/consumerInputs/url", json!("https://p.example/h")),
        ("/consumerInputs/basicAuthPassword", json!("********")),
        ("/publisherInputs/repository", json!(one.id)),
    ];
    let id =
        world.check("POST", PLACE, Some(new.clone()), 200, &shown).await["id"].as_str().unwrap().to_owned();
    let other = subscription("git.push", "https://p.example/h", &json!({}));
    world.check("POST", PLACE, Some(other), 200, &[("/eventType", json!("git.push"))]).await;
    world.check("GET", PLACE, None, 200, &[("/count", json!(2)), ("/value/0/id", json!(id))]).await;
    world
        .check(
            "GET",
            &format!("{PLACE}?eventType=git.push&consumerId=webHooks"),
            None,
            200,
            &[("/count", json!(1))],
        )
        .await;
    let query = json!({
        "publisherId": "tfs",
        "publisherInputFilters": [{ "conditions": [{ "inputId": "repository", "operator": "equals", "inputValue": one.id }] }],
    });
    let found = world.check("POST", "/acme/_apis/hooks/subscriptionsquery", Some(query), 200, &[]).await;
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let path = format!("{PLACE}/{id}");
    world.fake.change_subscription(&id, |one| one.status = "disabledBySystem").unwrap();
    world.check("GET", &path, None, 200, &[("/status", json!("disabledBySystem"))]).await;
    let mut again = new;
    again["consumerInputs"]["url"] = json!("https://p.example/new");
    again["consumerInputs"]["basicAuthPassword"] = json!("********");
    let enabled = [("/status", json!("enabled")), ("/consumerInputs/url", json!("https://p.example/new"))];
    world.check("PUT", &path, Some(again), 200, &enabled).await;
    assert_eq!(world.fake.subscriptions()[0].input("basicAuthPassword"), "secret");
    world.check("DELETE", &path, None, 204, &[]).await;
    world.check("GET", &path, None, 404, &[]).await;
    world.check("DELETE", &path, None, 404, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn subscriptions_that_are_refused() {
    let world = World::new().await;
    let one = world.fake.repository(SHOP).unwrap();
    let good = subscription("git.push", "https://p.example/h", &json!({ "projectId": one.project }));
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        body
    };
    let table = [
        with("/eventType", json!("git.pull")),
        with("/publisherId", json!("rm")),
        with("/consumerId", json!("slack")),
        with("/publisherInputs/projectId", json!("f0000000-0000-4000-8000-000000000000")),
        with("/publisherInputs/repository", json!("f0000000-0000-4000-8000-000000000000")),
        with("/publisherInputs/colour", json!("red")),
        with("/consumerInputs/url", json!("ftp://p.example")),
        with("/consumerInputs/url", json!("http://p.example")),
        with("/consumerInputs/basicAuthPassword", json!("x".repeat(257))),
        with("/consumerInputs/basicAuthPassword", json!("")),
        with("/consumerInputs/resourceDetailsToSend", json!("most")),
        with("/consumerInputs/colour", json!("red")),
    ];
    for body in table {
        let (status, answer) = world.ask("POST", PLACE, Some(&body)).await;
        assert_eq!((status, &answer["typeKey"]), (400, &json!("VssPropertyValidationException")), "{body}");
    }
    assert_eq!(world.ask("POST", PLACE, Some(&good)).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_authenticated() {
    let world = World::new().await;
    let (server, url) = Inbox::open(&world, &[]).await;
    let id = world.subscribe("git.pullrequest.updated", &url).await;
    world
        .fake
        .change_subscription(&id, |one| {
            one.consumer_inputs.insert("httpHeaders".to_owned(), "X-One: 1\nX-Two:2".to_owned());
        })
        .unwrap();
    let after = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    world.fake.settled().await;
    let seen = server.provider().seen();
    assert_eq!(seen.len(), 1);
    // Base64 of `palisade:secret`.
    let expected = [
        ("authorization", "Basic cGFsaXNhZGU6c2VjcmV0"),
        ("content-type", "application/json; charset=utf-8"),
        ("x-vss-subscriptionid", id.as_str()),
        ("x-one", "1"),
        ("x-two", "2"),
    ];
    for (name, value) in expected {
        assert_eq!(seen[0].header(name), Some(value), "{name}");
    }
    let body = &server.provider().bodies()[0];
    assert_eq!((&body["subscriptionId"], &body["notificationId"]), (&json!(id), &json!(1)));
    assert_eq!(body["resource"]["lastMergeSourceCommit"]["commitId"], json!(after));
    // A password that was changed by hand is used from the next delivery on.
    world
        .fake
        .change_subscription(&id, |one| {
            one.consumer_inputs.insert("basicAuthPassword".to_owned(), "other".to_owned());
        })
        .unwrap();
    world.fake.abandon_pull(SHOP, world.number).unwrap();
    world.fake.settled().await;
    assert_eq!(server.provider().seen()[1].header("authorization"), Some("Basic cGFsaXNhZGU6b3RoZXI="));
    assert_eq!(server.provider().bodies()[1]["notificationId"], json!(2));
    let sent =
        world.check("GET", &format!("{PLACE}/{id}/notifications"), None, 200, &[("/count", json!(2))]).await;
    assert_eq!((&sent["value"][0]["id"], &sent["value"][0]["result"]), (&json!(2), &json!("succeeded")));
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_change_subscriptions() {
    // Statuses of the responses, the number of requests, and the status of the subscription afterwards.
    let table: [(&[u16], usize, &str); 6] = [
        (&[200], 1, "enabled"),
        (&[503, 408, 502, 202], 4, "enabled"),
        (&[503; 9], 9, "onProbation"),
        (&[500], 1, "onProbation"),
        (&[401], 1, "onProbation"),
        (&[410], 1, "disabledBySystem"),
    ];
    for (statuses, count, expected) in table {
        let world = World::new().await;
        let (server, url) = Inbox::open(&world, statuses).await;
        world.subscribe("git.pullrequest.updated", &url).await;
        world.fake.abandon_pull(SHOP, world.number).unwrap();
        world.fake.settled().await;
        assert_eq!(server.provider().seen().len(), count, "{statuses:?}");
        assert_eq!(world.fake.subscriptions()[0].status, expected, "{statuses:?}");
        // Only an enabled one gets the next event.
        world.fake.reactivate_pull(SHOP, world.number).unwrap();
        world.fake.settled().await;
        let more = usize::from(expected == "enabled");
        assert_eq!(server.provider().seen().len(), count + more, "{statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn probation_ends() {
    let world = World::new().await;
    let (server, url) = Inbox::open(&world, &[500, 500, 202, 500, 500, 500, 500, 500, 500, 500, 500]).await;
    world.subscribe("git.pullrequest.updated", &url).await;
    let status = || world.fake.subscriptions()[0].status;
    world.fake.abandon_pull(SHOP, world.number).unwrap();
    world.fake.settled().await;
    world.fake.retry_probation().await;
    assert_eq!((status(), world.fake.subscriptions()[0].probation_retries), ("onProbation", 1));
    world.fake.retry_probation().await;
    assert_eq!((status(), world.fake.subscriptions()[0].probation_retries), ("enabled", 0));
    // The same notification was sent all the time.
    assert!(server.provider().bodies().iter().all(|body| body["notificationId"] == 1));
    world.fake.reactivate_pull(SHOP, world.number).unwrap();
    world.fake.settled().await;
    for _ in 0..7 {
        assert_eq!(status(), "onProbation");
        world.fake.retry_probation().await;
    }
    assert_eq!(status(), "disabledBySystem");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let world = World::new().await;
    world.subscribe("git.pullrequest.updated", "https://127.0.0.1:1/hooks").await;
    world.fake.abandon_pull(SHOP, world.number).unwrap();
    world.fake.settled().await;
    let sent = world.fake.deliveries();
    assert_eq!(sent[0].statuses, [0; 9]);
    assert_eq!(world.fake.subscriptions()[0].status, "onProbation");
}
