//! New branches, commits and pull requests, and what happens to them.

use reqwest::header::LOCATION;
use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

#[tokio::test]
async fn branches_commits_and_pull_requests_by_the_api() {
    let world = World::new().await;
    let branches = format!("{AT}/refs/branches");
    let body = json!({ "name": "fix/one", "target": { "hash": world.base } });
    assert_eq!(world.ask("POST", &branches, Some(&body)).await.1["target"]["hash"], json!(world.base));
    assert_eq!(world.ask("POST", &branches, Some(&body)).await.0, 400);
    let form = |branch: &str, parent: &str| {
        let pairs = [
            ("message", "Fix".to_owned()),
            ("branch", branch.to_owned()),
            ("parents", parent.to_owned()),
            ("/new/a.tf", "x = 1\n".to_owned()),
            ("files", "/main.tf".to_owned()),
        ];
        let body: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace(' ', "+").replace('=', "%3D")))
            .collect();
        let request = world.request("POST", &format!("{AT}/src"));
        request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&")).send()
    };
    let made = form("fix/one", &world.base).await.unwrap();
    assert_eq!(made.status(), 201);
    let sha = made.headers()[LOCATION].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert_eq!(world.fake.head_of(SHOP, "fix/one").unwrap(), sha);
    // The parent is not the head of the branch any more.
    assert_eq!(form("fix/one", &world.base).await.unwrap().status(), 409);
    assert_eq!(form("fix/two", &world.base).await.unwrap().status(), 201);
    let (_, stat) = world.ask("GET", &format!("{AT}/diffstat/{sha}..{}", world.base), None).await;
    assert_eq!(stat["values"].as_array().unwrap().len(), 2);
    let pull = json!({
        "title": "Fix", "description": "d", "source": { "branch": { "name": "fix/one" } },
        "destination": { "branch": { "name": "main" } },
    });
    let (status, made) = world.ask("POST", &format!("{AT}/pullrequests"), Some(&pull)).await;
    assert_eq!((status, &made["id"], &made["author"]["nickname"]), (201, &json!(2), &json!("palisade")));
    let same = json!({ "title": "t", "source": { "branch": { "name": "main" } } });
    assert_eq!(world.ask("POST", &format!("{AT}/pullrequests"), Some(&same)).await.0, 400);
    let change = json!({ "title": "Other", "destination": { "branch": { "name": "feature" } } });
    let (_, changed) = world.ask("PUT", &format!("{AT}/pullrequests/2"), Some(&change)).await;
    assert_eq!(
        (&changed["title"], &changed["destination"]["branch"]["name"]),
        (&json!("Other"), &json!("feature"))
    );
    assert_eq!(world.ask("DELETE", &format!("{branches}/fix/two"), None).await.0, 204);
    assert_eq!(world.ask("DELETE", &format!("{branches}/fix/two"), None).await.0, 404);
    assert_eq!(world.ask("DELETE", &format!("{branches}/main"), None).await.0, 400);
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

async fn pull(world: &World, number: u64) -> Value {
    world.ask("GET", &format!("{AT}/pullrequests/{number}"), None).await.1
}

#[tokio::test]
async fn the_life_of_a_pull_request() {
    let world = World::new().await;
    let pushed = world.fake.push(SHOP, world.number, &[("x.tf", Some("\n"))]).unwrap();
    assert_eq!(pull(&world, 1).await["source"]["commit"]["hash"], pushed[..12]);
    let moved = world.fake.commit(SHOP, "main", &[("y.tf", Some("\n"))]).unwrap();
    assert_eq!(pull(&world, 1).await["destination"]["commit"]["hash"], moved[..12]);
    world.fake.branch(SHOP, "release", "main").unwrap();
    world.fake.retarget_pull(SHOP, 1, "release").unwrap();
    assert_eq!(pull(&world, 1).await["destination"]["branch"]["name"], "release");
    world.fake.hold_pull(SHOP, 1, std::time::Duration::from_mins(1)).unwrap();
    let merged = world.fake.merge_pull(SHOP, 1).unwrap();
    assert_eq!(pull(&world, 1).await["state"], "OPEN");
    world.fake.hold_pull(SHOP, 1, std::time::Duration::ZERO).unwrap();
    let shown = pull(&world, 1).await;
    assert_eq!((&shown["state"], &shown["merge_commit"]["hash"]), (&json!("MERGED"), &json!(merged[..12])));
    assert_eq!(world.fake.head_of(SHOP, "release").unwrap(), merged);
    let change = json!({ "title": "t" });
    assert_eq!(world.ask("PUT", &format!("{AT}/pullrequests/1"), Some(&change)).await.0, 400);
    world.fake.commit(SHOP, "old", &[("z.tf", Some("\n"))]).unwrap();
    world.fake.open_pull(SHOP, "old", "main").unwrap();
    world.fake.rename_branch(SHOP, "old", "new").unwrap();
    assert_eq!(pull(&world, 2).await["state"], "DECLINED");
}

