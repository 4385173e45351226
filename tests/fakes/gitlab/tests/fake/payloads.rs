//! Payloads compared with published samples: every member that a sample has must be in ours.

use palisade_fake_gitlab::{Event, shared};
use serde_json::{Value, json};

use crate::support::{SHOP, World};

/// Members of samples that ours lack, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("assignee", "nobody is assigned"),
    ("position", "merge requests of older versions had it"),
    ("deleted_at", "merge requests of older versions had it"),
    ("source_pipeline", "no pipeline of another project triggered this one"),
];

/// The places of members that a sample has and ours lack.
fn lacking(sample: &Value, ours: &Value, place: &str, found: &mut Vec<String>) {
    match (sample, ours) {
        (Value::Object(all), Value::Object(known)) => {
            for (name, value) in all {
                let below = format!("{place}/{name}");
                match known.get(name) {
                    Some(own) => lacking(value, own, &below, found),
                    None if EXCEPTIONS.iter().any(|(it, _)| it == name) => {}
                    None => found.push(below),
                }
            }
        }
        (Value::Array(all), Value::Array(known)) => {
            if let (Some(one), Some(own)) = (all.first(), known.first()) {
                lacking(one, own, place, found);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn members_of_published_samples() {
    let world = World::new().await;
    let folder = shared(&palisade_fake_gitlab::Options::default()).join("contracts/gitlab/fixtures");
    if !world.described() {
        return;
    }
    let name = || SHOP.to_owned();
    let note = world.fake.comment_as("ada", SHOP, world.number, "hello").unwrap();
    let (_, pipeline) = world.fake.start_train(SHOP, world.number).unwrap();
    let before = Some(world.base.clone());
    let pushed = Event::Pull(name(), 1, "update", before.clone(), json!({}));
    let retargeted = json!({ "target_branch": { "previous": "a", "current": "main" } });
    let table = [
        ("atlantis/gitlab-merge-request-event-update-new-commit.json", "Merge Request Hook", pushed),
        (
            "atlantis/gitlab-merge-request-event-update-target-branch.json",
            "Merge Request Hook",
            Event::Pull(name(), 1, "update", None, retargeted),
        ),
        (
            "drone-go-scm/webhooks/pull_request_create.json",
            "Merge Request Hook",
            Event::Pull(name(), 1, "open", None, json!({})),
        ),
        ("go-gitlab/webhooks/note_merge_request.json", "Note Hook", Event::Note(name(), 1, note)),
        ("go-gitlab/webhooks/pipeline.json", "Pipeline Hook", Event::Pipeline(name(), pipeline)),
        (
            "go-gitlab/webhooks/push.json",
            "Push Hook",
            Event::Push(name(), "feature".to_owned(), before, Some(world.head.clone())),
        ),
    ];
    for (file, expected, event) in table {
        let sample = std::fs::read(folder.join(file)).unwrap();
        let (header, ours) = world.fake.payload(&event).unwrap();
        assert_eq!(header, expected, "{file}");
        let mut found = Vec::new();
        lacking(&serde_json::from_slice(&sample).unwrap(), &ours, "", &mut found);
        // What changed differs from event to event.
        found.retain(|place| !place.starts_with("/changes/"));
        assert_eq!(found, Vec::<String>::new(), "{file}");
    }
}
