//! From an empty database to a Git source, and what can be read then.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{REPOSITORY, World};

/// Creates a connection, an integration and a source; returns the ids.
async fn set_up(world: &World) -> [String; 3] {
    let reply = world.call("POST", "/connections", world.connection()).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    let connection = reply.id();
    let new = json!({ "connection": connection, "name": "Acme", "account": "acme" });
    let reply = world.call("POST", "/integrations", new).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    let integration = reply.id();
    let new = json!({
        "integration": integration, "name": "Production", "repository": "Acme/Shop",
        "folders": ["/prod/"], "branch_pattern": "main",
    });
    let reply = world.call("POST", "/sources", new).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    [connection, integration, reply.id()]
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_integrate_add_a_source() {
    let world = World::start().await;
    let providers = world.get("/providers").await;
    let all = providers["items"].as_array().unwrap();
    let provider = all.iter().find(|it| it["id"] == "github").unwrap();
    assert_eq!(provider["settings_schema"]["required"], json!(["app_id"]));
    assert_eq!(provider["secrets"][0]["name"], "private-key");

    let [connection, integration, source] = set_up(&world).await;
    let shown = world.get(&format!("/connections/{connection}")).await;
    assert_eq!(shown["hook_url"], format!("https://palisade.example/hooks/{connection}"));
    assert_eq!(shown["settings"]["app_id"], world.fake.app().client_id);
    let accounts = world.get(&format!("/connections/{connection}/accounts")).await;
    assert_eq!(accounts["items"][0]["name"], "acme");

    let shown = world.get(&format!("/integrations/{integration}")).await;
    for (field, expected) in [
        ("status", "Active"),
        ("account_name", "acme"),
        ("iac_scanning", "Enabled"),
        ("threat_detection", "Not available"),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    let repositories = world.get(&format!("/integrations/{integration}/repositories")).await;
    assert_eq!(repositories["items"][0]["full_name"], REPOSITORY);
    let at = format!("/integrations/{integration}/repositories/{REPOSITORY}/folders?branch=main");
    assert_eq!(world.get(&at).await["items"], json!(["prod"]));
    assert_eq!(
        world.call("GET", &format!("{at}&folder=none"), Value::Null).await.status,
        StatusCode::NOT_FOUND
    );

    let shown = world.get(&format!("/sources/{source}")).await;
    for (field, expected) in [
        ("repository", json!(REPOSITORY)),
        ("folders", json!(["/prod"])),
        ("fail_on", json!("high")),
        ("strict", json!(true)),
        ("every_hours", json!(24)),
        ("paused", json!(false)),
        ("repository_state", json!("present")),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    for path in ["/connections", "/integrations", "/sources"] {
        assert_eq!(world.get(path).await["items"].as_array().unwrap().len(), 1, "{path}");
    }
    for path in ["checks", "pulls", "acceptances"] {
        let list = world.get(&format!("/{path}?integration={integration}")).await;
        assert_eq!(list, json!({ "items": [], "next": null }), "{path}");
    }
    assert_eq!(world.get(&format!("/resources?source={source}")).await["items"], json!([]));
    let policies = world.get(&format!("/sources/{source}/policies")).await;
    assert_eq!(policies["items"].as_array().unwrap().len(), world.service.controls().len());
    world.kept_quiet();
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_and_its_report() {
    let world = World::start().await;
    let bad = "resource \"aws_db_instance\" \"orders\" {\n  publicly_accessible = true\n}\n";
    world.fake.commit(REPOSITORY, "main", &[("prod/orders.tf", Some(bad))]).unwrap();
    let [_, integration, source] = set_up(&world).await;
    let working = world.service.work().await.unwrap();
    let over = |it: &Value| ["done", "failed"].contains(&it["state"].as_str().unwrap());
    let scan = world.until(&format!("/scans?source={source}"), over).await;
    working.stop(Duration::from_secs(20)).await.unwrap();
    assert_eq!((&scan["state"], &scan["verdict"]), (&json!("done"), &json!("failed")), "{scan}");
    let id = scan["id"].as_str().unwrap();
    assert_eq!(scan["has_report"], true);
    assert_eq!(world.get(&format!("/scans/{id}")).await, scan);
    let report = world.get(&format!("/scans/{id}/report")).await;
    assert_eq!(report.as_array().unwrap().len(), 1);
    let results = world.get(&format!("/scans/{id}/results")).await;
    let failed =
        results["items"].as_array().unwrap().iter().find(|it| it["outcome"] == "failed").unwrap().clone();
    assert_eq!(failed["path"], "prod/orders.tf");
    let resources = world.get(&format!("/resources?source={source}")).await;
    let resource = &resources["items"][0];
    assert_eq!(
        (&resource["repository"], &resource["address"]),
        (&json!(REPOSITORY), &json!("aws_db_instance.orders"))
    );
    assert!(!world.get(&format!("/integrations/{integration}")).await["last_scanned_at"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_and_its_check() {
    let world = World::start().await;
    let bad = "resource \"aws_db_instance\" \"orders\" {\n  publicly_accessible = true\n}\n";
    let sha = world.fake.commit(REPOSITORY, "orders", &[("prod/orders.tf", Some(bad))]).unwrap();
    world.fake.open_pull(REPOSITORY, "orders", "main").unwrap();
    let [_, integration, _] = set_up(&world).await;
    let working = world.service.work().await.unwrap();
    let of_commit = format!("/checks?repository={REPOSITORY}&sha={sha}");
    let shown = |it: &Value| it["state"] == "completed" && it["published"] == true;
    let check = world.until(&of_commit, shown).await;
    working.stop(Duration::from_secs(20)).await.unwrap();
    assert_eq!((&check["conclusion"], &check["pulls"]), (&json!("failure"), &json!([1])));
    // Lists omit fields that may be large.
    let mut alone = world.get(&format!("/checks/{}", check["id"].as_str().unwrap())).await;
    let whole = alone.as_object_mut().unwrap();
    let (summary, annotations) = (whole.remove("summary").unwrap(), whole.remove("annotations").unwrap());
    assert!(!summary.as_str().unwrap().is_empty());
    assert_eq!(annotations[0]["path"], "prod/orders.tf", "{annotations}");
    assert_eq!(alone, check);
    assert_eq!(world.get(&format!("/checks?integration={integration}")).await["items"], json!([check]));
    let pulls = world.get(&format!("/pulls?integration={integration}")).await;
    let pull = &pulls["items"][0];
    assert_eq!(
        (&pull["number"], &pull["head_sha"], &pull["waiting"]),
        (&json!(1), &json!(sha), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_handled_again() {
    let world = World::start().await;
    let [connection, ..] = set_up(&world).await;
    let working = world.service.work().await.unwrap();
    let secret = world.fake.app().webhook_secret.clone();
    let id = world.deliver(&connection, &secret, "ping", &json!({ "zen": "quiet" })).await;
    let ignored = |it: &Value| it["state"] == "ignored";
    let first = world.until("/deliveries", ignored).await;
    assert_eq!((&first["id"], &first["attempts"], &first["kind"]), (&json!(id), &json!(1), &json!("ping")));
    let reply = world.call("POST", &format!("/deliveries/{id}/redeliver"), Value::Null).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text);
    let second = world.until("/deliveries", ignored).await;
    assert_eq!(second["attempts"], 2);
    assert!(second["finished_at"].as_str() > first["finished_at"].as_str());
    working.stop(Duration::from_secs(20)).await.unwrap();
    let whole = world.get(&format!("/deliveries/{id}")).await;
    assert_eq!(
        (&whole["body"]["zen"], &whole["headers"]["x-github-event"]),
        (&json!("quiet"), &json!("ping"))
    );
    assert!(whole["headers"].get("x-hub-signature-256").is_none(), "the proof is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages() {
    let world = World::start().await;
    for name in ["a", "b", "c", "d"] {
        let body = json!({ "name": name, "role": "viewer" });
        assert_eq!(world.call("POST", "/users", body).await.status, StatusCode::CREATED);
    }
    // (list, number of items)
    for (path, expected) in [("/users", 5), ("/audit", 4)] {
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("{path}?limit=2{next}")).await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            seen.extend(items.iter().map(|it| it["id"].to_string()));
            match page["next"].as_str() {
                Some(after) => next = format!("&after={after}"),
                None => break,
            }
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (expected, expected), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_supported() {
    let world = World::start().await;
    let support = world.get("/support").await;
    let formats: Vec<&str> =
        support["formats"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(formats.contains(&"terraform") && formats.contains(&"kubernetes"), "{formats:?}");
    let controls = world.get("/controls").await["items"].as_array().unwrap().clone();
    assert_eq!(support["controls"], controls.len());
    let policies = world.get("/policies").await["items"].as_array().unwrap().clone();
    let ids: Vec<&Value> = controls.iter().map(|it| &it["id"]).collect();
    for policy in &policies {
        for control in policy["controls"].as_array().unwrap() {
            assert!(ids.contains(&control), "{policy}");
        }
    }
    let status = world.get("/status").await;
    assert_eq!((&status["database"], &status["counts"]["users"]), (&json!("sqlite"), &json!(1)));
    assert_eq!(status["plugins"].as_array().unwrap().len(), world.service.plugins().len());
}
