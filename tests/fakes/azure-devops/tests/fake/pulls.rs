//! Pull requests: their states, iterations, statuses, and what is pushed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{API, SHOP, World};

#[tokio::test]
async fn a_pull_request_and_its_iterations() {
    let world = World::new().await;
    let pull = world.pull();
    let first = [
        ("/status", json!("active")),
        ("/sourceRefName", json!("refs/heads/feature")),
        ("/targetRefName", json!("refs/heads/main")),
        ("/lastMergeSourceCommit/commitId", json!(world.head)),
        ("/lastMergeTargetCommit/commitId", json!(world.base)),
        ("/mergeStatus", json!("succeeded")),
        ("/createdBy/uniqueName", json!("ada@example.com")),
    ];
    let shown = world.check("GET", &pull, None, 200, &first).await;
    assert_eq!(shown.get("forkSource"), None);
    let later = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    world.check("GET", &pull, None, 200, &[("/lastMergeSourceCommit/commitId", json!(later))]).await;
    world.fake.branch(SHOP, "release", "main").unwrap();
    world.fake.retarget_pull(SHOP, world.number, "release").unwrap();
    let all = [
        ("/count", json!(3)),
        ("/value/0/sourceRefCommit/commitId", json!(world.head)),
        ("/value/0/commonRefCommit/commitId", json!(world.base)),
        ("/value/1/sourceRefCommit/commitId", json!(later)),
        ("/value/1/reason", json!("push")),
        ("/value/2/reason", json!("retarget")),
    ];
    world.check("GET", &format!("{pull}/iterations"), None, 200, &all).await;
    world.check("GET", &format!("{pull}/iterations/2"), None, 200, &[("/id", json!(2))]).await;
    world.check("GET", &format!("{pull}/iterations/9"), None, 404, &[]).await;
    let absent = [("/typeKey", json!("GitPullRequestNotFoundException"))];
    world.check("GET", &format!("{API}/pullrequests/99"), None, 404, &absent).await;
    let of_project = format!("/acme/platform/_apis/git/pullrequests/{}", world.number);
    world.check("GET", &of_project, None, 200, &[("/pullRequestId", json!(world.number))]).await;
    world.check("GET", "/acme/platform/_apis/git/pullrequests", None, 200, &[("/count", json!(1))]).await;
    let conflict = [("main.tf", Some("variable \"c\" {}\n"))];
    world.fake.commit(SHOP, "release", &conflict).unwrap();
    world.fake.push(SHOP, world.number, &[("y.tf", Some("\n"))]).unwrap();
    let shown = world.check("GET", &pull, None, 200, &[("/mergeStatus", json!("conflicts"))]).await;
    assert_eq!(shown.get("lastMergeCommit"), None);
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn reads_may_lag_behind_a_push() {
    let world = World::new().await;
    world.fake.lag_pull(SHOP, world.number, Duration::from_hours(1)).unwrap();
    let later = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    let (pull, iterations) = (world.pull(), format!("{}/iterations", world.pull()));
    let head = |sha: &str| [("/lastMergeSourceCommit/commitId", json!(sha))];
    world.check("GET", &pull, None, 200, &head(&world.head)).await;
    world.check("GET", &iterations, None, 200, &[("/count", json!(1))]).await;
    world.check("GET", &format!("{iterations}/2"), None, 404, &[]).await;
    world.fake.lag_pull(SHOP, world.number, Duration::ZERO).unwrap();
    world.check("GET", &pull, None, 200, &head(&later)).await;
    world.check("GET", &iterations, None, 200, &[("/count", json!(2))]).await;
}

#[tokio::test]
async fn a_fork_and_a_fork_that_was_deleted() {
    let world = World::new().await;
    world.fake.fork(SHOP, "private/shop.fork").unwrap();
    let head = world.fake.commit("private/shop.fork", "mine", &[("f.tf", Some("\n"))]).unwrap();
    let number = world.fake.open_fork_pull(SHOP, "private/shop.fork", "mine", "main", "From a fork").unwrap();
    let pull = format!("{API}/pullrequests/{number}");
    let fork = [
        ("/forkSource/name", json!("refs/heads/mine")),
        ("/forkSource/repository/name", json!("shop.fork")),
        ("/lastMergeSourceCommit/commitId", json!(head)),
    ];
    world.check("GET", &pull, None, 200, &fork).await;
    // The target repository has the head, by the commit of the merge.
    world.check("GET", &format!("{API}/commits/{head}"), None, 200, &[]).await;
    let later = world.fake.push(SHOP, number, &[("g.tf", Some("\n"))]).unwrap();
    world.check("GET", &pull, None, 200, &[("/lastMergeSourceCommit/commitId", json!(later))]).await;
    world.fake.delete_repository("private/shop.fork").unwrap();
    let shown = world.check("GET", &pull, None, 200, &[("/status", json!("active"))]).await;
    assert_eq!(shown["forkSource"].get("repository"), None);
}

#[tokio::test]
async fn pull_requests_are_opened_changed_and_completed() {
    let world = World::new().await;
    world.fake.branch(SHOP, "second", "feature").unwrap();
    let place = format!("{API}/pullrequests");
    let new = json!({ "sourceRefName": "refs/heads/second", "targetRefName": "refs/heads/main", "title": "Fix", "description": "d" });
    let made = [
        ("/pullRequestId", json!(2)),
        ("/status", json!("active")),
        ("/createdBy/displayName", json!("palisade")),
    ];
    world.check("POST", &place, Some(new.clone()), 201, &made).await;
    let twice = [("/typeKey", json!("GitPullRequestExistsException"))];
    world.check("POST", &place, Some(new.clone()), 409, &twice).await;
    let mut absent = new.clone();
    absent["sourceRefName"] = json!("refs/heads/none");
    world.check("POST", &place, Some(absent), 400, &[]).await;
    let mut long = new;
    long["description"] = json!("x".repeat(4001));
    world.check("POST", &place, Some(long), 400, &[]).await;
    let pull = format!("{place}/2");
    world.check("PATCH", &pull, Some(json!({ "title": "New" })), 200, &[("/title", json!("New"))]).await;
    world.fake.branch(SHOP, "release", "main").unwrap();
    let retarget = json!({ "targetRefName": "refs/heads/release" });
    world
        .check("PATCH", &pull, Some(retarget), 200, &[("/targetRefName", json!("refs/heads/release"))])
        .await;
    world
        .check(
            "PATCH",
            &pull,
            Some(json!({ "status": "abandoned" })),
            200,
            &[("/status", json!("abandoned"))],
        )
        .await;
    world
        .check("PATCH", &pull, Some(json!({ "status": "active" })), 200, &[("/status", json!("active"))])
        .await;
    world.fake.require_status(SHOP, "release", ("palisade", "palisade"), None, true).unwrap();
    let complete = json!({ "status": "completed", "lastMergeSourceCommit": { "commitId": world.head } });
    let blocked = [("/typeKey", json!("GitPullRequestUpdateRejectedByPolicyException"))];
    world.check("PATCH", &pull, Some(complete.clone()), 403, &blocked).await;
    let status = json!({ "state": "succeeded", "context": { "genre": "palisade", "name": "palisade" } });
    world.check("POST", &format!("{API}/pullRequests/2/statuses"), Some(status), 200, &[]).await;
    let stale = json!({ "status": "completed", "lastMergeSourceCommit": { "commitId": world.base } });
    world.check("PATCH", &pull, Some(stale), 409, &[]).await;
    let done = world.check("PATCH", &pull, Some(complete), 200, &[("/status", json!("completed"))]).await;
    let merged = world.fake.head_of(SHOP, "release").unwrap();
    assert_eq!(done["lastMergeCommit"]["commitId"], json!(merged));
    let query = json!({ "queries": [{ "type": "commit", "items": [world.head] }] });
    let path = format!("/results/0/{}/0/pullRequestId", world.head);
    world
        .check("POST", &format!("{API}/pullrequestquery"), Some(query), 200, &[(path.as_str(), json!(2))])
        .await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn statuses_are_of_iterations() {
    let world = World::new().await;
    let pull = world.pull();
    let body = |state: &str| json!({ "state": state, "description": state, "context": { "genre": "palisade", "name": "palisade" }, "targetUrl": "https://p.example/1" });
    let first = format!("{pull}/iterations/1/statuses");
    let made = [("/id", json!(1)), ("/iterationId", json!(1)), ("/createdBy/displayName", json!("palisade"))];
    world.check("POST", &first, Some(body("pending")), 200, &made).await;
    world.check("POST", &first, Some(body("failed")), 200, &[("/id", json!(2))]).await;
    world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    let second = format!("{pull}/iterations/2/statuses");
    world
        .check(
            "POST",
            &second,
            Some(body("succeeded")),
            200,
            &[("/id", json!(3)), ("/iterationId", json!(2))],
        )
        .await;
    let mut whole = body("error");
    whole["iterationId"] = json!(1);
    world.check("POST", &format!("{pull}/statuses"), Some(whole), 200, &[("/iterationId", json!(1))]).await;
    world.check("POST", &format!("{pull}/iterations/9/statuses"), Some(body("failed")), 404, &[]).await;
    world.check("POST", &first, Some(json!({ "state": "failed" })), 400, &[]).await;
    world.check("GET", &first, None, 200, &[("/count", json!(3)), ("/value/2/state", json!("error"))]).await;
    world.check("GET", &format!("{pull}/statuses"), None, 200, &[("/count", json!(4))]).await;
    world.check("GET", &format!("{pull}/statuses/3"), None, 200, &[("/state", json!("succeeded"))]).await;
    let remove = json!([{ "op": "remove", "path": "/1" }, { "op": "remove", "path": "/2" }]);
    world.check("PATCH", &first, Some(remove), 204, &[]).await;
    world.check("PATCH", &first, Some(json!([{ "op": "remove", "path": "/1" }])), 404, &[]).await;
    world.check("PATCH", &first, Some(json!([{ "op": "add", "path": "/1" }])), 400, &[]).await;
    world.check("DELETE", &format!("{pull}/statuses/3"), None, 204, &[]).await;
    world.check("GET", &format!("{pull}/statuses"), None, 200, &[("/count", json!(1))]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_policy_may_name_the_author() {
    let mut world = World::new().await;
    let context = ("palisade", "palisade");
    world.fake.require_status(SHOP, "main", context, Some("palisade"), true).unwrap();
    let body =
        |state: &str| json!({ "state": state, "context": { "genre": "palisade", "name": "palisade" } });
    let place = format!("{}/iterations/1/statuses", world.pull());
    let blocked = |world: &World| world.fake.is_blocked(SHOP, world.number).unwrap();
    assert!(blocked(&world));
    let ours = std::mem::replace(&mut world.token, world.fake.other_token());
    world
        .check("POST", &place, Some(body("succeeded")), 200, &[("/createdBy/displayName", json!("mallory"))])
        .await;
    assert!(blocked(&world));
    world.token = ours;
    world.check("POST", &place, Some(body("succeeded")), 200, &[]).await;
    assert!(!blocked(&world));
    world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    assert!(blocked(&world));
}

#[tokio::test]
async fn branches_and_commits_are_created() {
    let world = World::new().await;
    let none = "0".repeat(40);
    let update =
        |name: &str, old: &str, new: &str| json!([{ "name": name, "oldObjectId": old, "newObjectId": new }]);
    let refs = format!("{API}/refs");
    let table = [
        ("refs/heads/fix", none.as_str(), world.base.as_str(), "succeeded"),
        ("refs/heads/fix", &none, &world.base, "staleOldObjectId"),
        ("refs/heads/fix", &world.base, &world.head, "succeeded"),
        ("refs/heads/..", &none, &world.base, "invalidRefName"),
        ("refs/heads/other", &none, &"1".repeat(40), "unresolvableToCommit"),
        ("refs/heads/fix", &world.head, &none, "succeeded"),
        ("refs/heads/fix", &none, &world.base, "succeeded"),
    ];
    for (name, old, new, expected) in table {
        let shown = [
            ("/value/0/updateStatus", json!(expected)),
            ("/value/0/success", json!(expected == "succeeded")),
        ];
        world.check("POST", &refs, Some(update(name, old, new)), 200, &shown).await;
    }
    let change = |kind: &str, path: &str, content: Option<&str>| match content {
        Some(content) => {
            json!({ "changeType": kind, "item": { "path": path }, "newContent": { "content": content, "contentType": "base64Encoded" } })
        }
        None => json!({ "changeType": kind, "item": { "path": path } }),
    };
    let push = |old: &str, changes: Value| json!({ "refUpdates": [{ "name": "refs/heads/fix", "oldObjectId": old }], "commits": [{ "comment": "Fix", "changes": changes }] });
    let pushes = format!("{API}/pushes");
    // Base64 of the bytes 0xff 0x00 and of a line.
    let changes = json!([
        change("add", "/bin", Some("/wA=")),
        change("edit", "/main.tf", Some("eAo=")),
        change("delete", "/deploy/shop.yaml", None)
    ]);
    let made = world.check("POST", &pushes, Some(push(&world.base, changes)), 201, &[]).await;
    let sha = made["commits"][0]["commitId"].as_str().unwrap().to_owned();
    assert_eq!(world.fake.head_of(SHOP, "fix").unwrap(), sha);
    let bytes = world
        .send(
            "GET",
            &format!("{API}/items?scopePath=/bin&$format=octetStream&versionDescriptor.version=fix"),
            None,
        )
        .await;
    assert_eq!(bytes.bytes().await.unwrap().as_ref(), [0xff, 0]);
    let stale = [("/typeKey", json!("GitReferenceStaleException"))];
    world
        .check(
            "POST",
            &pushes,
            Some(push(&world.base, json!([change("add", "/y", Some("eAo="))]))),
            409,
            &stale,
        )
        .await;
    for (kind, path) in [("add", "/main.tf"), ("edit", "/none"), ("rename", "/main.tf")] {
        let body = push(&sha, json!([change(kind, path, Some("eAo="))]));
        world.check("POST", &pushes, Some(body), 400, &[]).await;
    }
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}
