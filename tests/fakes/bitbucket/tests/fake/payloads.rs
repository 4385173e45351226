//! Payloads of deliveries, compared with published samples: each member of a sample is in the payload.

use std::path::PathBuf;

use palisade_fake_bitbucket::{Options, description};
use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

/// Members of samples that the fake does not send, and why.
const ABSENT: &[(&str, &str)] = &[
    ("/owner/account_id", "of a user; the repositories here belong to a workspace"),
    ("/owner/nickname", "of a user; the repositories here belong to a workspace"),
    ("/username", "removed from payloads of today"),
    ("/ttl_seconds", "of drone's own samples"),
    ("/properties", "an empty object for apps"),
    ("/committer", "an empty object"),
    ("/rendered", "an empty object beside a commit"),
    ("/links/request-changes", "an address that nobody uses here"),
    ("/links/pullrequest_create", "an address that nobody uses here"),
    ("/links/patch", "an address that nobody uses here"),
    ("/sync_strategies", "a setting of pages"),
    ("/author/user", "authors of commits have no accounts here"),
    ("/changes/0/links", "addresses of pages"),
    ("/branch/links", "an empty object"),
];

/// The folder of the samples; `None` if it is not available.
fn samples() -> Option<PathBuf> {
    let folder = description(&Options::default()).parent()?.parent()?.join("fixtures");
    if !folder.is_dir() {
        assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", folder.display());
        println!("skipped: {} is absent", folder.display());
        return None;
    }
    Some(folder)
}

/// The places of the members that a payload lacks or that have another type. Null has every type.
fn missing(sample: &Value, ours: &Value, place: &str, all: &mut Vec<String>) {
    match (sample, ours) {
        (Value::Object(sample), Value::Object(ours)) => {
            for (name, value) in sample {
                let place = format!("{place}/{name}");
                match ours.get(name) {
                    Some(ours) => missing(value, ours, &place, all),
                    None => all.push(place),
                }
            }
        }
        (Value::Array(sample), Value::Array(ours)) => {
            if let (Some(sample), Some(ours)) = (sample.first(), ours.first()) {
                missing(sample, ours, &format!("{place}/0"), all);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (sample, ours) => {
            if std::mem::discriminant(sample) != std::mem::discriminant(ours) {
                all.push(format!("{place}: {ours}"));
            }
        }
    }
}

#[tokio::test]
async fn payloads_are_as_published() {
    let Some(folder) = samples() else { return };
    let world = World::new().await;
    let body = json!({ "url": "http://127.0.0.1:1/hooks", "events": [
        "repo:push", "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected",
        "pullrequest:comment_created", "repo:commit_status_created", "repo:commit_status_updated",
    ] });
    assert_eq!(world.ask("POST", &format!("{AT}/hooks"), Some(&body)).await.0, 201);
    let status = json!({ "key": "k", "state": "SUCCESSFUL", "url": "https://palisade.example.com" });
    let path = format!("{AT}/commit/{}/statuses/build", world.head);
    for _ in 0..2 {
        assert_eq!(world.ask("POST", &path, Some(&status)).await.0, 201);
    }
    world.fake.push(SHOP, 1, &[("x.tf", Some("\n"))]).unwrap();
    world.fake.comment_as("ada", SHOP, 1, "hello").unwrap();
    world.fake.commit(SHOP, "two", &[("y.tf", Some("\n"))]).unwrap();
    world.fake.open_pull(SHOP, "two", "main").unwrap();
    world.fake.decline_pull(SHOP, 2).unwrap();
    world.fake.merge_pull(SHOP, 1).unwrap();
    world.fake.settled().await;
    let table = [
        ("repo:push", "jenkins-bitbucket-branch-source/webhooks/signed_payload.json"),
        ("repo:push", "jenkins-bitbucket-branch-source/webhooks/commit_created.json"),
        ("pullrequest:created", "jenkins-bitbucket-branch-source/webhooks/pullrequest_created.json"),
        ("pullrequest:updated", "jenkins-bitbucket-branch-source/webhooks/pullrequest_updated.json"),
        ("pullrequest:rejected", "jenkins-bitbucket-branch-source/webhooks/pullrequest_rejected.json"),
        ("pullrequest:fulfilled", "drone-go-scm/webhooks/pr_fulfilled.json"),
        ("pullrequest:comment_created", "drone-go-scm/webhooks/pr_comment_created.json"),
        ("repo:commit_status_created", "go-playground-webhooks/repo-commit-status-created.json"),
        ("repo:commit_status_updated", "go-playground-webhooks/repo-commit-status-updated.json"),
    ];
    let mut all = Vec::new();
    for (event, sample) in table {
        let bytes = std::fs::read(folder.join(sample)).unwrap();
        let sample_body: Value = serde_json::from_slice(&bytes).unwrap();
        let delivery = world.fake.deliveries_of(event).remove(0);
        let mut wrong = Vec::new();
        missing(&sample_body, &delivery.payload, "", &mut wrong);
        wrong.retain(|place| !ABSENT.iter().any(|(end, _)| place.ends_with(end)));
        all.extend(wrong.iter().map(|place| format!("{event} {sample} {place}")));
    }
    assert!(all.is_empty(), "{all:#?}");
}
