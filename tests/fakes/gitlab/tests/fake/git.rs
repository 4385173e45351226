//! Git over HTTP with the real program, and archives.

use palisade_fake_host::run_git;

use crate::support::{PROJECT, SHOP, World};

#[tokio::test(flavor = "multi_thread")]
async fn fetches() {
    let world = World::new().await;
    world.fake.add_fork(SHOP, "ada/shop", false).unwrap();
    let fork = world.fake.commit("ada/shop", "topic", &[("t.tf", Some("t\n"))]).unwrap();
    world.fake.open_between(("ada/shop", "topic"), (SHOP, "main"), "t").unwrap();
    let host = world.fake.url().strip_prefix("https://").unwrap();
    let address = |user: &str, token: &str| format!("https://{user}:{token}@{host}/{SHOP}.git");
    let good = address("oauth2", &world.token);
    let public = format!("{}/{SHOP}.git", world.fake.url());
    let read = world.fake.token_with(&["read_repository"]);
    let table: [(&str, &str, Option<&str>); 9] = [
        (&good, "refs/heads/main", Some(&world.base)),
        (&good, "refs/merge-requests/1/head", Some(&world.head)),
        (&good, "refs/merge-requests/2/head", Some(&fork)),
        (&good, &fork, Some(&fork)),
        (&address("anyone", &read), &world.head, Some(&world.head)),
        (&address("oauth2", &world.fake.token_with(&["read_user"])), "refs/heads/main", None),
        (&address("oauth2", "glpat-wrong"), "refs/heads/main", None),
        (&address("oauth2", &world.fake.outsider_token()), "refs/heads/main", None),
        (&public, "refs/heads/main", None),
    ];
    for (address, what, expected) in table {
        let folder = tempfile::tempdir().unwrap();
        assert!(run_git(world.fake.ca_pem(), folder.path(), &["init", "--quiet"]).0);
        let fetched =
            run_git(world.fake.ca_pem(), folder.path(), &["fetch", "--quiet", "--depth=1", address, what]);
        assert_eq!(fetched.0, expected.is_some(), "{what}: {}", fetched.1);
        if let Some(expected) = expected {
            assert_eq!(
                run_git(world.fake.ca_pem(), folder.path(), &["rev-parse", "FETCH_HEAD"]).1.trim(),
                expected
            );
        }
    }
    world.fake.change(SHOP, |one| one.private = false).unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(run_git(world.fake.ca_pem(), folder.path(), &["ls-remote", &public]).1.contains(&world.base));
}

#[tokio::test]
async fn five_archives_a_minute() {
    let world = World::new().await;
    for path in ["archive.tar.gz", "archive"] {
        let path = format!("{PROJECT}/repository/{path}?sha={}", world.head);
        let bytes = world.send("GET", &path, None).await.bytes().await.unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let names =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
        let names: Vec<String> = names.collect();
        assert!(names.contains(&format!("shop-{0}-{0}/deploy/shop.yaml", world.head)), "{names:?}");
    }
    let path = format!("{PROJECT}/repository/archive?sha=main");
    for number in 3..8 {
        let response = world.send("GET", &path, None).await;
        assert_eq!(response.status(), if number <= 5 { 200 } else { 429 }, "{number}");
        assert_eq!(response.headers().contains_key("retry-after"), number > 5);
    }
    let none = world.fake.mallory_token();
    let absent = format!("{PROJECT}/repository/archive?sha=none");
    assert_eq!(world.ask_as(&none, "GET", &absent, None).await.0, 404);
    world.clean();
}
