//! Git over HTTP with the real program, and archives.

use palisade_fake_host::run_git;

use crate::support::{SHOP, World};

#[tokio::test(flavor = "multi_thread")]
async fn fetches() {
    let world = World::new().await;
    let later = world.fake.push(SHOP, world.number, &[("big.tf", Some(&"# line\n".repeat(50_000)))]).unwrap();
    let fork = world.fake.fork(SHOP, "mallory", false).unwrap();
    let of_fork = world.fake.commit(&fork, "idea", &[("idea.tf", Some("\n"))]).unwrap();
    let at = |user: &str, token: &str, repository: &str| {
        let host = world.fake.web_url().strip_prefix("https://").unwrap();
        format!("https://{user}:{}@{host}/{repository}.git", token.replace('=', "%3D"))
    };
    let (api, access) = (world.fake.credentials().token.clone(), world.fake.access_token().token);
    let good = at("x-bitbucket-api-token-auth", &api, SHOP);
    let table: [(&str, &str, Option<&str>); 13] = [
        (&good, "refs/heads/main", Some(&world.base)),
        (&good, "refs/heads/feature", Some(&later)),
        (&good, &world.base, Some(&world.base)),
        (&good, "refs/heads/none", None),
        (&at("palisade", &api, SHOP), "refs/heads/main", Some(&world.base)),
        (&at("x-token-auth", &access, SHOP), "refs/heads/main", Some(&world.base)),
        (&at("x-token-auth", &api, SHOP), "refs/heads/main", None),
        (&at("x-bitbucket-api-token-auth", &access, SHOP), "refs/heads/main", None),
        (&at("x-token-auth", "wrong", SHOP), "refs/heads/main", None),
        (&at("wesker", &world.fake.foreign_token().token, SHOP), "refs/heads/main", None),
        (&at("palisade", &world.fake.expired_token().token, SHOP), "refs/heads/main", None),
        (&at("palisade", &world.fake.api_token("palisade", &[]).token, SHOP), "refs/heads/main", None),
        (&at("x-bitbucket-api-token-auth", &api, &fork), &of_fork, Some(&of_fork)),
    ];
    for (number, (address, what, expected)) in table.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        assert!(run_git(world.fake.ca_pem(), folder.path(), &["init", "--quiet"]).0);
        let fetched =
            run_git(world.fake.ca_pem(), folder.path(), &["fetch", "--quiet", "--depth=1", address, what]);
        assert_eq!(fetched.0, expected.is_some(), "{number} {what}: {}", fetched.1);
        if let Some(expected) = expected {
            assert_eq!(
                run_git(world.fake.ca_pem(), folder.path(), &["rev-parse", "FETCH_HEAD"]).1.trim(),
                expected
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let open = format!("{}/{fork}.git", world.fake.web_url());
    assert!(run_git(world.fake.ca_pem(), folder.path(), &["ls-remote", &open]).1.contains(&of_fork));
    let private = format!("{}/{SHOP}.git", world.fake.web_url());
    assert!(!run_git(world.fake.ca_pem(), folder.path(), &["ls-remote", &private]).0);
    let statuses: Vec<u16> = world.fake.requests().iter().map(|one| one.status).collect();
    assert!([401, 403, 404].iter().all(|status| statuses.contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn archives() {
    let world = World::new().await;
    let address = |what: &str| format!("{}/{SHOP}/get/{what}.tar.gz", world.fake.web_url());
    let token = world.fake.credentials().clone();
    let get =
        |what: &str, user: &str| world.http.get(address(what)).basic_auth(user, Some(&token.token)).send();
    for user in [token.email.as_str(), "x-bitbucket-api-token-auth"] {
        let bytes = get(&world.head, user).await.unwrap().bytes().await.unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let names =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
        let names: Vec<String> = names.collect();
        assert!(names.contains(&format!("acme-shop-{}/main.tf", &world.head[..12])), "{names:?}");
    }
    assert_eq!(get("none", &token.email).await.unwrap().status(), 404);
    assert_eq!(world.http.get(address("main")).send().await.unwrap().status(), 401);
    let bearer = world.http.get(address("main")).bearer_auth(world.fake.access_token().token);
    assert_eq!(bearer.send().await.unwrap().status(), 200);
}
