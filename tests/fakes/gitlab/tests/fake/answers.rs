//! Operations for reading and for new commits: status, members and GitLab's description of the response.

use palisade_fake_gitlab::Plan;
use serde_json::{Value, json};

use crate::support::{PROJECT, SHOP, World};

#[tokio::test]
async fn the_token_and_its_user() {
    let world = World::new().await;
    let get =
        async |path: &str, members: &[(&str, Value)]| world.check("GET", path, None, 200, members).await;
    get("/version", &[("/version", json!("19.5.1-ee"))]).await;
    get("/metadata", &[("/enterprise", json!(true))]).await;
    get("/user", &[("/username", json!("palisade")), ("/bot", json!(false))]).await;
    let scopes = json!(["api", "read_repository"]);
    let token = [("/active", json!(true)), ("/revoked", json!(false)), ("/scopes", scopes)];
    let token = get("/personal_access_tokens/self", &token).await;
    assert_eq!(token["expires_at"].as_str().unwrap().len(), "2026-12-31".len());
    get("/groups?owned=true&top_level_only=true", &[("/0/full_path", json!("acme"))]).await;
    let group = get("/groups/acme", &[("/parent_id", Value::Null)]).await;
    get(&format!("/groups/{}/projects", group["id"]), &[("/0/path_with_namespace", json!(SHOP))]).await;
    world.check("GET", "/groups/umbrella", None, 404, &[]).await;
    world.clean();
}

#[tokio::test]
async fn projects_and_branches() {
    let world = World::new().await;
    let get = async |path: &str, status, members: &[(&str, Value)]| {
        world.check("GET", path, None, status, members).await
    };
    let access = ("/permissions/group_access/access_level", json!(50));
    let one = [("/path_with_namespace", json!(SHOP)), ("/default_branch", json!("main")), access];
    let project = get(PROJECT, 200, &one).await;
    get(&format!("/projects/{}", project["id"]), 200, &one).await;
    get("/projects/ACME%2FShop", 200, &one).await;
    get("/projects/acme%2Fnone", 404, &[("/message", json!("404 Project Not Found"))]).await;
    let all = "/projects?membership=true&min_access_level=40&archived=false&simple=true";
    get(all, 200, &[("/0/path_with_namespace", json!(SHOP))]).await;
    let main = [("/name", json!("main")), ("/default", json!(true)), ("/commit/id", json!(world.base))];
    get(&format!("{PROJECT}/repository/branches/main"), 200, &main).await;
    let branches = format!("{PROJECT}/repository/branches");
    get(&branches, 200, &[("/0/name", json!("feature")), ("/1/protected", json!(true))]).await;
    get(&format!("{branches}?search=%5Efea"), 200, &[("/0/name", json!("feature"))]).await;
    get(&format!("{branches}/none"), 404, &[("/message", json!("404 Branch Not Found"))]).await;
    get(&format!("{PROJECT}/protected_branches"), 200, &[("/0/name", json!("main"))]).await;
    get(&format!("{PROJECT}/protected_branches/main"), 200, &[("/allow_force_push", json!(false))]).await;
    get(&format!("{PROJECT}/protected_branches/feature"), 404, &[]).await;
    let user = world.check("GET", "/user", None, 200, &[]).await["id"].to_string();
    get(&format!("{PROJECT}/members/all/{user}"), 200, &[("/access_level", json!(50))]).await;
    let new = json!({ "branch": "a/b", "ref": world.base });
    world.check("POST", &branches, Some(new.clone()), 201, &[("/name", json!("a/b"))]).await;
    world.check("POST", &branches, Some(new), 400, &[("/message", json!("Branch already exists"))]).await;
    let unknown = json!({ "branch": "c", "ref": "none" });
    world.check("POST", &branches, Some(unknown), 400, &[]).await;
    get(&format!("{branches}/a%2Fb"), 200, &[("/commit/id", json!(world.base))]).await;
    world.check("DELETE", &format!("{branches}/a%2Fb"), None, 204, &[]).await;
    world.check("DELETE", &format!("{branches}/main"), None, 403, &[]).await;
    world.clean();
}

