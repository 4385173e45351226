//! The control endpoint of the program, and the functions that it calls.

use std::sync::Arc;

use palisade_fake_gitlab::Control;
use serde_json::{Value, json};

use crate::support::{SHOP, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_request_by_hand() {
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
    let asked = json!({ "repository": SHOP, "branch": "by-hand", "title": "t", "files": files });
    let (status, pull) = ask("POST", "/pull", asked).await;
    assert_eq!((status, &pull["number"]), (200, &json!(2)));
    let push = json!({ "repository": SHOP, "number": 2, "files": { "bad.tf": null } });
    let (_, pushed) = ask("POST", "/push", push).await;
    let sha = pushed["head_sha"].as_str().unwrap();
    assert_eq!(fake.pull(SHOP, 2).unwrap().head(), sha);
    fake.set_status("palisade", SHOP, sha, "palisade", "failed").unwrap();
    let (_, checks) = ask("GET", &format!("/checks?repository={SHOP}&sha={sha}"), json!(null)).await;
    assert_eq!((&checks[0]["status"], &checks[0]["replaced"]), (&json!("failed"), &json!(false)));
    assert_eq!(ask("GET", "/violations", json!(null)).await, (200, json!([])));
    assert_eq!(ask("POST", "/webhook", json!({ "url": "http://127.0.0.1:1/" })).await.0, 200);
}
