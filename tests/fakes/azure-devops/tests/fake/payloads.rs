//! Payloads: each event has the members of its published sample, and filters decide who gets it.

use std::path::PathBuf;

use palisade_fake_host::Forge as _;
use serde_json::{Value, json};

use crate::support::{Inbox, SHOP, World, subscription};

/// The members of a sample that a payload lacks. Lists are compared by their first item.
fn lacks(sample: &Value, payload: &Value, place: &str, wrong: &mut Vec<String>) {
    match (sample, payload) {
        (Value::Object(all), Value::Object(_)) => {
            for (name, inner) in all {
                let place = format!("{place}/{name}");
                match payload.get(name) {
                    Some(given) => lacks(inner, given, &place, wrong),
                    None => wrong.push(place),
                }
            }
        }
        (Value::Array(all), Value::Array(given)) => {
            if let (Some(sample), Some(given)) = (all.first(), given.first()) {
                lacks(sample, given, &format!("{place}/0"), wrong);
            }
        }
        _ if std::mem::discriminant(sample) == std::mem::discriminant(payload) => {}
        _ => wrong.push(format!("{place} is {payload}")),
    }
}

/// Members of samples that payloads need not have: the first is of old versions only, the others are of events that the
/// samples show and the fake does not cause (a closed pull request, reviewers, a page of the web interface).
const OPTIONAL: &[&str] = &[
    "/scope",
    "/resource/closedDate",
    "/resource/pullRequest/_links",
    "/resource/_links",
    "/resource/pushedBy/_links",
];

