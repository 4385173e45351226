//! Lists with more than one page: each scheme of Azure DevOps.

use serde_json::Value;

use crate::support::{API, SHOP, World};

/// The names of all items, by the continuation token of the header.
async fn names(world: &World, path: &str) -> (Vec<String>, usize) {
    let mut found = Vec::new();
    let mut token = String::new();
    for page in 1.. {
        let separator = if path.contains('?') { '&' } else { '?' };
        let rest =
            if token.is_empty() { String::new() } else { format!("{separator}continuationToken={token}") };
        let response = world.send("GET", &format!("{path}{rest}"), None).await;
        assert_eq!(response.status(), 200);
        let next = response.headers().get("x-ms-continuationtoken").map(|it| it.to_str().unwrap().to_owned());
        let body: Value = response.json().await.unwrap();
        let items = body["value"].as_array().unwrap();
        assert_eq!(body["count"], items.len());
        found.extend(items.iter().map(|it| it["name"].as_str().unwrap().to_owned()));
        let Some(next) = next else { return (found, page) };
        token = next;
    }
    unreachable!()
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_and_references() {
    let world = World::new().await;
    for number in 0..230 {
        world.fake.add_project(&format!("p{number:03}"));
    }
    let (all, pages) = names(&world, "/acme/_apis/projects").await;
    assert_eq!((all.len(), pages, all[230].as_str()), (231, 3, "p229"));
    let (all, pages) = names(&world, "/acme/_apis/projects?$top=231").await;
    assert_eq!((all.len(), pages), (231, 1));
    for number in 0..7 {
        world.fake.branch(SHOP, &format!("b{number}"), "main").unwrap();
    }
    let (all, pages) = names(&world, &format!("{API}/refs?filter=heads/b&$top=3")).await;
    assert_eq!((all.len(), pages, all[6].as_str()), (7, 3, "refs/heads/b6"));
    // Without a size there is one page, with the commits of merges too.
    let (all, pages) = names(&world, &format!("{API}/refs")).await;
    assert_eq!((all.len(), pages, all[9].as_str()), (10, 1, "refs/pull/1/merge"));
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn pull_requests_and_changes_are_skipped() {
    let world = World::new().await;
    for number in 0..4 {
        let branch = format!("b{number}");
        world.fake.branch(SHOP, &branch, "feature").unwrap();
        world.fake.open_pull(SHOP, &branch, "main", "T").unwrap();
    }
    let ids = async |query: &str| -> Vec<u64> {
        let (_, body) = world.ask("GET", &format!("{API}/pullrequests{query}"), None).await;
        body["value"].as_array().unwrap().iter().map(|it| it["pullRequestId"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids("?$top=2").await, [5, 4]);
    assert_eq!(ids("?$top=2&$skip=2").await, [3, 2]);
    assert_eq!(ids("?$top=2&$skip=4").await, [1]);
    assert_eq!(ids("?searchCriteria.sourceRefName=refs/heads/b1").await, [3]);
    world.fake.abandon_pull(SHOP, 3).unwrap();
    assert_eq!(ids("").await, [5, 4, 2, 1]);
    assert_eq!(ids("?searchCriteria.status=abandoned").await, [3]);
    assert_eq!(ids("?searchCriteria.status=all").await, [5, 4, 3, 2, 1]);
    let files: Vec<String> = (0..5).map(|number| format!("f{number}.tf")).collect();
    let files: Vec<_> = files.iter().map(|path| (path.as_str(), Some("\n"))).collect();
    world.fake.push(SHOP, world.number, &files).unwrap();
    let changes = async |query: &str| {
        let (_, body) =
            world.ask("GET", &format!("{}/iterations/2/changes{query}", world.pull()), None).await;
        let paths = body["changeEntries"].as_array().unwrap().iter();
        let paths: Vec<String> = paths.map(|it| it["item"]["path"].as_str().unwrap().to_owned()).collect();
        (paths, body["nextSkip"].as_u64())
    };
    assert_eq!(changes("?$top=4").await.1, Some(4));
    assert_eq!(changes("?$top=4&$skip=4").await, (vec!["/f4.tf".to_owned(), "/main.tf".to_owned()], None));
    assert_eq!(changes("?$compareTo=1").await.0.len(), 5);
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}