#[tokio::test]
async fn files_and_commits() {
    let world = World::new().await;
    let (base, head) = (&world.base, &world.head);
    let get = async |path: &str, status, members: &[(&str, Value)]| {
        world.check("GET", &format!("{PROJECT}/repository/{path}"), None, status, members).await
    };
    get(
        "tree",
        200,
        &[("/0/name", json!("deploy")), ("/0/type", json!("tree")), ("/1/mode", json!("100644"))],
    )
    .await;
    get("tree?path=deploy&ref=main", 200, &[("/0/path", json!("deploy/a")), ("/1/name", json!("shop.yaml"))])
        .await;
    get("tree?recursive=true&ref=feature", 200, &[("/2/path", json!("deploy/a/b.yaml"))]).await;
    get("tree?path=none", 404, &[]).await;
    get("tree?path=main.tf", 404, &[]).await;
    get("tree?ref=none", 404, &[("/message", json!("404 Tree Not Found"))]).await;
    get(
        "files/deploy%2Fshop.yaml?ref=main",
        200,
        &[("/content", json!("a2luZDogUG9kCg==")), ("/size", json!(10))],
    )
    .await;
    get("files/none?ref=main", 404, &[("/message", json!("404 File Not Found"))]).await;
    let raw = format!("{PROJECT}/repository/files/deploy%2Fshop.yaml/raw?ref={head}");
    assert_eq!(world.send("GET", &raw, None).await.text().await.unwrap(), "kind: Pod\n");
    let stats = ("/stats", json!({ "additions": 2, "deletions": 1, "total": 3 }));
    get(&format!("commits/{head}"), 200, &[("/id", json!(head)), ("/parent_ids/0", json!(base)), stats])
        .await;
    get(&format!("commits/{}", &head[..12]), 200, &[("/id", json!(head))]).await;
    get("commits/none", 404, &[("/message", json!("404 Commit Not Found"))]).await;
    get("commits?ref_name=feature", 200, &[("/0/id", json!(head)), ("/1/id", json!(base))]).await;
    get(&format!("commits/{head}/diff"), 200, &[("/0/new_path", json!("main.tf"))]).await;
    get(&format!("commits/{base}/diff"), 200, &[("/0/new_file", json!(true))]).await;
    get(&format!("commits/{head}/refs?type=branch"), 200, &[("/0/name", json!("feature"))]).await;
    get(&format!("commits/{head}/merge_requests"), 200, &[("/0/iid", json!(1))]).await;
    let hunk = "@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -8,3 +8,4 @@ g\n h\n i\n j\n+k\n";
    get(&format!("compare?from={base}&to={head}&straight=true"), 200, &[("/diffs/0/diff", json!(hunk))])
        .await;
    let later = world.fake.commit(SHOP, "main", &[("new.tf", Some("x\n"))]).unwrap();
    let compare = format!("compare?from={later}&to={head}");
    assert_eq!(get(&compare, 200, &[]).await["diffs"].as_array().unwrap().len(), 1);
    let straight = get(&format!("{compare}&straight=true"), 200, &[]).await;
    assert_eq!(straight["diffs"].as_array().unwrap().len(), 2);
    get(&format!("merge_base?refs[]={later}&refs[]={head}"), 200, &[("/id", json!(base))]).await;
    get(&format!("merge_base?refs[]={later}&refs[]=none"), 400, &[]).await;
    let apart = world.fake.commit_unrelated(SHOP, "apart", &[("x", "")]).unwrap();
    get(&format!("merge_base?refs[]={later}&refs[]={apart}"), 404, &[]).await;
    world.clean();
}

