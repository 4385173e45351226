//! The token, projects, branches, folders and contents.

use palisade_fake_gitlab::{Fault, Options, Rule};
use palisade_provider_gitlab::GitLab;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Content, Host as _, Provider as _};

use crate::support::{SHOP, World, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_tested() {
    let world = World::start(Options::default()).await;
    let fake = &world.fake;
    let health = GitLab.test_connection(&world.host()).unwrap();
    assert_eq!((health.status.as_str(), health.account.as_str()), ("active", "palisade"), "{health:?}");
    assert_eq!(health.missing, ["write_repository"]);
    assert!(health.expires_ms.is_some_and(|it| it > world.host().now_ms()), "{health:?}");
    let account = GitLab.accounts(&world.host(), None).unwrap().items.remove(0);
    assert_eq!((account.name.as_str(), account.status.as_str()), ("palisade", "active"));
    assert_eq!(account.id, world.user);

    for (what, token, words, missing) in [
        ("expired", fake.expired_token(), "GitLab does not accept the token", &[][..]),
        ("unknown", "glpat-x".to_owned(), "GitLab does not accept the token", &[]),
        (
            "without a scope",
            fake.token_with(&["read_repository"]),
            "the token lacks the scope `api`",
            &["api", "write_repository"],
        ),
        (
            "for reading",
            fake.token_with(&["read_api"]),
            "the token lacks the scope `api`",
            &["api", "read_repository", "write_repository"],
        ),
        ("of another user", fake.outsider_token(), "the token belongs to `eve`", &["write_repository"]),
        ("of a developer", fake.mallory_token(), "the token belongs to `mallory`", &[]),
    ] {
        let health = GitLab.test_connection(&world.host_of(&token, Some(&world.user))).unwrap();
        assert_eq!(health.status, "error", "{what}");
        assert!(health.reason.starts_with(words), "{what}: {health:?}");
        assert_eq!(health.missing, missing, "{what}");
    }
    let health = GitLab.test_connection(&world.host_of(&fake.mallory_token(), None)).unwrap();
    assert!(health.reason.starts_with("`mallory` has the role Maintainer in no project"), "{health:?}");

    for (fault, words) in [
        (Fault::Html203, "GitLab returns a sign-in page (status 203)"),
        (
            Fault::Status(
                200,
                vec![("content-type".into(), "text/html; charset=utf-8".into())],
                "<html>".into(),
            ),
            "GitLab returns a sign-in page (status 200)",
        ),
    ] {
        fake.fail(Rule::new("", "/api/v4/", 1, fault));
        let health = GitLab.test_connection(&world.host()).unwrap();
        assert_eq!(health.status, "error");
        assert!(health.reason.starts_with(words), "{health:?}");
    }
    fake.fail(Rule::new("", "/api/v4/user", 1, Fault::retry_after(429, "7")));
    assert_eq!(GitLab.test_connection(&world.host()).unwrap_err(), CallError::RateLimited(Some(7)));
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_branches_and_folders() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    for number in 0..104 {
        fake.add_repository(&format!("acme/p{number:03}"), &[("a", "a")]).unwrap();
    }
    fake.archive_project("acme/p003", true).unwrap();
    let first = GitLab.repositories(&host, None).unwrap();
    let second = GitLab.repositories(&host, first.next.as_deref()).unwrap();
    let names: Vec<&str> = first.items.iter().chain(&second.items).map(|it| it.full_name.as_str()).collect();
    assert_eq!((first.items.len(), second.items.len(), second.next), (100, 4, None));
    assert_eq!((names[0], names.contains(&"acme/p003"), names[103]), (SHOP, false, "acme/p103"));
    assert!(matches!(GitLab.repositories(&host, Some("1&x=")), Err(CallError::InvalidInput(_))));

    let branches = GitLab.branches(&host, SHOP, None).unwrap().items;
    assert_eq!(branches, ["main", "topic"]);
    let elsewhere = Some("https://mallory.example/api/v4/projects");
    assert!(matches!(GitLab.branches(&host, SHOP, elsewhere), Err(CallError::InvalidInput(_))));
    for (branch, folder, expected) in [
        ("main", "", Some("deploy")),
        ("main", "/", Some("deploy")),
        ("main", "deploy", Some("deploy/base")),
        ("main", "deploy/base/", Some("")),
        ("main", "deploy/base/pod.yaml", None),
        ("main", "nowhere", None),
        ("nowhere", "", None),
    ] {
        let found = GitLab.folders(&host, SHOP, branch, folder).unwrap();
        assert_eq!(found.map(|it| it.items.join(" ")).as_deref(), expected, "{branch} {folder}");
    }
    assert_eq!(GitLab.branch(&host, SHOP, "").unwrap(), Some(world.base.clone()));
    assert_eq!(GitLab.branch(&host, SHOP, "topic").unwrap(), Some(world.head.clone()));
    assert_eq!(GitLab.branch(&host, SHOP, "nowhere").unwrap(), None);
    assert_eq!(GitLab.branch(&host, "acme/nowhere", "").unwrap(), None);
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn contents_of_a_commit() {
    let world = World::start(Options::default()).await;
    let host = world.host();
    let want = [world.head.clone()];
    let Content::Git { url, user, want: wanted, .. } = GitLab.content(&host, SHOP, &want, false).unwrap()
    else {
        panic!("Git");
    };
    assert_eq!((url, user.as_str()), (format!("{}/{SHOP}.git", world.fake.url()), "oauth2"));
    assert_eq!(wanted, want);
    let Content::Archive { blob, tree } = GitLab.content(&host, SHOP, &want, true).unwrap() else {
        panic!("an archive");
    };
    assert!(host.blob(blob).starts_with(&[0x1f, 0x8b]), "gzip");
    let expected =
        run(&world.fake.repository_folder(SHOP), &["rev-parse", &format!("{}^{{tree}}", world.head)]);
    assert_eq!(tree, expected, "Git's ID of the tree");
    let short = [world.head[..12].to_owned()];
    assert!(matches!(GitLab.content(&host, SHOP, &short, true), Err(CallError::Other(_))));
    world.has_no_violations();
}
