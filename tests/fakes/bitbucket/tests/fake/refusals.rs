//! Requests that are refused, and recorded as violations.

use palisade_fake_bitbucket::Options;
use serde_json::{Value, json};

use crate::support::{AT, World};

#[tokio::test]
async fn requests_that_the_description_refuses() {
    let world = World::new().await;
    if !world.described() {
        return;
    }
    let status = format!("{AT}/commit/{}/statuses/build", world.head);
    let report = format!("{AT}/commit/{}/reports/r", world.head);
    let hooks = format!("{AT}/hooks");
    let comments = format!("{}/comments", world.pull());
    let table: [(&str, &str, Value); 14] = [
        ("GET", "/nothing", json!(null)),
        ("GET", "/repositories/acme/shop/pipelines", json!(null)),
        ("PATCH", AT, json!({})),
        ("GET", "/repositories/acme?colour=red", json!(null)),
        ("GET", "/repositories/acme?role=boss", json!(null)),
        ("GET", "/hook_events/team", json!(null)),
        ("POST", &status, json!({ "state": "SUCCESSFUL", "url": "https://x" })),
        ("POST", &status, json!({ "key": "k", "state": "GREEN", "url": "https://x" })),
        ("PUT", &report, json!({ "title": "t", "details": "d", "report_type": "LINT" })),
        ("POST", &hooks, json!({ "url": "https://x", "events": ["repo:nothing"] })),
        ("POST", &hooks, json!({ "url": "https://x", "events": ["repo:push"], "secret": "s".repeat(129) })),
        ("POST", &comments, json!({ "content": { "raw": 7 } })),
        ("POST", &format!("{AT}/pullrequests"), json!({ "title": "t" })),
        ("POST", &format!("{AT}/refs/branches"), json!({ "name": "n" })),
    ];
    for (method, path, body) in table {
        let before = world.fake.violations().len();
        let body = (!body.is_null()).then_some(body);
        let (got, answer) = world.ask(method, path, body.as_ref()).await;
        assert!((400..500).contains(&got), "{method} {path}: {got}");
        assert_eq!(answer["type"], "error");
        assert_eq!(world.fake.violations().len(), before + 1, "{method} {path} {body:?}");
    }
    for (kind, body) in [("text/plain", "{}"), ("application/json", "{")] {
        let request = world.request("POST", &hooks).header("content-type", kind).body(body);
        assert_eq!(request.send().await.unwrap().status(), 400, "{kind}");
    }
    assert_eq!(world.fake.requests().last().unwrap().status, 400);
}

#[tokio::test]
async fn without_the_description_it_still_answers() {
    let nowhere = Options { shared: Some("/nonexistent".into()), ..Options::default() };
    let world = World::with(nowhere).await;
    assert!(!world.fake.validates());
    assert_eq!(world.ask("GET", AT, None).await.0, 200);
    assert_eq!(world.ask("GET", &format!("{AT}?colour=red"), None).await.0, 200);
    assert_eq!(world.ask("GET", "/nothing", None).await.0, 404);
}
