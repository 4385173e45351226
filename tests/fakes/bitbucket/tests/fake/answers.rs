//! Every operation that reads: its status, the relevant members of the response, and the description of it.

use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

/// Sends a request, and compares status and some members.
async fn check(world: &World, path: &str, status: u16, members: &[(&str, Value)]) -> Value {
    let (got, answer) = world.ask("GET", path, None).await;
    assert_eq!(got, status, "{path}: {answer}");
    for (pointer, expected) in members {
        assert_eq!(answer.pointer(pointer), Some(expected), "{path} {pointer}: {answer:#}");
    }
    answer
}

#[tokio::test]
async fn users_and_workspaces() {
    let world = World::new().await;
    check(&world, "/user", 200, &[("/nickname", json!("palisade")), ("/type", json!("user"))]).await;
    let mine = [("/values/0/workspace/slug", json!("acme")), ("/values/0/administrator", json!(true))];
    check(&world, "/user/workspaces", 200, &mine).await;
    check(&world, "/user/workspaces?administrator=false", 200, &[("/values", json!([]))]).await;
    check(&world, "/user/workspaces/acme/permission", 200, &[("/permission", json!("owner"))]).await;
    check(&world, "/user/workspaces/umbrella/permission", 404, &[]).await;
    let admin = [("/values/0/permission", json!("admin"))];
    check(&world, "/user/workspaces/acme/permissions/repositories", 200, &admin).await;
    let workspace = check(&world, "/workspaces/acme", 200, &[("/slug", json!("acme"))]).await;
    let by_uuid = format!("/workspaces/{}", workspace["uuid"].as_str().unwrap());
    check(&world, &by_uuid, 200, &[("/slug", json!("acme"))]).await;
    check(&world, "/workspaces/umbrella", 404, &[]).await;
    check(&world, "/workspaces/none", 404, &[]).await;
    check(&world, "/workspaces/acme/projects", 200, &[("/values/0/key", json!("PROJ"))]).await;
    check(&world, "/hook_events", 200, &[]).await;
    check(&world, "/hook_events/repository?pagelen=100", 200, &[("/values/0/event", json!("repo:push"))])
        .await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn repositories_and_branches() {
    let world = World::new().await;
    let one = [("/full_name", json!(SHOP)), ("/mainbranch/name", json!("main")), ("/parent", json!(null))];
    let shop = check(&world, AT, 200, &one).await;
    check(&world, "/repositories/ACME/Shop", 200, &one).await;
    check(&world, &format!("/repositories/acme/{}", shop["uuid"].as_str().unwrap()), 200, &one).await;
    check(&world, "/repositories/acme/none", 404, &[("/type", json!("error"))]).await;
    check(&world, "/repositories/acme?role=admin", 200, &[("/size", json!(1))]).await;
    check(&world, "/repositories/acme?q=name=\"none\"", 200, &[("/size", json!(0))]).await;
    check(&world, "/repositories/umbrella", 200, &[("/size", json!(0))]).await;
    let names = [("/values/0/name", json!("feature")), ("/values/1/target/hash", json!(world.base))];
    check(&world, &format!("{AT}/refs/branches"), 200, &names).await;
    check(&world, &format!("{AT}/refs"), 200, &names).await;
    check(&world, &format!("{AT}/refs/branches?sort=-name"), 200, &[("/values/0/name", json!("main"))]).await;
    let main = [("/name", json!("main")), ("/target/hash", json!(world.base))];
    check(&world, &format!("{AT}/refs/branches/main"), 200, &main).await;
    check(&world, &format!("{AT}/refs/branches/none"), 404, &[]).await;
    world.fake.branch(SHOP, "a/b", "main").unwrap();
    check(&world, &format!("{AT}/refs/branches/a/b"), 200, &[("/name", json!("a/b"))]).await;
    check(&world, &format!("{AT}/refs/branches/a%2Fb"), 200, &[("/name", json!("a/b"))]).await;
}

#[tokio::test]
async fn what_is_in_a_repository() {
    let world = World::new().await;
    let at = |path: &str| format!("{AT}/src/{}/{path}", world.base);
    let root = [("/values/0/path", json!("deploy")), ("/values/0/type", json!("commit_directory"))];
    check(&world, &at(""), 200, &root).await;
    let deep =
        check(&world, &at("?max_depth=2"), 200, &[("/values/1/path", json!("deploy/shop.yaml"))]).await;
    assert_eq!(deep["values"].as_array().unwrap().len(), 3);
    check(&world, &at("deploy/"), 200, &[("/values/0/path", json!("deploy/shop.yaml"))]).await;
    check(&world, &at("deploy?format=meta"), 200, &[("/type", json!("commit_directory"))]).await;
    let meta = [("/type", json!("commit_file")), ("/size", json!(16))];
    check(&world, &at("main.tf?format=meta"), 200, &meta).await;
    check(&world, &at("none"), 404, &[]).await;
    check(&world, &format!("{AT}/src/{}/", "0".repeat(40)), 404, &[]).await;
    let file = world.request("GET", &at("main.tf")).send().await.unwrap();
    assert_eq!(file.text().await.unwrap(), "variable \"a\" {}\n");
    let root = world.request("GET", &format!("{AT}/src")).send().await.unwrap();
    assert_eq!(root.status(), 302);
    assert!(root.headers()["location"].to_str().unwrap().ends_with(&format!("/src/{}/", world.base)));
    let history = format!("{AT}/filehistory/feature/main.tf");
    check(&world, &history, 200, &[("/values/0/commit/hash", json!(world.head))]).await;
    check(&world, &format!("{AT}/commit/{}", world.head), 200, &[("/hash", json!(world.head))]).await;
    check(&world, &format!("{AT}/commit/{}", &world.head[..12]), 200, &[("/hash", json!(world.head))]).await;
    check(&world, &format!("{AT}/commit/{}", "1".repeat(12)), 404, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn differences() {
    let world = World::new().await;
    let files =
        [("deploy/shop.yaml", None), ("deploy/store.yaml", Some("kind: Pod\n")), ("new.tf", Some("a\nb\n"))];
    let later = world.fake.commit(SHOP, "feature", &files).unwrap();
    world.fake.commit(SHOP, "main", &[("other.tf", Some("\n"))]).unwrap();
    let range = |new: &str, old: &str| format!("{AT}/diffstat/{new}..{old}");
    let kinds = |answer: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = answer["values"].as_array().unwrap().iter();
        all.map(|one| (text(&one["status"]), text(&one["new"]["path"]))).collect()
    };
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    // The commit with the changes is the first one.
    let all = check(&world, &range(&later, &world.base), 200, &[]).await;
    let expected =
        [pair("renamed", "deploy/store.yaml"), pair("modified", "main.tf"), pair("added", "new.tf")];
    assert_eq!(kinds(&all), expected);
    assert_eq!(all["values"][0]["old"]["path"], "deploy/shop.yaml");
    assert_eq!(all["values"][2]["lines_added"], 2);
    let plain = check(&world, &range(&later, "main"), 200, &[]).await;
    assert_eq!(plain["values"].as_array().unwrap().len(), 4);
    let topic = check(&world, &format!("{}?topic=true", range(&later, "main")), 200, &[]).await;
    assert_eq!(kinds(&topic), expected);
    let one = check(&world, &format!("{AT}/diffstat/{}", world.head), 200, &[]).await;
    assert_eq!(kinds(&one), [pair("modified", "main.tf")]);
    let diff = format!("{AT}/diff/{later}..{}?path=new.tf&context=0", world.base);
    let diff = world.request("GET", &diff).send().await.unwrap().text().await.unwrap();
    assert!(diff.ends_with("@@ -0,0 +1,2 @@\n+a\n+b\n"), "{diff}");
    for part in ["diff", "diffstat"] {
        let response = world.request("GET", &format!("{}/{part}", world.pull())).send().await.unwrap();
        assert_eq!(response.status(), 302);
        let address = response.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(world.request("GET", &address).send().await.unwrap().status(), 200, "{address}");
        assert!(address.contains("%0D"), "{address}");
    }
    let base = format!("{AT}/merge-base/{later}..main");
    check(&world, &base, 200, &[("/hash", json!(world.base))]).await;
    world.fake.commit_unrelated(SHOP, "other", &[("a.tf", "")]).unwrap();
    check(&world, &format!("{AT}/merge-base/main..other"), 404, &[]).await;
    check(&world, &format!("{AT}/merge-base/main..{}", "2".repeat(40)), 404, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
    // Another repository cannot be named.
    check(&world, &format!("{AT}/merge-base/acme/shop:main..other"), 400, &[]).await;
}

#[tokio::test]
async fn pull_requests() {
    let world = World::new().await;
    let pull = [
        ("/id", json!(1)),
        ("/state", json!("OPEN")),
        ("/source/branch/name", json!("feature")),
        ("/source/commit/hash", json!(world.head[..12])),
        ("/destination/commit/hash", json!(world.base[..12])),
        ("/source/repository/full_name", json!(SHOP)),
    ];
    check(&world, &world.pull(), 200, &pull).await;
    check(&world, &format!("{AT}/pullrequests/9"), 404, &[]).await;
    let list = format!("{AT}/pullrequests");
    check(&world, &list, 200, &[("/size", json!(1))]).await;
    check(&world, &format!("{list}?state=MERGED&state=DECLINED"), 200, &[("/size", json!(0))]).await;
    let filter = "?q=state=\"OPEN\" AND source.branch.name=\"feature\"";
    check(&world, &format!("{list}{filter}"), 200, &[("/size", json!(1))]).await;
    let commits = format!("{}/commits", world.pull());
    check(&world, &commits, 200, &[("/values/0/hash", json!(world.head)), ("/size", json!(1))]).await;
    let of_commit = format!("{AT}/commit/{}/pullrequests", world.head);
    check(&world, &of_commit, 200, &[("/values/0/id", json!(1)), ("/pagelen", json!(30))]).await;
    check(&world, &format!("{AT}/commit/main/pullrequests"), 200, &[("/size", json!(0))]).await;
    world.fake.set_indexed(SHOP, false).unwrap();
    check(&world, &of_commit, 404, &[]).await;
    check(&world, &format!("{}/statuses", world.pull()), 200, &[("/size", json!(0))]).await;
    check(&world, &format!("{}/comments", world.pull()), 200, &[("/size", json!(0))]).await;
    let fields = check(&world, &format!("{list}?fields=values.id,next"), 200, &[]).await;
    assert_eq!(fields, json!({ "values": [{ "id": 1 }] }));
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn restrictions() {
    let world = World::new().await;
    world.fake.protect_branch(SHOP, "main", 1, true).unwrap();
    let list = format!("{AT}/branch-restrictions");
    let kind = [("/values/0/value", json!(1)), ("/values/1/kind", json!("enforce_merge_checks"))];
    check(&world, &list, 200, &kind).await;
    let passing = "?kind=require_passing_builds_to_merge&pattern=main";
    let one = check(&world, &format!("{list}{passing}"), 200, &[("/size", json!(1))]).await;
    check(&world, &format!("{list}?pattern=other"), 200, &[("/size", json!(0))]).await;
    let one = format!("{list}/{}", one["values"][0]["id"]);
    check(&world, &one, 200, &[("/pattern", json!("main"))]).await;
    let body = json!({
        "type": "branchrestriction", "kind": "require_passing_builds_to_merge", "branch_match_kind": "glob",
        "pattern": "release/*", "value": 2,
    });
    let (status, made) = world.ask("POST", &list, Some(&body)).await;
    assert_eq!((status, &made["value"]), (201, &json!(2)));
    assert_eq!(world.ask("PUT", &one, Some(&body)).await.1["pattern"], "release/*");
    assert_eq!(world.ask("DELETE", &one, None).await.0, 204);
    assert_eq!(world.ask("DELETE", &one, None).await.0, 404);
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}
