//! Every operation: its status, the relevant members of the response, and GitHub's description of it.

use serde_json::{Value, json};

use crate::support::{SHOP, World};

/// Where GitHub's description differs from GitHub: the place in the response that it refuses, and why the response is
/// correct.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "/0/account",
        "the list's description asks for a user and an enterprise at once, that of one for either",
    ),
    ("/head/repo", "null if the fork was deleted, which the payload samples show and the description denies"),
];

/// Sends a request, compares status and some members, and checks the response against the description.
async fn check(
    world: &World,
    method: &str,
    path: &str,
    body: Option<Value>,
    status: u16,
    members: &[(&str, Value)],
) -> Value {
    let (got, answer) = world.ask(method, path, body.as_ref()).await;
    assert_eq!(got, status, "{method} {path}: {answer}");
    for (pointer, expected) in members {
        assert_eq!(answer.pointer(pointer), Some(expected), "{method} {path} {pointer}: {answer:#}");
    }
    if (200..300).contains(&got) {
        let bare = path.split('?').next().unwrap();
        let mut wrong = world.fake.judge_answer(method, bare, got, &answer);
        wrong.retain(|why| {
            !EXCEPTIONS.iter().any(|(place, _)| why.split(':').next().unwrap().ends_with(place))
        });
        assert!(wrong.is_empty(), "{method} {path}: {wrong:#?}");
    }
    answer
}

