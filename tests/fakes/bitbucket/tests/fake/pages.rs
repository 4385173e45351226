//! Pages of lists.

use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

/// The values of all pages, and their number, along the links to the next page.
async fn walk(world: &World, first: &str) -> (Vec<Value>, usize) {
    let (mut next, mut all, mut pages) = (Some(first.to_owned()), Vec::new(), 0);
    while let Some(path) = next {
        let (status, page) = world.ask("GET", &path, None).await;
        assert_eq!(status, 200, "{path}: {page}");
        all.extend(page["values"].as_array().unwrap().iter().cloned());
        pages += 1;
        next = page["next"].as_str().map(ToOwned::to_owned);
    }
    (all, pages)
}

#[tokio::test]
async fn several_hundred_repositories() {
    let world = World::new().await;
    world.fake.add_repositories("acme/many", 230).unwrap();
    for (size, pages) in [("", 24), ("&pagelen=100", 3), ("&pagelen=77", 3)] {
        let (all, count) = walk(&world, &format!("/repositories/acme?role=admin{size}")).await;
        assert_eq!((all.len(), count), (231, pages), "{size}");
    }
    let (_, last) = world.ask("GET", "/repositories/acme?pagelen=100&page=3&sort=name", None).await;
    assert_eq!((&last["size"], &last["page"], last.get("next")), (&json!(231), &json!(3), None));
    assert!(last["previous"].as_str().unwrap().contains("page=2"));
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn pages_of_a_directory_have_names() {
    let world = World::new().await;
    let names: Vec<String> = (0..25).map(|number| format!("d/f{number:02}.tf")).collect();
    let files: Vec<(&str, Option<&str>)> = names.iter().map(|name| (name.as_str(), Some("\n"))).collect();
    world.fake.commit(SHOP, "main", &files).unwrap();
    let first = format!("{AT}/src/main/d");
    let (all, pages) = walk(&world, &first).await;
    let paths: Vec<&str> = all.iter().filter_map(|one| one["path"].as_str()).collect();
    assert_eq!((paths, pages), (names.iter().map(String::as_str).collect(), 3));
    let (_, page) = world.ask("GET", &first, None).await;
    assert_eq!(page.get("size"), None);
    assert_eq!(world.ask("GET", &format!("{first}?page=2"), None).await.0, 400);
}

#[tokio::test]
async fn a_list_that_never_ends() {
    let world = World::new().await;
    world.fake.set_endless(true);
    let mut next = "/repositories/acme?pagelen=1".to_owned();
    for items in [1, 1, 1, 1] {
        let (_, page) = world.ask("GET", &next, None).await;
        assert_eq!(page["values"].as_array().unwrap().len(), items);
        next = page["next"].as_str().unwrap().to_owned();
    }
    world.fake.set_endless(false);
    assert_eq!(walk(&world, "/repositories/acme").await.1, 1);
}

#[tokio::test]
async fn sizes_that_are_refused() {
    let world = World::new().await;
    let pulls = format!("{AT}/pullrequests");
    let table = [
        (format!("{pulls}?pagelen=50"), 200),
        (format!("{pulls}?pagelen=51"), 400),
        ("/repositories/acme?pagelen=100".to_owned(), 200),
        ("/repositories/acme?pagelen=101".to_owned(), 400),
        ("/repositories/acme?pagelen=0".to_owned(), 400),
        ("/repositories/acme?page=x".to_owned(), 400),
        ("/repositories/acme?q=".to_owned(), 400),
        ("/repositories/acme?q=name".to_owned(), 400),
        // Only lists have pages.
        (format!("{AT}?pagelen=10"), 400),
    ];
    for (path, status) in table {
        // Without the description, `pagelen` beside an object is not refused.
        if path.starts_with(&format!("{AT}?")) && !world.described() {
            continue;
        }
        let before = world.fake.violations().len();
        let (got, body) = world.ask("GET", &path, None).await;
        assert_eq!(got, status, "{path}: {body}");
        assert_eq!(world.fake.violations().len() == before, status == 200, "{path}");
    }
    let (_, body) = world.ask("GET", &format!("{pulls}?pagelen=100"), None).await;
    assert_eq!(body["error"]["message"], "Invalid pagelen");
}
