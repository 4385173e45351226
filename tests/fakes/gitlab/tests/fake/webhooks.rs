//! Deliveries: their headers, their signature, their payloads, and which hooks get them.

use palisade_fake_gitlab::{Delivery, Event, Plan, signature};
use palisade_fake_host::{Forge as _, Seen, receiver};
use serde_json::{Value, json};

use crate::support::{PROJECT, SHOP, World};

/// A world with a hook for these events, with a signing token.
async fn hooked(flags: &[&str]) -> (World, Seen) {
    let world = World::new().await;
    let (url, seen) = receiver(202).await;
    let mut body = json!({ "url": url, "push_events": false, "signing_token": world.fake.webhook_secret() });
    for flag in flags {
        body[*flag] = json!(true);
    }
    world.check("POST", &format!("{PROJECT}/hooks"), Some(body), 201, &[]).await;
    (world, seen)
}

/// The deliveries so far: header and the action, if the payload has one.
async fn sent(world: &World) -> Vec<String> {
    world.fake.settled().await;
    let shown = |one: &Delivery| {
        let action = one.payload.pointer("/object_attributes/action").and_then(Value::as_str);
        format!("{} {}", one.event, action.unwrap_or("-"))
    };
    world.fake.deliveries().iter().map(shown).collect()
}

#[tokio::test]
async fn a_delivery_is_signed() {
    let (world, seen) = hooked(&["merge_requests_events"]).await;
    let after = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    assert_eq!(sent(&world).await, ["Merge Request Hook update"]);
    let delivery = world.fake.deliveries().pop().unwrap();
    let member = |pointer: &str| delivery.payload.pointer(pointer).cloned().unwrap();
    assert_eq!(member("/object_attributes/oldrev"), json!(world.head));
    assert_eq!(member("/object_attributes/last_commit/id"), json!(after));
    assert_eq!(member("/project/path_with_namespace"), json!(SHOP));
    let seen = seen.lock().unwrap();
    let (head, body) = &seen[0];
    let header = |name: &str| {
        let line =
            head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(ToOwned::to_owned));
        line.unwrap_or_else(|| panic!("{name} in {head}"))
    };
    let made =
        signature(world.fake.webhook_secret(), &header("webhook-id"), &header("webhook-timestamp"), body);
    assert_eq!(header("webhook-signature"), made.unwrap().to_lowercase());
    assert_eq!(
        (header("webhook-id"), header("idempotency-key")),
        (delivery.guid.clone(), delivery.guid.clone())
    );
    assert_eq!(header("x-gitlab-event"), "merge request hook");
    assert_eq!(header("x-gitlab-instance"), world.fake.url());
    assert_eq!(header("x-gitlab-event-uuid").len(), 36);
    assert!(!head.contains("x-gitlab-token"));
}

#[tokio::test]
async fn a_token_instead() {
    let (world, seen) = hooked(&["merge_requests_events"]).await;
    world.fake.change_hooks(|hook| (hook.token, hook.signing_token) = (Some("abc".to_owned()), None));
    world.fake.close_pull(SHOP, world.number).unwrap();
    world.fake.settled().await;
    let seen = seen.lock().unwrap();
    assert!(seen[0].0.contains("x-gitlab-token: abc"), "{}", seen[0].0);
    assert!(!seen[0].0.contains("webhook-signature"), "{}", seen[0].0);
}