/// A sample, if the folder with the samples exists.
fn sample(name: &str) -> Option<Value> {
    let path: PathBuf = palisade_fake_host::shared(None).join("contracts/azuredevops/fixtures").join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", path.display());
        println!("skipped: {} is absent", path.display());
        return None;
    };
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_have_the_members_of_their_samples() {
    let world = World::new().await;
    let (server, url) = Inbox::open(&world, &[]).await;
    let samples = [
        ("git.push", "argo-cd/azuredevops-git-push-event.json"),
        ("git.pullrequest.created", "drone-go-scm/webhooks/pr_created.json"),
        ("git.pullrequest.updated", "go-azuredevops/git.pullrequest.updated_test.json"),
        ("git.pullrequest.merged", "drone-go-scm/webhooks/pr_merged.json"),
        ("ms.vss-code.git-pullrequest-comment-event", "go-azuredevops/git-pullrequest-comment-event-v2.json"),
    ];
    for (event, _) in samples {
        let body = subscription(event, &url, &json!({}));
        assert_eq!(world.ask("POST", "/acme/_apis/hooks/subscriptions", Some(&body)).await.0, 200);
    }
    world.fake.push_branch(SHOP, "second", &[("x.tf", Some("\n"))]).unwrap();
    let number = world.fake.open_pull(SHOP, "second", "main", "T").unwrap();
    world.fake.push(SHOP, number, &[("y.tf", Some("\n"))]).unwrap();
    world.fake.comment(SHOP, number, "/palisade recheck").unwrap();
    world.fake.settled().await;
    let bodies = server.provider().bodies();
    for (event, name) in samples {
        let payload = bodies.iter().find(|one| one["eventType"] == event);
        let payload = payload.unwrap_or_else(|| panic!("{event} was not sent"));
        let Some(sample) = sample(name) else { return };
        let mut wrong = Vec::new();
        lacks(&sample, payload, "", &mut wrong);
        wrong.retain(|place| !OPTIONAL.iter().any(|it| place.starts_with(it)));
        assert_eq!(wrong, Vec::<String>::new(), "{event}: {payload:#}");
    }
    let comment = bodies.iter().find(|one| one["eventType"] == samples[4].0).unwrap();
    assert_eq!(comment["resource"]["comment"]["content"], "/palisade recheck");
    assert_eq!(comment["resource"]["pullRequest"]["pullRequestId"], json!(number));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_decide() {
    let world = World::new().await;
    let (server, url) = Inbox::open(&world, &[]).await;
    let one = world.fake.repository(SHOP).unwrap();
    world.fake.add_repository("other/lab", &[("a", "b")]).unwrap();
    let lab = world.fake.repository("other/lab").unwrap();
    let here = |more: Value| {
        let mut filters = json!({ "projectId": one.project, "repository": one.id });
        filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        filters
    };
    let table = [
        (json!({}), true),
        (json!({ "projectId": one.project }), true),
        (json!({ "projectId": lab.project }), false),
        (here(json!({})), true),
        (json!({ "projectId": lab.project, "repository": lab.id }), false),
        (here(json!({ "branch": "main" })), true),
        (here(json!({ "branch": "release" })), false),
        (here(json!({ "notificationType": "PushNotification" })), true),
        (here(json!({ "notificationType": "ReviewersUpdateNotification" })), false),
        (here(json!({ "branch": "", "notificationType": "" })), true),
    ];
    for (filters, expected) in table {
        let body = subscription("git.pullrequest.updated", &url, &filters);
        let (_, made) = world.ask("POST", "/acme/_apis/hooks/subscriptions", Some(&body)).await;
        let before = server.provider().seen().len();
        world.fake.push(SHOP, world.number, &[("x.tf", Some(&format!("# {before} {filters}\n")))]).unwrap();
        world.fake.settled().await;
        assert_eq!(server.provider().seen().len() > before, expected, "{filters}");
        let path = format!("/acme/_apis/hooks/subscriptions/{}", made["id"].as_str().unwrap());
        assert_eq!(world.ask("DELETE", &path, None).await.0, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_decides_how_much_is_sent() {
    let world = World::new().await;
    let (server, url) = Inbox::open(&world, &[]).await;
    let id = world.subscribe("git.pullrequest.updated", &url).await;
    let pull = format!("{}/pullRequests/{}", "", world.number);
    for (details, messages) in [("minimal", "text"), ("none", "none")] {
        world
            .fake
            .change_subscription(&id, |one| {
                one.consumer_inputs.insert("resourceDetailsToSend".to_owned(), details.to_owned());
                one.consumer_inputs.insert("messagesToSend".to_owned(), messages.to_owned());
            })
            .unwrap();
        world.fake.push(SHOP, world.number, &[("x.tf", Some(details))]).unwrap();
    }
    world.fake.settled().await;
    let bodies = server.provider().bodies();
    assert_eq!(bodies[0]["resource"]["id"], json!(world.number));
    assert!(bodies[0]["resource"]["url"].as_str().unwrap().ends_with(&pull));
    assert_eq!(bodies[0]["message"].as_object().unwrap().len(), 1);
    assert_eq!((bodies[1].get("resource"), bodies[1].get("message")), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_have_events() {
    let world = World::new().await;
    let (server, url) = Inbox::open(&world, &[]).await;
    let kinds = ["created", "forked", "renamed", "statuschanged", "deleted"];
    for kind in kinds {
        let body = subscription(&format!("git.repo.{kind}"), &url, &json!({}));
        assert_eq!(world.ask("POST", "/acme/_apis/hooks/subscriptions", Some(&body)).await.0, 200);
    }
    world.fake.add_repository("platform/lab", &[("a", "b")]).unwrap();
    world.fake.fork("platform/lab", "platform/fork").unwrap();
    world.fake.rename_repository("platform/lab", "den").unwrap();
    world.fake.set_disabled("platform/den", true).unwrap();
    world.fake.delete_repository("platform/den").unwrap();
    world.fake.settled().await;
    let bodies = server.provider().bodies();
    let events: Vec<&str> = bodies.iter().map(|one| one["eventType"].as_str().unwrap()).collect();
    assert_eq!(events, kinds.map(|kind| format!("git.repo.{kind}")));
    assert_eq!(bodies[2]["resource"]["repository"]["name"], "den");
    assert_eq!(bodies[4]["resource"]["repository"]["id"], bodies[0]["resource"]["repository"]["id"]);
}
