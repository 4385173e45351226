//! Repositories, branches, folders, pull requests, merge bases, contents.

use palisade_fake_bitbucket::{Fault, Rule};
use palisade_fake_host::Direct;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Content, Host as _, Page, Provider, Pull};

use crate::support::{ADAPTER, SHOP, Test, direct};

/// All pages of a list.
fn all<T>(page: impl Fn(Option<&str>) -> Result<Page<T>, CallError>) -> (Vec<T>, usize) {
    let (mut items, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = page(cursor.as_deref()).unwrap();
        items.extend(page.items);
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            return (items, pages);
        }
    }
}

fn pulls(host: &Direct) -> (Vec<Pull>, usize) {
    all(|cursor| ADAPTER.open_pulls(host, SHOP, cursor))
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_all_pages() {
    let test = Test::start().await;
    test.fake.add_repositories("acme/many", 230).unwrap();
    let (repositories, pages) = all(|cursor| ADAPTER.repositories(&test.host, cursor));
    assert_eq!((repositories.len(), pages), (231, 3));
    let shop = repositories.iter().find(|it| it.full_name == SHOP).unwrap();
    assert_eq!((shop.default_branch.as_str(), shop.private, shop.archived), ("main", true, false));
    assert_eq!(shop.web_url, format!("{}/{SHOP}", test.fake.web_url()));
    assert!(!shop.id.is_empty());
    for number in 0..120 {
        test.fake.branch(SHOP, &format!("feature/{number}"), "main").unwrap();
    }
    let (branches, pages) = all(|cursor| ADAPTER.branches(&test.host, SHOP, cursor));
    assert_eq!((branches.len(), pages), (121, 2));
    for number in 0..60 {
        test.pull(&format!("feature/{number}"));
    }
    let (open, pages) = pulls(&test.host);
    assert_eq!((open.len(), pages), (60, 2));
    assert!(open.iter().all(|it| it.head_sha.len() == 40 && it.base_sha == test.first));
    let elsewhere = ADAPTER.repositories(&test.host, Some("https://other.example/2.0/repositories/acme"));
    assert!(matches!(elsewhere, Err(CallError::InvalidInput(_))));
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_and_folders_are_found() {
    let test = Test::start().await;
    let sha = test.fake.commit(SHOP, "feature/x", &[("infra/stage/y.tf", Some("y\n"))]).unwrap();
    let branch = |name: &str| ADAPTER.branch(&test.host, SHOP, name).unwrap();
    assert_eq!(branch(""), Some(test.first.clone()));
    assert_eq!(branch("feature/x"), Some(sha));
    assert_eq!(branch("absent"), None);
    for (branch, folder, expected) in [
        ("main", "", Some(&["infra"][..])),
        ("main", "infra", Some(&["infra/prod"])),
        ("feature/x", "infra/", Some(&["infra/prod", "infra/stage"])),
        ("main", "infra/prod", Some(&[])),
        ("main", "main.tf", None),
        ("main", "absent", None),
        ("absent", "", None),
    ] {
        let found = ADAPTER.folders(&test.host, SHOP, branch, folder).unwrap().map(|it| it.items);
        let expected = expected.map(|it| it.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(found, expected, "{branch} {folder}");
    }
    let many: Vec<String> = (0..150).map(|it| format!("infra/f{it:03}/x.tf")).collect();
    let files: Vec<(&str, Option<&str>)> = many.iter().map(|it| (it.as_str(), Some("x\n"))).collect();
    test.fake.commit(SHOP, "main", &files).unwrap();
    assert_eq!(ADAPTER.folders(&test.host, SHOP, "main", "infra").unwrap().unwrap().items.len(), 151);
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_has_full_hashes() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature/x");
    let read = |number: &str| ADAPTER.pull(&test.host, SHOP, number).unwrap();
    let pull = read(&number.to_string()).unwrap();
    assert_eq!((pull.head_sha.as_str(), pull.head_ref.as_str()), (sha.as_str(), "feature/x"));
    assert_eq!((pull.base_sha.as_str(), pull.base_ref.as_str()), (test.first.as_str(), "main"));
    assert_eq!((pull.head_repository.as_str(), pull.open), (SHOP, true));
    assert_eq!(pull.web_url, format!("{}/{SHOP}/pull-requests/{number}", test.fake.web_url()));
    // The hashes are stored.
    let before = test.fake.requests().len();
    read(&number.to_string());
    assert_eq!(test.fake.requests().len() - before, 1);
    assert!(read("99").is_none());
    assert!(matches!(ADAPTER.pull(&test.host, SHOP, "1/x"), Err(CallError::InvalidInput(_))));
    let of_commit = |sha: &str| {
        let all = ADAPTER.pulls_of_commit(&test.host, SHOP, sha).unwrap();
        all.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(of_commit(&sha), [number.to_string()]);
    assert_eq!(of_commit(&test.first), Vec::<String>::new());
    test.fake.decline_pull(SHOP, number).unwrap();
    assert!(!read(&number.to_string()).unwrap().open);
    assert_eq!(of_commit(&sha), Vec::<String>::new());
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn forks_are_read_where_they_are() {
    let test = Test::start().await;
    let fork = test.fake.fork(SHOP, "mallory", false).unwrap();
    let sha = test.fake.commit(&fork, "feature", &[("main.tf", Some("f\n"))]).unwrap();
    let number = test.fake.open_from(SHOP, &fork, "feature", "main", "From a fork").unwrap().to_string();
    let pull = || ADAPTER.pull(&test.host, SHOP, &number).unwrap().unwrap();
    assert_eq!((pull().head_sha, pull().head_repository), (sha.clone(), fork.clone()));
    // The merge base is known by the commits of the pull request, also after the target branch has moved.
    let base =
        |head: &str, base: &str, pull: Option<&str>| ADAPTER.merge_base(&test.host, SHOP, head, base, pull);
    assert_eq!(base(&sha, &test.first, Some(&number)).unwrap(), Some(test.first.clone()));
    let moved = test.fake.commit(SHOP, "main", &[("other.tf", Some("o\n"))]).unwrap();
    assert_eq!(base(&sha, &moved, Some(&number)).unwrap(), Some(test.first.clone()));
    assert!(matches!(base(&sha, &moved, None), Err(CallError::Unavailable(_))));
    let content = ADAPTER.content(&test.host, &fork, std::slice::from_ref(&sha), false).unwrap();
    let Content::Git { url, user, password, want } = content else { panic!("{content:?}") };
    assert_eq!(url, format!("{}/{fork}.git", test.fake.web_url()));
    assert_eq!(
        (user.as_str(), password, want),
        ("x-bitbucket-api-token-auth", test.host.auth(), vec![sha.clone()])
    );
    test.fake.delete_repository(&fork).unwrap();
    let pull =
        ADAPTER.pull(&direct(&test.fake, test.fake.credentials(), "acme"), SHOP, &number).unwrap().unwrap();
    assert_eq!((pull.head_repository.as_str(), pull.head_sha.as_str()), ("", &sha[..12]));
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_bases_are_those_of_git() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature");
    let main = test.fake.commit(SHOP, "main", &[("other.tf", Some("o\n"))]).unwrap();
    let unrelated = test.fake.commit_unrelated(SHOP, "unrelated", &[("main.tf", "u\n")]).unwrap();
    let number = number.to_string();
    for (what, head, base, pull, expected) in [
        ("of a pull request", &sha, &main, Some(number.as_str()), Some(&test.first)),
        ("of a commit", &sha, &main, None, Some(&test.first)),
        ("the same", &sha, &sha, None, Some(&sha)),
        ("an ancestor", &main, &test.first, None, Some(&test.first)),
        ("no common history", &unrelated, &main, None, None),
    ] {
        let found = ADAPTER.merge_base(&test.host, SHOP, head, base, pull).unwrap();
        assert_eq!(found.as_ref(), expected, "{what}");
    }
    let opened = test.fake.open_pull(SHOP, "unrelated", "main").unwrap().to_string();
    let found = ADAPTER.merge_base(&test.host, SHOP, &unrelated, &main, Some(&opened)).unwrap();
    assert_eq!(found, None);
    let absent = ADAPTER.merge_base(&test.host, SHOP, &"0".repeat(40), &main, None);
    assert!(matches!(absent, Err(CallError::Unavailable(_))), "{absent:?}");
    test.finish();
}

/// Whether Git fetches the wanted commits from the repository, with this password.
fn fetches(test: &Test, content: &Content, password: &str) -> bool {
    let Content::Git { url, user, want, .. } = content else { panic!("{content:?}") };
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, test.fake.ca_pem()).unwrap();
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.arg("-C").arg(folder.path()).args(["-c", "credential.helper="]).args(arguments);
        git.env("GIT_SSL_CAINFO", &ca).env("GIT_TERMINAL_PROMPT", "0").output().unwrap().status.success()
    };
    assert!(git(&["init", "--quiet", "--bare"]));
    let url = url.replacen("://", &format!("://{user}:{password}@"), 1);
    let wanted = want.iter().map(String::as_str);
    git(&["fetch", "--quiet", "--depth", "1", &url].into_iter().chain(wanted).collect::<Vec<_>>())
}

#[tokio::test(flavor = "multi_thread")]
async fn git_fetches_with_each_kind_of_token() {
    let test = Test::start().await;
    for credentials in [test.fake.credentials().clone(), test.fake.access_token()] {
        let host = direct(&test.fake, &credentials, "acme");
        let content = ADAPTER.content(&host, SHOP, std::slice::from_ref(&test.first), false).unwrap();
        for (password, expected) in [(credentials.token.as_str(), true), ("wrong", false)] {
            assert_eq!(fetches(&test, &content, password), expected, "{content:?}");
        }
    }
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_does_not_end_is_an_error() {
    let test = Test::start().await;
    test.fake.set_endless(true);
    let found = ADAPTER.pulls_of_commit(&test.host, SHOP, &test.first);
    let Err(CallError::Other(why)) = &found else { panic!("{found:?}") };
    assert!(why.ends_with("does not end"), "{why}");
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_have_reasons() {
    let test = Test::start().await;
    for (fault, expected) in [
        (Fault::retry_after(429, "7"), CallError::RateLimited(Some(7))),
        (Fault::status(503, "down"), CallError::Unavailable("Bitbucket returns 503".to_owned())),
    ] {
        test.fake.fail(Rule::new("GET", "/repositories/acme$", 1, fault));
        assert_eq!(ADAPTER.repositories(&test.host, None).unwrap_err(), expected);
    }
    let archive = ADAPTER.content(&test.host, SHOP, std::slice::from_ref(&test.first), true);
    assert!(matches!(archive, Err(CallError::Other(_))));
    let gone = ADAPTER.branches(&test.host, "acme/gone", None).unwrap_err();
    let CallError::Denied(why) = gone else { panic!("{gone:?}") };
    assert!(why.contains("the branches of `acme/gone`"), "{why}");
    test.finish();
}