#[tokio::test]
async fn commits_of_a_fork_are_in_the_fork() {
    let world = World::new().await;
    let fork = world.fake.fork(SHOP, "mallory", false).unwrap();
    let head = world.fake.commit(&fork, "idea", &[("idea.tf", Some("\n"))]).unwrap();
    let ahead = world.fake.commit(SHOP, "main", &[("later.tf", Some("\n"))]).unwrap();
    let number = world.fake.open_from(SHOP, &fork, "idea", "main", "An idea").unwrap();
    let shown = pull(&world, number).await;
    assert_eq!(
        (&shown["source"]["repository"]["full_name"], &shown["author"]["nickname"]),
        (&json!(fork), &json!("mallory"))
    );
    let table = [
        (format!("{AT}/commit/{head}"), 404),
        (format!("{AT}/commit/{}", &head[..12]), 404),
        (format!("/repositories/{fork}/commit/{}", &head[..12]), 200),
        (format!("{AT}/commit/{head}/statuses"), 404),
        (format!("{AT}/merge-base/{head}..{ahead}"), 404),
    ];
    for (path, status) in table {
        assert_eq!(world.ask("GET", &path, None).await.0, status, "{path}");
    }
    let (_, commits) = world.ask("GET", &format!("{AT}/pullrequests/{number}/commits"), None).await;
    assert_eq!((&commits["size"], &commits["values"][0]["hash"]), (&json!(1), &json!(head)));
    assert_eq!(commits["values"][0]["parents"][0]["hash"], world.base);
    let response =
        world.request("GET", &format!("{AT}/pullrequests/{number}/diffstat")).send().await.unwrap();
    let address = response.headers()[LOCATION].to_str().unwrap().to_owned();
    let (status, stat) = world.ask("GET", &address, None).await;
    assert_eq!((status, &stat["values"][0]["new"]["path"]), (200, &json!("idea.tf")), "{stat}");
    let later = world.fake.push(SHOP, number, &[("idea.tf", Some("a\n"))]).unwrap();
    assert_eq!(pull(&world, number).await["source"]["commit"]["hash"], later[..12]);
    world.fake.set_private(&fork, true).unwrap();
    assert_eq!(world.ask("GET", &format!("/repositories/{fork}"), None).await.0, 404);
    world.fake.delete_repository(&fork).unwrap();
    let shown = pull(&world, number).await;
    assert_eq!((&shown["state"], &shown["source"]["repository"]), (&json!("OPEN"), &json!(null)));
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_fork_is_merged() {
    let world = World::new().await;
    let fork = world.fake.fork(SHOP, "mallory", true).unwrap();
    let head = world.fake.commit(&fork, "idea", &[("idea.tf", Some("\n"))]).unwrap();
    let number = world.fake.open_from(SHOP, &fork, "idea", "main", "An idea").unwrap();
    world.fake.merge_pull(SHOP, number).unwrap();
    assert_eq!(world.ask("GET", &format!("{AT}/commit/{head}"), None).await.0, 200);
}

#[tokio::test]
async fn a_renamed_repository() {
    let world = World::new().await;
    world.fake.rename_repository(SHOP, "acme/store").unwrap();
    assert_eq!(world.ask("GET", AT, None).await.0, 404);
    let (_, pull) = world.ask("GET", "/repositories/acme/store/pullrequests/1", None).await;
    assert_eq!(pull["source"]["repository"]["full_name"], "acme/store");
}