#[tokio::test]
async fn the_app_and_its_installations() {
    let world = World::new().await;
    let id = world.installation;
    let app = world.fake.app();
    check(&world, "GET", "/app", None, 200, &[("/id", json!(app.id)), ("/slug", json!(app.slug))]).await;
    check(&world, "GET", "/app/installations", None, 200, &[("/0/id", json!(id))]).await;
    let organisation = [("/account/login", json!("acme")), ("/account/type", json!("Organization"))];
    check(&world, "GET", &format!("/app/installations/{id}"), None, 200, &organisation).await;
    check(&world, "GET", "/app/installations/1", None, 404, &[]).await;
    check(&world, "GET", "/orgs/acme/installation", None, 200, &organisation).await;
    check(&world, "GET", "/orgs/other/installation", None, 404, &[]).await;
    check(&world, "GET", "/repos/acme/shop/installation", None, 200, &organisation).await;
    let tokens = format!("/app/installations/{id}/access_tokens");
    let answer = check(
        &world,
        "POST",
        &tokens,
        Some(json!({ "repositories": ["shop"] })),
        201,
        &[("/repository_selection", json!("selected")), ("/repositories/0/full_name", json!(SHOP))],
    )
    .await;
    let length = answer["token"].as_str().unwrap().len();
    assert!((500..540).contains(&length), "{length}");
    check(&world, "POST", &tokens, Some(json!({ "repositories": ["none"] })), 422, &[]).await;
    check(&world, "GET", "/rate_limit", None, 200, &[("/rate/limit", json!(5000))]).await;
    check(&world, "GET", "/meta", None, 200, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn repositories_and_branches() {
    let world = World::new().await;
    let one = [("/full_name", json!(SHOP)), ("/default_branch", json!("main"))];
    check(&world, "GET", "/repos/acme/shop", None, 200, &one).await;
    check(&world, "GET", "/repos/ACME/Shop", None, 200, &one).await;
    check(&world, "GET", "/repos/acme/none", None, 404, &[]).await;
    check(&world, "GET", "/installation/repositories", None, 200, &[("/total_count", json!(1))]).await;
    check(
        &world,
        "GET",
        "/repos/acme/shop/branches",
        None,
        200,
        &[
            ("/0/name", json!("feature")),
            ("/0/protected", json!(false)),
            ("/1/name", json!("main")),
            ("/1/protected", json!(true)),
        ],
    )
    .await;
    check(
        &world,
        "GET",
        "/repos/acme/shop/branches?protected=false",
        None,
        200,
        &[("/0/name", json!("feature"))],
    )
    .await;
    check(
        &world,
        "GET",
        "/repos/acme/shop/branches/main",
        None,
        200,
        &[
            ("/commit/sha", json!(world.base)),
            ("/protection/required_status_checks/contexts", json!(["palisade"])),
        ],
    )
    .await;
    check(&world, "GET", "/repos/acme/shop/branches/none", None, 404, &[]).await;
}

#[tokio::test]
async fn what_is_in_a_repository() {
    let world = World::new().await;
    let (base, head) = (&world.base, &world.head);
    let shop = "/repos/acme/shop";
    let get = async |path: String, status, members: &[(&str, Value)]| {
        check(&world, "GET", &format!("{shop}{path}"), None, status, members).await
    };
    get(
        "/contents/deploy".into(),
        200,
        &[("/0/path", json!("deploy/shop.yaml")), ("/0/type", json!("file"))],
    )
    .await;
    let listed =
        get("/contents/".into(), 200, &[("/0/name", json!("deploy")), ("/0/type", json!("dir"))]).await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    // Base64 of `variable "a" {}` and of `variable "b" {}`, each with a line end.
    get("/contents/main.tf".into(), 200, &[("/content", json!("dmFyaWFibGUgImEiIHt9Cg=="))]).await;
    get("/contents/main.tf?ref=feature".into(), 200, &[("/content", json!("dmFyaWFibGUgImIiIHt9Cg=="))])
        .await;
    get("/contents/none.tf".into(), 404, &[]).await;
    get("/contents/main.tf?ref=none".into(), 404, &[]).await;
    let tree =
        get("/git/trees/main?recursive=1".into(), 200, &[("/tree/1/path", json!("deploy/shop.yaml"))]).await;
    let blob = tree["tree"][1]["sha"].as_str().unwrap();
    get(format!("/git/blobs/{blob}"), 200, &[("/size", json!(10))]).await;
    get(format!("/git/blobs/{base}"), 404, &[]).await;
    get(format!("/git/commits/{base}"), 200, &[("/message", json!("Begin"))]).await;
    get("/git/ref/heads/main".into(), 200, &[("/object/sha", json!(base))]).await;
    get(
        format!("/commits/{head}"),
        200,
        &[
            ("/parents/0/sha", json!(base)),
            ("/files/0/filename", json!("main.tf")),
            ("/files/0/status", json!("modified")),
            ("/files/0/additions", json!(1)),
        ],
    )
    .await;
    get("/commits/feature".into(), 200, &[("/sha", json!(head))]).await;
    get("/commits/none".into(), 422, &[]).await;
    let later =
        world.fake.commit(SHOP, "main", &[("deploy/shop.yaml", None), ("new.tf", Some("\n"))]).unwrap();
    get(
        "/compare/main...feature".into(),
        200,
        &[
            ("/merge_base_commit/sha", json!(base)),
            ("/base_commit/sha", json!(later)),
            ("/status", json!("diverged")),
            ("/ahead_by", json!(1)),
            ("/behind_by", json!(1)),
            ("/files/0/filename", json!("main.tf")),
        ],
    )
    .await;
    get("/compare/none...feature".into(), 404, &[]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn pull_requests() {
    let world = World::new().await;
    let pull = format!("/repos/acme/shop/pulls/{}", world.number);
    check(
        &world,
        "GET",
        &pull,
        None,
        200,
        &[
            ("/head/sha", json!(world.head)),
            ("/base/sha", json!(world.base)),
            ("/head/repo/full_name", json!(SHOP)),
            ("/mergeable", json!(true)),
            ("/changed_files", json!(1)),
            ("/commits", json!(1)),
        ],
    )
    .await;
    check(&world, "GET", "/repos/acme/shop/pulls/9", None, 404, &[]).await;
    check(
        &world,
        "GET",
        "/repos/acme/shop/pulls?state=open&base=main",
        None,
        200,
        &[("/0/number", json!(1))],
    )
    .await;
    check(&world, "GET", &format!("{pull}/files"), None, 200, &[("/0/filename", json!("main.tf"))]).await;
    check(&world, "GET", &format!("{pull}/commits"), None, 200, &[("/0/sha", json!(world.head))]).await;
    world.fake.lose_fork(SHOP, world.number).unwrap();
    check(&world, "GET", &pull, None, 200, &[("/head/repo", Value::Null)]).await;
    let sha = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    check(&world, "GET", &pull, None, 200, &[("/head/sha", json!(sha)), ("/commits", json!(2))]).await;
    world.fake.close_pull(SHOP, world.number).unwrap();
    let (_, open) = world.ask("GET", "/repos/acme/shop/pulls?state=open", None).await;
    assert_eq!(open, json!([]));
    check(&world, "GET", "/repos/acme/shop/pulls?state=all", None, 200, &[("/0/state", json!("closed"))])
        .await;
}

/// An annotation of a line.
fn annotation(line: usize) -> Value {
    json!({ "path": "main.tf", "start_line": line, "end_line": line, "annotation_level": "failure", "message": "m" })
}

#[tokio::test]
async fn checks_keep_all_that_was_written() {
    let world = World::new().await;
    let (runs, sha) = ("/repos/acme/shop/check-runs", &world.head);
    let new = json!({ "name": "palisade", "head_sha": sha, "external_id": "e-1", "status": "in_progress" });
    let made = check(
        &world,
        "POST",
        runs,
        Some(new.clone()),
        201,
        &[
            ("/status", json!("in_progress")),
            ("/conclusion", Value::Null),
            ("/external_id", json!("e-1")),
            ("/pull_requests/0/number", json!(1)),
        ],
    )
    .await;
    let id = made["id"].as_u64().unwrap();
    let run = format!("{runs}/{id}");
    let page = |from: usize, to: usize| (from..to).map(annotation).collect::<Vec<_>>();
    let output = json!({ "title": "t", "summary": "s", "annotations": page(1, 51) });
    check(&world, "PATCH", &run, Some(json!({ "status": "in_progress", "output": output })), 200, &[]).await;
    let output = json!({ "title": "t", "summary": "s2", "annotations": page(51, 71) });
    let end = json!({ "status": "completed", "conclusion": "failure", "output": output });
    check(
        &world,
        "PATCH",
        &run,
        Some(end),
        200,
        &[
            ("/status", json!("completed")),
            ("/conclusion", json!("failure")),
            ("/output/annotations_count", json!(70)),
            ("/output/summary", json!("s2")),
        ],
    )
    .await;
    check(&world, "GET", &run, None, 200, &[("/id", json!(id))]).await;
    check(&world, "GET", &format!("{runs}/1"), None, 404, &[]).await;
    // Pages of annotations, by the `Link` header to the next one.
    let mut next = format!("{run}/annotations?per_page=30");
    let mut lines = Vec::new();
    loop {
        let response = world.send("GET", &next, None).await;
        let link = response.headers().get("link").unwrap().to_str().unwrap().to_owned();
        let items: Vec<Value> = response.json().await.unwrap();
        lines.extend(items.iter().map(|one| one["start_line"].as_u64().unwrap()));
        let Some(part) = link.split(", ").find(|part| part.ends_with("rel=\"next\"")) else { break };
        let address = part.split(['<', '>']).nth(1).unwrap();
        next = address.strip_prefix(world.fake.api_url()).unwrap().to_owned();
    }
    assert_eq!(lines, (1..=70).collect::<Vec<_>>());
    check(&world, "GET", &format!("{run}/annotations"), None, 200, &[]).await;
    // A second run with the name hides the first, unless all are requested.
    check(&world, "POST", runs, Some(new), 201, &[]).await;
    let of = format!("/repos/acme/shop/commits/{sha}/check-runs");
    check(&world, "GET", &format!("{of}?check_name=palisade"), None, 200, &[("/total_count", json!(1))])
        .await;
    check(
        &world,
        "GET",
        &format!("{of}?check_name=palisade&filter=all"),
        None,
        200,
        &[("/total_count", json!(2))],
    )
    .await;
    check(&world, "GET", &format!("{of}?check_name=other"), None, 200, &[("/total_count", json!(0))]).await;
    let kept = world.fake.checks(SHOP, sha);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].history.len(), 3);
    assert_eq!(kept[0].annotations.len(), 70);
    assert_eq!(kept[0].history[0].body["status"], "in_progress");
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn tokens_end() {
    let world = World::new().await;
    let status = async || world.ask("GET", "/repos/acme/shop", None).await;
    assert_eq!(status().await.0, 200);
    world.fake.suspend(world.installation).unwrap();
    assert_eq!(status().await.0, 403);
    let tokens = format!("/app/installations/{}/access_tokens", world.installation);
    assert_eq!(world.ask("POST", &tokens, None).await.0, 403);
    world.fake.unsuspend(world.installation).unwrap();
    assert_eq!(status().await.0, 200);
    world.fake.expire_tokens();
    let (code, body) = status().await;
    assert_eq!((code, &body["message"]), (401, &json!("Bad credentials")));
    world.fake.uninstall(world.installation).unwrap();
    assert_eq!(world.ask("POST", &tokens, None).await.0, 404);
}