#[tokio::test]
async fn commits_of_files() {
    let world = World::new().await;
    let commits = format!("{PROJECT}/repository/commits");
    let action =
        |action: &str, path: &str| json!({ "action": action, "file_path": path, "content": "new\n" });
    let body = |branch: &str, actions: Value| json!({ "branch": branch, "commit_message": "Fix", "actions": actions });
    let binary = json!({ "action": "create", "file_path": "b", "content": "/wA=", "encoding": "base64" });
    let moved = json!({ "action": "move", "file_path": "c.yaml", "previous_path": "deploy/shop.yaml" });
    let actions = json!([action("update", "main.tf"), action("delete", "deploy/a/b.yaml"), binary, moved]);
    let made = world
        .check("POST", &commits, Some(body("feature", actions)), 201, &[("/parent_ids/0", json!(world.head))])
        .await;
    assert_eq!(world.fake.head_of(SHOP, "feature").unwrap(), made["id"]);
    assert_eq!(world.fake.pull(SHOP, world.number).unwrap().head(), made["id"]);
    let raw = world.send("GET", &format!("{PROJECT}/repository/files/b/raw?ref=feature"), None).await;
    assert_eq!(raw.bytes().await.unwrap().to_vec(), [255, 0]);
    let tree = format!("{PROJECT}/repository/tree?ref=feature");
    world.check("GET", &tree, None, 200, &[("/0/name", json!("b")), ("/1/name", json!("c.yaml"))]).await;
    let mut started = body("other", json!([action("create", "x")]));
    started["start_sha"] = json!(world.base);
    world.check("POST", &commits, Some(started.clone()), 201, &[("/parent_ids/0", json!(world.base))]).await;
    let refused = [
        (started, "A branch called 'other' already exists. Switch to that branch in order to make changes"),
        (
            body("none", json!([action("create", "x")])),
            "You can only create or edit files when you are on a branch",
        ),
        (body("main", json!([action("create", "main.tf")])), "A file with this name already exists"),
        (body("main", json!([action("update", "none.tf")])), "A file with this name doesn't exist"),
    ];
    for (body, why) in refused {
        world.check("POST", &commits, Some(body), 400, &[("/message", json!(why))]).await;
    }
    world.clean();
}

#[tokio::test]
async fn merge_requests() {
    let world = World::new().await;
    let (merge, all) = (world.merge(), format!("{PROJECT}/merge_requests"));
    let get = async |path: &str, status, members: &[(&str, Value)]| {
        world.check("GET", path, None, status, members).await
    };
    let refs = json!({ "base_sha": world.base, "head_sha": world.head, "start_sha": world.base });
    let open = [("/sha", json!(world.head)), ("/state", json!("opened")), ("/diff_refs", refs)];
    let one = get(&merge, 200, &open).await;
    assert_eq!(one["source_project_id"], one["target_project_id"]);
    get(&format!("{all}/9"), 404, &[("/message", json!("404 Not found"))]).await;
    get(
        &format!("{all}?state=opened&target_branch=main&order_by=created_at&sort=asc"),
        200,
        &[("/0/iid", json!(1))],
    )
    .await;
    get(
        &format!("{merge}/diffs"),
        200,
        &[("/0/old_path", json!("main.tf")), ("/0/renamed_file", json!(false))],
    )
    .await;
    get(&format!("{merge}/changes"), 200, &[("/changes/0/b_mode", json!("100644"))]).await;
    get(&format!("{merge}/commits"), 200, &[("/0/id", json!(world.head))]).await;
    get(&format!("{merge}/pipelines"), 200, &[]).await;
    let later = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    let versions = get(
        &format!("{merge}/versions"),
        200,
        &[("/0/head_commit_sha", json!(later)), ("/1/head_commit_sha", json!(world.head))],
    )
    .await;
    let version = format!("{merge}/versions/{}", versions[1]["id"]);
    get(&version, 200, &[("/diffs/0/new_path", json!("main.tf"))]).await;
    world.fake.lag_pull(SHOP, world.number, std::time::Duration::from_millis(300)).unwrap();
    let newest = world.fake.push(SHOP, world.number, &[("y.tf", Some("\n"))]).unwrap();
    get(&merge, 200, &[("/sha", json!(later))]).await;
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    get(&merge, 200, &[("/sha", json!(newest))]).await;
    let new = json!({ "source_branch": "feature", "target_branch": "main", "title": "Fix" });
    world.check("POST", &all, Some(new), 409, &[]).await;
    world.fake.branch(SHOP, "next", "feature").unwrap();
    let new = json!({ "source_branch": "next", "target_branch": "main", "title": "Fix", "description": "d" });
    world
        .check("POST", &all, Some(new), 201, &[("/iid", json!(2)), ("/author/username", json!("palisade"))])
        .await;
    let absent = json!({ "source_branch": "none", "target_branch": "main", "title": "Fix" });
    world.check("POST", &all, Some(absent), 400, &[]).await;
    world.fake.branch(SHOP, "release", "main").unwrap();
    world.fake.retarget_pull(SHOP, 1, "release").unwrap();
    get(&merge, 200, &[("/target_branch", json!("release"))]).await;
    world.fake.close_pull(SHOP, 1).unwrap();
    get(&merge, 200, &[("/state", json!("closed")), ("/detailed_merge_status", json!("not_open"))]).await;
    world.fake.reopen_pull(SHOP, 1).unwrap();
    let sha = world.fake.merge_pull(SHOP, 1).unwrap();
    get(&merge, 200, &[("/state", json!("merged")), ("/merge_commit_sha", json!(sha))]).await;
    assert_eq!(world.fake.head_of(SHOP, "release").unwrap(), sha);
    world.clean();
}

