//! What tests of all providers use, and the control endpoint.

use std::sync::Arc;

use palisade_fake_azure_devops::Control;
use palisade_fake_host::{Controlled as _, Forge, Hook, Remark, Status};
use serde_json::{Value, json};

use crate::support::{Inbox, SHOP, World};

/// Publishes a failed status, a thread at a line and a summary, as an adapter does.
async fn publish(world: &World) {
    let status = json!({ "state": "failed", "description": "1 violation", "context": { "genre": "palisade", "name": "palisade" } });
    let place = format!("{}/iterations/1/statuses", world.pull());
    world.check("POST", &place, Some(status), 200, &[]).await;
    let position = json!({ "line": 1, "offset": 1 });
    let context = json!({ "filePath": "/main.tf", "rightFileStart": position, "rightFileEnd": position });
    let threads = format!("{}/threads", world.pull());
    let remark =
        json!({ "comments": [{ "content": "Open port" }], "status": "active", "threadContext": context });
    world.check("POST", &threads, Some(remark), 200, &[]).await;
    world.check("POST", &threads, Some(json!({ "comments": [{ "content": "Summary" }] })), 200, &[]).await;
}

#[tokio::test]
async fn the_other_user_tampers() {
    let world = World::new().await;
    let fake: &dyn Forge = &world.fake;
    assert!(fake.shown(SHOP, world.number, &world.head).is_none());
    publish(&world).await;
    fake.comment(SHOP, world.number, "A comment of a user").unwrap();
    let shown = fake.shown(SHOP, world.number, &world.head).unwrap();
    let remark = Remark { path: "main.tf".to_owned(), line: 1, open: true, text: "Open port".to_owned() };
    assert_eq!((shown.status, shown.title.as_str()), (Status::Failure, "1 violation"));
    assert_eq!((shown.remarks, shown.summaries), (vec![remark.clone()], vec!["Summary".to_owned()]));
    assert_eq!(fake.tamper(SHOP, world.number, &world.head).unwrap().as_deref(), Some("mallory"));
    let shown = fake.shown(SHOP, world.number, &world.head).unwrap();
    assert_eq!((shown.status, shown.remarks), (Status::Success, vec![Remark { open: false, ..remark }]));
    let (_, statuses) = world.ask("GET", &format!("{}/statuses", world.pull()), None).await;
    assert_eq!(statuses["value"][1]["createdBy"]["displayName"], "mallory");
    assert!(fake.shown(SHOP, world.number, &world.base).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_secrets_and_the_connection() {
    let world = World::new().await;
    let (_server, url) = Inbox::open(&world, &[]).await;
    world.subscribe("git.push", &url).await;
    let fake: &dyn Forge = &world.fake;
    assert_eq!(fake.hooks(), [Hook { url, repository: SHOP.to_owned(), active: true }]);
    let connection = fake.connection();
    assert_eq!(connection["settings"], json!({ "organization": fake.account(), "url": world.fake.url() }));
    for secret in
        [&connection["secrets"]["token"], &connection["secrets"]["webhook-secret"], &json!("secret")]
    {
        assert!(fake.secrets().contains(&secret.as_str().unwrap().to_owned()));
    }
    fake.delete_hooks();
    assert_eq!(fake.hooks(), []);
    let name = fake.full_name("lab");
    let sha = fake.add_repository(&name, &[("a", "b")]).unwrap();
    assert_eq!(world.fake.head_of(&name, "main").unwrap(), sha);
    fake.settled().await;
    assert!(!fake.host().ledger.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_endpoint() {
    let world = World::new().await;
    let fake = Arc::new(world.fake);
    let control = Control::open(fake.clone(), 0).await.unwrap();
    let at = |path: &str| format!("http://{}{path}", control.address());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = json!({ "repository": SHOP, "branch": "second", "title": "T", "files": { "a.tf": "\n", "main.tf": null } });
    let opened: Value = http.post(at("/pull")).json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(opened["number"], 2);
    let body = json!({ "repository": SHOP, "number": 2, "files": { "a.tf": "b\n" } });
    let pushed: Value = http.post(at("/push")).json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(fake.pull(SHOP, 2).unwrap().head(), pushed["head_sha"].as_str().unwrap());
    let checks = at(&format!("/checks?repository={SHOP}&sha={}", world.head));
    let checks: Value = http.get(checks).send().await.unwrap().json().await.unwrap();
    assert_eq!(checks, json!([]));
    assert_eq!(fake.violations(), Vec::<String>::new());
    fake.set_webhook("https://p.example", None);
}
