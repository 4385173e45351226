//! Git over HTTP with the real program.

use palisade_fake_host::run_git;

use crate::support::{SHOP, World};

/// Fetches a name or a commit; whether it succeeded, and what was fetched.
fn fetch(world: &World, address: &str, what: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    assert!(run_git(world.fake.ca_pem(), folder.path(), &["init", "--quiet"]).0);
    let fetched =
        run_git(world.fake.ca_pem(), folder.path(), &["fetch", "--quiet", "--depth=1", address, what]);
    fetched.0.then(|| {
        run_git(world.fake.ca_pem(), folder.path(), &["rev-parse", "FETCH_HEAD"]).1.trim().to_owned()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn fetches() {
    let world = World::new().await;
    let big = "# line\n".repeat(50_000);
    let later = world.fake.push(SHOP, world.number, &[("big.tf", Some(&big))]).unwrap();
    world.fake.add_repository("Data Platform/Web Shop", &[("a.tf", "")]).unwrap();
    world.fake.add_repository("solo/solo", &[("a.tf", "")]).unwrap();
    let host = world.fake.url().strip_prefix("https://").unwrap();
    let address = |token: &str, path: &str| format!("https://any:{token}@{host}/{path}");
    let shop = "acme/platform/_git/shop";
    let good = address(&world.token, shop);
    let spaced = address(&world.token, "acme/Data%20Platform/_git/Web%20Shop");
    let merge = world.fake.pull(SHOP, world.number).unwrap().merge_commit.unwrap();
    let table: [(&str, &str, Option<&str>); 13] = [
        (&good, "refs/heads/main", Some(&world.base)),
        (&good, "refs/heads/feature", Some(&later)),
        (&good, "refs/pull/1/merge", Some(&merge)),
        (&good, &later, Some(&later)),
        (&good, &world.head, Some(&world.head)),
        (&good, "refs/heads/none", None),
        (&address("wrong", shop), "refs/heads/main", None),
        (&address(&world.fake.expired_token(), shop), "refs/heads/main", None),
        (&address(&world.fake.foreign_token(), shop), "refs/heads/main", None),
        (&address(&world.fake.narrow_token(&["vso.code_status"]), shop), "refs/heads/main", None),
        (&address(&world.token, "acme/platform/_git/none"), "refs/heads/main", None),
        (&address(&world.token, "umbrella/platform/_git/shop"), "refs/heads/main", None),
        (&format!("https://{host}/{shop}"), "refs/heads/main", None),
    ];
    for (address, what, expected) in table {
        assert_eq!(fetch(&world, address, what).as_deref(), expected, "{address} {what}");
    }
    assert!(fetch(&world, &spaced, "refs/heads/main").is_some());
    assert!(fetch(&world, &address(&world.token, "acme/_git/solo"), "refs/heads/main").is_some());
    world.fake.set_disabled(SHOP, true).unwrap();
    assert_eq!(fetch(&world, &good, "refs/heads/main"), None);
    let statuses: Vec<u16> = world.fake.requests().iter().map(|one| one.status).collect();
    for status in [401, 403, 404] {
        assert!(statuses.contains(&status), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_target_has_the_head_of_a_fork() {
    let world = World::new().await;
    world.fake.fork(SHOP, "private/shop").unwrap();
    let head = world.fake.commit("private/shop", "mine", &[("f.tf", Some("\n"))]).unwrap();
    world.fake.open_fork_pull(SHOP, "private/shop", "mine", "main", "T").unwrap();
    let host = world.fake.url().strip_prefix("https://").unwrap();
    let address = |path: &str| format!("https://:{}@{host}/acme/{path}", world.token);
    assert_eq!(fetch(&world, &address("platform/_git/shop"), &head).as_ref(), Some(&head));
    assert_eq!(fetch(&world, &address("private/_git/shop"), "refs/heads/mine").as_ref(), Some(&head));
    world.fake.delete_repository("private/shop").unwrap();
    assert_eq!(fetch(&world, &address("private/_git/shop"), "refs/heads/mine"), None);
    assert_eq!(fetch(&world, &address("platform/_git/shop"), &head), Some(head));
}
