//! Git over HTTP with the real program, and archives.

use palisade_fake_host::run_git;

use crate::support::{SHOP, World};

#[tokio::test(flavor = "multi_thread")]
async fn fetches() {
    let world = World::new().await;
    let later = world.fake.push(SHOP, world.number, &[("big.tf", Some(&"# line\n".repeat(50_000)))]).unwrap();
    let address = |token: &str| {
        let host = world.fake.web_url().strip_prefix("https://").unwrap();
        format!("https://x-access-token:{token}@{host}/{SHOP}.git")
    };
    let good = address(&world.token);
    let pull = format!("refs/pull/{}/head", world.number);
    let table: [(&str, &str, Option<&str>); 7] = [
        (&good, "refs/heads/main", Some(&world.base)),
        (&good, &pull, Some(&later)),
        (&good, &world.base, Some(&world.base)),
        (&good, &world.head, Some(&world.head)),
        (&good, "refs/heads/none", None),
        (&address("ghs_wrong"), "refs/heads/main", None),
        (&format!("{}/{SHOP}.git", world.fake.web_url()), "refs/heads/main", None),
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
    let folder = tempfile::tempdir().unwrap();
    assert!(
        run_git(
            world.fake.ca_pem(),
            folder.path(),
            &["clone", "--quiet", "--filter=blob:none", "--no-checkout", &good, "x"]
        )
        .0
    );
    world.fake.set_private(SHOP, false).unwrap();
    let open = format!("{}/{SHOP}.git", world.fake.web_url());
    assert!(run_git(world.fake.ca_pem(), folder.path(), &["ls-remote", &open]).1.contains(&later));
    let statuses: Vec<u16> = world.fake.requests().iter().map(|one| one.status).collect();
    assert!(statuses.contains(&401));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_packed_is_unpacked() {
    use std::io::Write as _;
    let world = World::new().await;
    let line = |text: &str| format!("{:04x}{text}", text.len() + 4);
    let wants = format!("{}0000{}", line(&format!("want {}\n", world.head)), line("done\n"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(wants.as_bytes()).unwrap();
    let response = world
        .http
        .post(format!("{}/{SHOP}.git/git-upload-pack", world.fake.web_url()))
        .basic_auth("x-access-token", Some(&world.token))
        .header("content-type", "application/x-git-upload-pack-request")
        .header("content-encoding", "gzip")
        .body(packed.finish().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let bytes = response.bytes().await.unwrap();
    assert!(bytes.starts_with(b"0008NAK\nPACK"), "{bytes:?}");
}

#[tokio::test]
async fn archives_are_at_another_host() {
    let world = World::new().await;
    let response = world.send("GET", "/repos/acme/shop/tarball/feature", None).await;
    assert_eq!(response.status(), 302);
    let address = response.headers()["location"].to_str().unwrap().to_owned();
    assert!(address.starts_with(&format!("{}/codeload/", world.fake.codeload_url())), "{address}");
    let bytes = world.http.get(&address).send().await.unwrap().bytes().await.unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
    let names = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
    let names: Vec<String> = names.collect();
    assert!(names.contains(&format!("acme-shop-{}/main.tf", &world.head[..7])), "{names:?}");
    let bare = address.split('?').next().unwrap();
    assert_eq!(world.http.get(bare).send().await.unwrap().status(), 404);
}
