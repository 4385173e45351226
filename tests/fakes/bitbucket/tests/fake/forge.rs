//! What tests of all providers use, and the control endpoint.

use std::sync::Arc;

use palisade_fake_bitbucket::{Control, FakeBitbucket, Forge};
use palisade_fake_host::{Controlled, Status};
use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

/// Publishes a failed status, a report with one annotation, and a summary.
async fn publish(world: &World) {
    let commit = format!("{AT}/commit/{}", world.head);
    let status = json!({
        "key": "palisade", "state": "FAILED", "url": "https://palisade.example.com/1",
        "description": "1 violation", "refname": "feature",
    });
    assert_eq!(world.ask("POST", &format!("{commit}/statuses/build"), Some(&status)).await.0, 201);
    let report = json!({ "title": "t", "details": "d", "report_type": "SECURITY", "result": "FAILED" });
    assert_eq!(world.ask("PUT", &format!("{commit}/reports/palisade"), Some(&report)).await.0, 200);
    let annotations = json!([{
        "external_id": "a", "annotation_type": "VULNERABILITY", "summary": "Public bucket", "details": "Fix it",
        "path": "main.tf", "line": 3,
    }]);
    let list = format!("{commit}/reports/palisade/annotations");
    assert_eq!(world.ask("POST", &list, Some(&annotations)).await.0, 200);
    let comment = json!({ "content": { "raw": "1 violation" } });
    assert_eq!(world.ask("POST", &format!("{}/comments", world.pull()), Some(&comment)).await.0, 201);
}

#[tokio::test]
async fn what_a_pull_request_shows() {
    let world = World::new().await;
    let forge: &dyn Forge = &world.fake;
    assert!(forge.shown(SHOP, 1, &world.head).is_none());
    assert!(forge.tamper(SHOP, 1, &world.head).is_err());
    publish(&world).await;
    forge.comment(SHOP, 1, "not of this program").unwrap();
    let shown = forge.shown(SHOP, 1, &world.head).unwrap();
    assert_eq!((shown.status, shown.title.as_str()), (Status::Failure, "1 violation"));
    assert_eq!(shown.summaries, ["1 violation"]);
    let remark = &shown.remarks[0];
    assert_eq!((remark.path.as_str(), remark.line, remark.open), ("main.tf", 3, true));
    assert_eq!(remark.text, "Public bucket\nFix it");
    assert_eq!(forge.tamper(SHOP, 1, &world.head).unwrap().as_deref(), Some("Mallory"));
    let shown = forge.shown(SHOP, 1, &world.head).unwrap();
    assert_eq!((shown.status, shown.remarks.len(), shown.summaries.len()), (Status::Success, 0, 1));
    // The API shows the same, and does not name who it was.
    let (_, status) =
        world.ask("GET", &format!("{AT}/commit/{}/statuses/build/palisade", world.head), None).await;
    assert_eq!(status["state"], "SUCCESSFUL");
    assert!(!status.to_string().to_lowercase().contains("mallory"));
}

/// What [`Forge::tamper`] changes, the second user can change through the API.
#[tokio::test]
async fn the_second_user_may_tamper() {
    let world = World::new().await;
    publish(&world).await;
    let mallory = world.fake.mallory().clone();
    let commit = format!("{AT}/commit/{}", world.head);
    let status = json!({ "key": "palisade", "state": "SUCCESSFUL", "url": "https://palisade.example.com/1" });
    let report = json!({ "title": "t", "details": "d", "report_type": "SECURITY", "result": "PASSED" });
    let table = [
        ("POST", "/statuses/build", Some(&status), 201),
        ("PUT", "/reports/palisade", Some(&report), 200),
        ("DELETE", "/reports/palisade/annotations/a", None, 204),
    ];
    for (method, path, body, expected) in table {
        let (got, _) = world.ask_as(&mallory, method, &format!("{commit}{path}"), body).await;
        assert_eq!(got, expected, "{path}");
    }
    let shown = world.fake.shown(SHOP, 1, &world.head).unwrap();
    assert_eq!((shown.status, shown.remarks.len()), (Status::Success, 0));
}

#[tokio::test]
async fn connection_and_hooks() {
    let fake = FakeBitbucket::start(palisade_fake_bitbucket::Options::default()).await.unwrap();
    let forge: &dyn Forge = &fake;
    assert_eq!((forge.account(), forge.full_name("shop").as_str()), ("acme", SHOP));
    let connection = forge.connection();
    assert_eq!(connection["settings"]["workspace"], "acme");
    assert_eq!(connection["settings"]["email"], "palisade@example.com");
    let access = fake.connection_with(&fake.access_token());
    assert_eq!(access["settings"]["email"], "");
    let secrets = forge.secrets();
    for token in [&connection, &access].map(|one| one["secrets"]["token"].as_str().unwrap().to_owned()) {
        assert!(secrets.contains(&token));
    }
    assert!(!secrets.contains(&fake.mallory().token));
    assert_eq!(forge.hooks(), []);
    forge.delete_hooks();
    forge.settled().await;
}

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
    let asked = json!({ "repository": SHOP, "branch": "by-hand", "title": "t", "files": files });
    let (status, pull) = ask("POST", "/pull", asked).await;
    assert_eq!((status, &pull["number"]), (200, &json!(2)));
    let push = json!({ "repository": SHOP, "number": 2, "files": { "bad.tf": null } });
    let (_, pushed) = ask("POST", "/push", push).await;
    let sha = pushed["head_sha"].as_str().unwrap();
    assert_eq!(fake.pull(SHOP, 2).unwrap().head_sha, sha);
    assert_eq!(Controlled::checks(&*fake, SHOP, sha), Vec::<Value>::new());
    assert_eq!(ask("GET", "/violations", json!(null)).await, (200, json!([])));
    assert_eq!(ask("POST", "/webhook", json!({ "url": "http://127.0.0.1:1/" })).await.0, 200);
}