#[tokio::test]
async fn what_happens_to_a_merge_request() {
    let (world, _) = hooked(&["merge_requests_events", "note_events", "push_events"]).await;
    let number = world.number;
    world.fake.branch(SHOP, "release", "main").unwrap();
    world.fake.push(SHOP, number, &[("x.tf", Some("\n"))]).unwrap();
    world.fake.retarget_pull(SHOP, number, "release").unwrap();
    world.fake.retitle_pull(SHOP, number, "New").unwrap();
    world.fake.comment(SHOP, number, "/palisade recheck").unwrap();
    world.fake.close_pull(SHOP, number).unwrap();
    world.fake.reopen_pull(SHOP, number).unwrap();
    world.fake.merge_pull(SHOP, number).unwrap();
    world.fake.rename_branch(SHOP, "release", "stable").unwrap();
    let expected = [
        "Push Hook -",
        "Merge Request Hook update",
        "Merge Request Hook update",
        "Merge Request Hook update",
        "Note Hook create",
        "Merge Request Hook close",
        "Merge Request Hook reopen",
        "Merge Request Hook merge",
        "Push Hook -",
        "Push Hook -",
        "Push Hook -",
    ];
    assert_eq!(sent(&world).await, expected);
    let all = world.fake.deliveries();
    let member =
        |number: usize, pointer: &str| all[number].payload.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(member(0, "/before"), json!(world.head));
    assert_eq!(member(0, "/commits/0/added"), json!(["x.tf"]));
    assert_eq!(member(2, "/changes/target_branch/previous"), json!("main"));
    assert_eq!(member(2, "/object_attributes/oldrev"), Value::Null);
    assert_eq!(member(4, "/object_attributes/note"), json!("/palisade recheck"));
    assert_eq!(member(4, "/merge_request/iid"), json!(number));
    assert_eq!(member(9, "/before"), json!("0".repeat(40)));
    assert_eq!(member(10, "/after"), json!("0".repeat(40)));
    assert_eq!(all.iter().filter(|one| one.status_code == 202).count(), 11);
}

#[tokio::test]
async fn pipelines_and_trains() {
    let (world, _) = hooked(&["pipeline_events"]).await;
    let (sha, pipeline) = world.fake.start_train(SHOP, world.number).unwrap();
    let body = json!({ "state": "success", "name": "palisade" });
    let status = world.check("POST", &format!("{PROJECT}/statuses/{sha}"), Some(body), 201, &[]).await;
    assert_eq!(
        (&status["pipeline_id"], &status["ref"]),
        (&json!(pipeline), &json!("refs/merge-requests/1/train"))
    );
    assert_eq!(sent(&world).await, ["Pipeline Hook -", "Pipeline Hook -"]);
    let all = world.fake.deliveries();
    let member = |number: usize, name: &str| all[number].payload["object_attributes"][name].clone();
    assert_eq!((member(0, "ref"), member(0, "sha")), (json!("refs/merge-requests/1/train"), json!(sha)));
    assert_eq!((member(0, "status"), member(1, "status")), (json!("created"), json!("success")));
    assert_eq!(all[0].payload["merge_request"]["iid"], json!(1));
}

#[tokio::test]
async fn hooks_of_groups_get_the_events_of_projects() {
    let world = World::new().await;
    world.fake.set_plan("acme", Plan::Premium);
    let (url, seen) = receiver(202).await;
    let body = json!({ "url": url, "push_events": true, "merge_requests_events": true });
    world.check("POST", "/groups/acme/hooks", Some(body), 201, &[]).await;
    world.fake.add_repository("other/lab", &[("a.tf", "")]).unwrap();
    world.fake.push_branch("other/lab", "main", &[("a.tf", Some("x"))]).unwrap();
    world.fake.push_branch(SHOP, "main", &[("y.tf", Some("x"))]).unwrap();
    let raw = Event::Raw(SHOP.to_owned(), "Member Hook".to_owned(), "member_events", json!({}));
    world.fake.emit(&raw);
    assert_eq!(sent(&world).await, ["Push Hook -"]);
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_there_and_untrusted() {
    let world = World::new().await;
    let body = json!({ "url": "http://127.0.0.1:1/hooks" });
    let made = world.check("POST", &format!("{PROJECT}/hooks"), Some(body), 201, &[]).await;
    let id = made["id"].as_u64().unwrap();
    let event = Event::Pull(SHOP.to_owned(), 1, "open", None, json!({}));
    let one = world.fake.send(id, &event).await.unwrap();
    assert_eq!((one.status_code, one.answer.as_str()), (0, "failed to connect to host"));
    // The fake itself has a certificate that deliveries do not trust, until it is set.
    let itself = format!("{}/hooks", world.fake.url());
    world.fake.change_hooks(|hook| hook.url.clone_from(&itself));
    assert_eq!(world.fake.send(id, &event).await.unwrap().status_code, 0);
    world.fake.set_ca(Some(world.fake.ca_pem()));
    assert_eq!(world.fake.send(id, &event).await.unwrap().status_code, 302);
    let (_, payload) = world.fake.payload(&event).unwrap();
    assert_eq!(payload["object_kind"], json!("merge_request"));
    let again = world.fake.redeliver(one.id).await.unwrap();
    assert_eq!(again.guid, one.guid);
}