#[tokio::test]
async fn forks() {
    let world = World::new().await;
    world.fake.add_fork(SHOP, "ada/shop", false).unwrap();
    world.fake.add_fork(SHOP, "ada/shared", true).unwrap();
    let head = world.fake.commit("ada/shop", "topic", &[("t.tf", Some("t\n"))]).unwrap();
    let number = world.fake.open_between(("ada/shop", "topic"), (SHOP, "main"), "From a fork").unwrap();
    let merge = format!("{PROJECT}/merge_requests/{number}");
    let one = world.check("GET", &merge, None, 200, &[("/sha", json!(head))]).await;
    assert_ne!(one["source_project_id"], one["target_project_id"]);
    // The token has no role in one fork, and one in the other.
    world.check("GET", &format!("/projects/{}", one["source_project_id"]), None, 404, &[]).await;
    let shared = [("/forked_from_project/path_with_namespace", json!(SHOP))];
    world.check("GET", "/projects/ada%2Fshared", None, 200, &shared).await;
    let later = world.fake.push(SHOP, number, &[("t.tf", Some("u\n"))]).unwrap();
    world.check("GET", &merge, None, 200, &[("/sha", json!(later))]).await;
    world.fake.delete_project("ada/shop").unwrap();
    let gone = [("/source_project_id", Value::Null), ("/state", json!("opened")), ("/sha", json!(later))];
    world.check("GET", &merge, None, 200, &gone).await;
    world.clean();
}

#[tokio::test]
async fn external_status_checks() {
    let world = World::new().await;
    let check = world.fake.add_external_check(SHOP, "palisade").unwrap();
    let (checks, merge) = (format!("{PROJECT}/external_status_checks"), world.merge());
    world.check("GET", &checks, None, 404, &[]).await;
    world.fake.set_plan("acme", Plan::Ultimate);
    world.check("GET", &checks, None, 200, &[("/0/name", json!("palisade")), ("/0/id", json!(check))]).await;
    let of_merge = format!("{merge}/status_checks");
    world.check("GET", &of_merge, None, 200, &[("/0/status", json!("pending"))]).await;
    let response = |sha: &str| json!({ "sha": sha, "external_status_check_id": check, "status": "failed" });
    let responses = format!("{merge}/status_check_responses");
    world.check("POST", &responses, Some(response(&world.head)), 201, &[]).await;
    world.check("GET", &of_merge, None, 200, &[("/0/status", json!("failed"))]).await;
    world.check("POST", &responses, Some(response(&world.base)), 409, &[]).await;
    world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    world.check("GET", &of_merge, None, 200, &[("/0/status", json!("pending"))]).await;
    world.clean();
}
