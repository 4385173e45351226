//! Commit statuses and pipelines.

use palisade_fake_gitlab::FakeGitLab;
use palisade_fake_gitlab::Rule;
use serde_json::{Value, json};

use crate::support::{PROJECT, SHOP, World};

fn status(state: &str, name: &str) -> Value {
    json!({ "state": state, "name": name, "ref": "feature", "target_url": "https://p.example.com/1", "description": state })
}

#[tokio::test]
async fn states_and_who_set_them() {
    let world = World::new().await;
    let post = format!("{PROJECT}/statuses/{}", world.head);
    let list = format!("{PROJECT}/repository/commits/{}/statuses", world.head);
    let set = async |state: &str, code: u16| {
        world.check("POST", &post, Some(status(state, "palisade")), code, &[]).await
    };
    let pending = set("pending", 201).await;
    assert_eq!((&pending["author"]["username"], &pending["status"]), (&json!("palisade"), &json!("pending")));
    let why = "Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via \"enqueue\")";
    assert_eq!(set("pending", 400).await["message"], json!(why));
    set("running", 201).await;
    set("running", 400).await;
    let failed = set("failed", 201).await;
    assert_eq!(failed["id"], pending["id"]);
    // An ended status is not changed: a new one replaces it, also for the same state.
    let again = set("failed", 201).await;
    assert_ne!(again["id"], failed["id"]);
    assert_eq!(again["pipeline_id"], failed["pipeline_id"]);
    world.check("GET", &list, None, 200, &[("/0/id", again["id"].clone())]).await;
    let all = world.check("GET", &format!("{list}?all=true"), None, 200, &[]).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    // Another user with the role Developer replaces ours.
    let mallory = world.fake.mallory_token();
    let (code, theirs) = world.ask_as(&mallory, "POST", &post, Some(&status("success", "palisade"))).await;
    assert_eq!((code, &theirs["author"]["username"]), (201, &json!("mallory")));
    let latest = world
        .check("GET", &format!("{list}?name=palisade"), None, 200, &[("/0/id", theirs["id"].clone())])
        .await;
    assert_eq!(latest.as_array().unwrap().len(), 1);
    assert_eq!(world.fake.statuses(SHOP, &world.head)[0].history, ["pending", "running", "failed"]);
    world.clean();
}

#[tokio::test]
async fn references_and_pipelines() {
    let world = World::new().await;
    let post = |sha: &str| format!("{PROJECT}/statuses/{sha}");
    let without = json!({ "state": "success", "name": "a" });
    // The reference is that of the pipeline or of a branch with the commit.
    let one = world
        .check("POST", &post(&world.head), Some(without.clone()), 201, &[("/ref", json!("feature"))])
        .await;
    let pipeline = format!("{PROJECT}/pipelines/{}", one["pipeline_id"]);
    world
        .check("GET", &pipeline, None, 200, &[("/status", json!("success")), ("/source", json!("external"))])
        .await;
    world
        .check(
            "GET",
            &format!("{PROJECT}/pipelines?sha={}", world.head),
            None,
            200,
            &[("/0/ref", json!("feature"))],
        )
        .await;
    let other = json!({ "state": "failed", "name": "b", "pipeline_id": one["pipeline_id"] });
    world
        .check("POST", &post(&world.head), Some(other), 201, &[("/pipeline_id", one["pipeline_id"].clone())])
        .await;
    let shown = [("/head_pipeline/status", json!("failed"))];
    world.check("GET", &world.merge(), None, 200, &shown).await;
    let unknown = json!({ "state": "failed", "name": "b", "pipeline_id": 1 });
    world.check("POST", &post(&world.head), Some(unknown), 404, &[]).await;
    // The head of a fork has no branch in the target.
    world.fake.add_fork(SHOP, "ada/shop", false).unwrap();
    let head = world.fake.commit("ada/shop", "topic", &[("t.tf", Some("t\n"))]).unwrap();
    world.fake.open_between(("ada/shop", "topic"), (SHOP, "main"), "t").unwrap();
    let why = json!("404 References for commit Not Found");
    world.check("POST", &post(&head), Some(without.clone()), 404, &[("/message", why)]).await;
    let given = json!({ "state": "success", "name": "a", "ref": "refs/merge-requests/2/head" });
    world.check("POST", &post(&head), Some(given), 201, &[]).await;
    world
        .check("GET", &format!("{PROJECT}/merge_requests/2"), None, 200, &[("/head_pipeline", Value::Null)])
        .await;
    world
        .check(
            "POST",
            &post(&"1".repeat(40)),
            Some(without),
            404,
            &[("/message", json!("404 Commit Not Found"))],
        )
        .await;
    world.clean();
}

#[tokio::test]
async fn limits_and_conflicts() {
    let world = World::new().await;
    let post = format!("{PROJECT}/statuses/{}", world.head);
    for (member, length, code) in
        [("description", 255, 201), ("description", 256, 400), ("target_url", 256, 400)]
    {
        let mut body = status("success", "palisade");
        body[member] = json!("x".repeat(length));
        world.check("POST", &post, Some(body), code, &[]).await;
    }
    world.fake.fail(Rule::new("POST", "/statuses/", 1, FakeGitLab::conflict()));
    assert_eq!(world.ask("POST", &post, Some(&status("success", "palisade"))).await.0, 409);
    assert_eq!(world.ask("POST", &post, Some(&status("success", "palisade"))).await.0, 201);
    world.clean();
    if !world.described() {
        return;
    }
    assert_eq!(world.ask("POST", &post, Some(&status("great", "palisade"))).await.0, 400);
    assert_eq!(world.fake.violations().len(), 1);
}

#[tokio::test]
async fn what_merging_requires() {
    let world = World::new().await;
    let shown = async || world.ask("GET", &world.merge(), None).await.1["detailed_merge_status"].clone();
    assert_eq!(shown().await, "mergeable");
    world.fake.change(SHOP, |one| one.rules.pipeline = true).unwrap();
    world.check("GET", PROJECT, None, 200, &[("/only_allow_merge_if_pipeline_succeeds", json!(true))]).await;
    assert_eq!(shown().await, "ci_must_pass");
    for (state, expected) in
        [("pending", "ci_still_running"), ("failed", "ci_must_pass"), ("success", "mergeable")]
    {
        world
            .check("POST", &format!("{PROJECT}/statuses/{}", world.head), Some(status(state, "p")), 201, &[])
            .await;
        assert_eq!(shown().await, expected);
        assert_eq!(world.fake.pipeline_status(SHOP, world.number).unwrap(), Some(state));
    }
}
