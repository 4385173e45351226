//! The control endpoint of the program, and the functions that it calls.

use std::sync::Arc;

use palisade_fake_github::Control;
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_by_hand() {
    let World { fake, http, .. } = World::new().await;
    let fake = Arc::new(fake);
    let control = Control::open(fake.clone(), 0).await.unwrap();
    let ask = async |method: &str, path: &str, body: Value| {
        let url = format!("http://{}{path}", control.address());
        let request = if method == "GET" { http.get(url) } else { http.post(url).json(&body) };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let files = json!({ "bad.tf": "resource {}\n", "main.tf": null });
    let asked = json!({ "repository": "acme/shop", "branch": "by-hand", "title": "t", "files": files });
    let (status, pull) = ask("POST", "/pull", asked).await;
    assert_eq!((status, &pull["number"]), (200, &json!(2)));
    let push = json!({ "repository": "acme/shop", "number": 2, "files": { "bad.tf": null } });
    let (_, pushed) = ask("POST", "/push", push).await;
    let sha = pushed["head_sha"].as_str().unwrap();
    assert_eq!(fake.pull("acme/shop", 2).unwrap().head_sha, sha);
    assert_eq!(
        ask("GET", &format!("/checks?repository=acme/shop&sha={sha}"), json!(null)).await,
        (200, json!([]))
    );
    assert_eq!(ask("GET", "/violations", json!(null)).await, (200, json!([])));
    assert_eq!(ask("POST", "/webhook", json!({ "url": "http://127.0.0.1:1/" })).await.0, 200);
    assert_eq!(ask("POST", "/pull", json!({})).await.0, 400);
    assert_eq!(ask("GET", "/nothing", json!(null)).await.0, 404);
}
