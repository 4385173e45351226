//! Repositories, pull requests, changes, and new commits.

use palisade_fake_azure_devops::{Fault, Rule};
use palisade_provider_azure_devops::AzureDevOps;
use palisade_sdk::CallError;
use palisade_sdk::provider::{ChangeKind, CheckState, Content, FileEdit, NewCommit, NewPull, Provider};

use crate::{NAME, REPOSITORY, check, finish, host, shown, start, with_pull};

#[tokio::test(flavor = "multi_thread")]
async fn repositories_of_many_projects() {
    let fake = start().await;
    let mut expected = Vec::new();
    for number in 0..23 {
        fake.add_empty_repository(&format!("project {number}/r")).unwrap();
        expected.push(format!("project {number}/r"));
    }
    fake.add_project("empty");
    fake.add_repository("project 3/a b", &[("a.tf", "")]).unwrap();
    fake.set_disabled("project 3/a b", true).unwrap();
    expected.push("project 3/a b".to_owned());
    let host = host(&fake);
    let (mut names, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = AzureDevOps.repositories(&host, cursor.as_deref()).unwrap();
        for it in &page.items {
            assert_eq!(it.archived, it.full_name == "project 3/a b", "{}", it.full_name);
            assert_eq!(it.id.len(), 36, "{}", it.full_name);
        }
        names.extend(page.items.into_iter().map(|it| it.full_name));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    names.sort();
    expected.sort();
    assert_eq!((names, pages), (expected, 3));
    let account = AzureDevOps.accounts(&host, None).unwrap().items.remove(0);
    assert_eq!((account.id.as_str(), account.web_url), ("acme", format!("{}/acme", fake.url())));
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_folders_and_pulls() {
    let (fake, number, head) = with_pull().await;
    let host = host(&fake);
    for branch in ["topic-2", "feature/x"] {
        fake.branch(REPOSITORY, branch, "main").unwrap();
    }
    let branches = AzureDevOps.branches(&host, REPOSITORY, None).unwrap();
    assert_eq!((branches.items.join(" ").as_str(), branches.next), ("feature/x main topic topic-2", None));
    let main = fake.head_of(REPOSITORY, "main").unwrap();
    for (branch, expected) in [
        ("", Some(&main)),
        ("main", Some(&main)),
        ("feature/x", Some(&main)),
        ("topic", Some(&head)),
        ("feature", None),
        ("absent", None),
    ] {
        assert_eq!(AzureDevOps.branch(&host, REPOSITORY, branch).unwrap().as_ref(), expected, "{branch}");
    }
    fake.add_empty_repository("my project/empty").unwrap();
    assert_eq!(AzureDevOps.branch(&host, "my project/empty", "").unwrap(), None);
    assert_eq!(AzureDevOps.branch(&host, "my project/absent", "").unwrap(), None);
    for (branch, folder, expected) in [
        ("main", "", Some("modules")),
        ("main", "/", Some("modules")),
        ("main", "modules", Some("modules/net")),
        ("main", "/modules/net/", Some("")),
        ("main", "a.tf", None),
        ("main", "absent", None),
        ("absent", "modules", None),
    ] {
        let found = AzureDevOps.folders(&host, REPOSITORY, branch, folder).unwrap();
        let found = found.map(|it| it.items.join(" "));
        assert_eq!(found.as_deref(), expected, "{branch} {folder}");
    }
    let pull = AzureDevOps.pull(&host, REPOSITORY, &number.to_string()).unwrap().unwrap();
    let fields = (pull.open, pull.head_ref.as_str(), pull.head_sha.as_str(), pull.head_repository.as_str());
    assert_eq!(fields, (true, "topic", head.as_str(), REPOSITORY));
    let fields = (pull.base_ref.as_str(), pull.base_sha.as_str(), pull.author.as_str());
    assert_eq!(fields, ("main", main.as_str(), "ada@example.com"));
    assert!(pull.web_url.ends_with("/acme/my%20project/_git/shop/pullrequest/1"), "{}", pull.web_url);
    assert!(AzureDevOps.pull(&host, REPOSITORY, "99").unwrap().is_none());
    assert!(matches!(AzureDevOps.pull(&host, REPOSITORY, "1/x"), Err(CallError::InvalidInput(_))));
    let open = AzureDevOps.open_pulls(&host, REPOSITORY, None).unwrap();
    assert_eq!((open.items.len(), open.next), (1, None));
    assert_eq!(AzureDevOps.pulls_of_commit(&host, REPOSITORY, &head).unwrap().len(), 1);
    assert_eq!(AzureDevOps.pulls_of_commit(&host, REPOSITORY, &main).unwrap().len(), 0);
    let base = |head: &str, base: &str| AzureDevOps.merge_base(&host, REPOSITORY, head, base, Some("1"));
    assert_eq!(base(&head, &main).unwrap(), Some(main.clone()));
    let other = fake.commit_unrelated(REPOSITORY, "other", &[("x", "y")]).unwrap();
    assert_eq!(base(&other, &main).unwrap(), None);
    assert!(matches!(base(&"a".repeat(40), &main), Err(CallError::Unavailable(_))));
    fake.fail(Rule::new("GET", "mergebases", 1, Fault::status(404, "not yet")));
    assert_eq!(base(&head, &main).unwrap(), Some(main), "from the iteration");
    fake.abandon_pull(REPOSITORY, number).unwrap();
    assert!(!AzureDevOps.pull(&host, REPOSITORY, "1").unwrap().unwrap().open);
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_a_fork_is_in_the_target() {
    let (fake, _, _) = with_pull().await;
    let host = host(&fake);
    fake.fork(REPOSITORY, "forks/shop").unwrap();
    let head = fake.commit("forks/shop", "mine", &[("a.tf", Some("fork\n"))]).unwrap();
    let number = fake.open_fork_pull(REPOSITORY, "forks/shop", "mine", "main", "From a fork").unwrap();
    let id = number.to_string();
    let pull = AzureDevOps.pull(&host, REPOSITORY, &id).unwrap().unwrap();
    assert_eq!((pull.head_repository.as_str(), pull.head_sha.as_str()), ("forks/shop", head.as_str()));
    let base = AzureDevOps.merge_base(&host, REPOSITORY, &head, &pull.base_sha, Some(&id)).unwrap();
    assert_eq!(base, Some(pull.base_sha));
    let want = [head.clone()];
    let content = AzureDevOps.content(&host, REPOSITORY, &want, false).unwrap();
    let Content::Git { url, user, want, .. } = content else { panic!("{content:?}") };
    assert_eq!((url, user.as_str()), (format!("{}/acme/my%20project/_git/shop", fake.url()), "palisade"));
    assert_eq!(want, std::slice::from_ref(&head));
    assert!(matches!(AzureDevOps.content(&host, REPOSITORY, &want, true), Err(CallError::Other(_))));
    let failed = check(number, &head, "c1", CheckState::Completed, &[("k", 1)]);
    AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
    assert!(shown(&fake, number).starts_with("failed by palisade; /a.tf:1 title k active"));
    fake.delete_repository("forks/shop").unwrap();
    let pull = AzureDevOps.pull(&host, REPOSITORY, &id).unwrap().unwrap();
    assert_eq!(pull.head_repository, "", "the fork was deleted");
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_branches_commits_and_pulls() {
    let (fake, _, _) = with_pull().await;
    let host = host(&fake);
    let main = fake.head_of(REPOSITORY, "main").unwrap();
    AzureDevOps.create_branch(&host, REPOSITORY, "fix/1", &main).unwrap();
    AzureDevOps.create_branch(&host, REPOSITORY, "fix/1", &main).unwrap();
    let refused = AzureDevOps.create_branch(&host, REPOSITORY, "fix 1", &main);
    assert!(matches!(refused, Err(CallError::InvalidInput(_))), "{refused:?}");
    let file = |path: &str, content: Option<&[u8]>| FileEdit {
        path: path.to_owned(),
        content: content.map(<[u8]>::to_vec),
    };
    let new = NewCommit {
        branch: "fix/1".to_owned(),
        parent: main.clone(),
        message: "Fix it".to_owned(),
        files: vec![
            file("a.tf", Some(b"fixed\n")),
            file("new/\u{fc}.bin", Some(&[0, 255, 1])),
            file("modules/net/b.tf", None),
        ],
    };
    let commit = AzureDevOps.create_commit(&host, REPOSITORY, &new).unwrap();
    assert_eq!(fake.head_of(REPOSITORY, "fix/1").unwrap(), commit);
    let stale = AzureDevOps.create_commit(&host, REPOSITORY, &new);
    assert!(matches!(&stale, Err(CallError::InvalidInput(why)) if why.contains("is not")), "{stale:?}");
    for (base, name) in [(main.as_str(), "a base"), ("", "a new branch")] {
        let page = AzureDevOps.changes(&host, REPOSITORY, base, &commit, None).unwrap();
        let mut found: Vec<(String, ChangeKind)> =
            page.items.iter().map(|it| (it.path.clone(), it.kind)).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        let expected = [
            ("a.tf".to_owned(), ChangeKind::Modified),
            ("modules/net/b.tf".to_owned(), ChangeKind::Removed),
            ("new/\u{fc}.bin".to_owned(), ChangeKind::Added),
        ];
        assert_eq!((found.as_slice(), page.complete, page.next), (&expected[..], true, None), "{name}");
    }
    let many: Vec<(String, String)> = (0..250).map(|it| (format!("f{it:03}"), "x".to_owned())).collect();
    let many: Vec<(&str, Option<&str>)> =
        many.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
    let large = fake.commit(REPOSITORY, "large", &many).unwrap();
    let (mut count, mut cursor) = (0, None);
    loop {
        let page = AzureDevOps.changes(&host, REPOSITORY, &main, &large, cursor.as_deref()).unwrap();
        assert!(page.complete);
        count += page.items.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(count, 250);
    let new = NewPull {
        head_ref: "fix/1".to_owned(),
        base_ref: "main".to_owned(),
        title: "Fix it".to_owned(),
        body: "text ".repeat(2_000),
    };
    let pull = AzureDevOps.create_pull(&host, REPOSITORY, &new).unwrap();
    assert_eq!((pull.open, pull.head_sha.as_str(), pull.base_ref.as_str()), (true, commit.as_str(), "main"));
    let again = AzureDevOps.create_pull(&host, REPOSITORY, &new).unwrap();
    assert_eq!(again.id, pull.id, "it is not created twice");
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_requires_the_check_of_our_account() {
    let (fake, _, _) = with_pull().await;
    let host = host(&fake);
    let requirement = || AzureDevOps.requirement(&host, REPOSITORY, "main", NAME).unwrap();
    assert!(!requirement().required);
    assert!(requirement().how.contains("add a policy under *Status checks*"), "{}", requirement().how);
    for (branch, context, author, blocking, required) in [
        ("main", ("palisade", NAME), Some("palisade"), false, false),
        ("release", ("palisade", NAME), Some("palisade"), true, false),
        ("main", ("other", NAME), Some("palisade"), true, false),
        ("main", ("palisade", "other"), Some("palisade"), true, false),
        ("main", ("palisade", NAME), None, true, false),
        ("main", ("palisade", NAME), Some("mallory"), true, false),
        ("main", ("palisade", NAME), Some("palisade"), true, true),
    ] {
        fake.require_status(REPOSITORY, branch, context, author, blocking).unwrap();
        assert_eq!(requirement().required, required, "{branch} {context:?} {author:?} {blocking}");
    }
    assert!(requirement().how.contains("others can write it"), "{}", requirement().how);
    finish(&fake);
}
