//! Changes of a push, new branches, commits and pull requests, and what a branch requires.

use palisade_sdk::CallError;
use palisade_sdk::provider::{ChangeKind, FileEdit, NewCommit, NewPull, Provider};

use crate::support::{ADAPTER, SHOP, Test, direct};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_has_its_changes() {
    let test = Test::start().await;
    let long = "one\ntwo\nthree\nfour\nfive\n";
    let base = test.fake.commit(SHOP, "main", &[("old.tf", Some(long)), ("gone.tf", Some("g\n"))]).unwrap();
    let files = [
        ("main.tf", Some("b\n")),
        ("new dir/new.tf", Some("n\n")),
        ("gone.tf", None),
        ("old.tf", None),
        ("renamed.tf", Some(long)),
    ];
    let head = test.fake.commit(SHOP, "feature", &files).unwrap();
    let changes = |base: &str| {
        let page = ADAPTER.changes(&test.host, SHOP, base, &head, None).unwrap();
        assert!(page.complete && page.next.is_none());
        let mut all: Vec<_> =
            page.items.into_iter().map(|it| (it.path, it.previous_path, it.kind, it.patch)).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    let row = |path: &str, previous: &str, kind, patch: Option<&str>| {
        (path.to_owned(), previous.to_owned(), kind, patch.map(str::to_owned))
    };
    let expected = [
        row("gone.tf", "gone.tf", ChangeKind::Removed, Some("@@ -1 +0,0 @@\n-g\n")),
        row("main.tf", "main.tf", ChangeKind::Modified, Some("@@ -1 +1 @@\n-a\n+b\n")),
        row("new dir/new.tf", "new dir/new.tf", ChangeKind::Added, Some("@@ -0,0 +1 @@\n+n\n")),
        row("renamed.tf", "old.tf", ChangeKind::Renamed, None),
    ];
    assert_eq!(changes(&base), expected);
    // A new branch: since the merge base with the default branch, which has moved.
    test.fake.commit(SHOP, "main", &[("later.tf", Some("l\n"))]).unwrap();
    assert_eq!(changes(""), expected);
    assert_eq!(changes(&"0".repeat(40)), expected);
    // Many files.
    let many: Vec<String> = (0..70).map(|it| format!("many/{it:02}.tf")).collect();
    let files: Vec<(&str, Option<&str>)> = many.iter().map(|it| (it.as_str(), Some("m\n"))).collect();
    let next = test.fake.commit(SHOP, "feature", &files).unwrap();
    let (mut cursor, mut found) = (None, Vec::new());
    loop {
        let page = ADAPTER.changes(&test.host, SHOP, &head, &next, cursor.as_deref()).unwrap();
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 70);
    assert!(found.iter().all(|it| it.patch.as_deref() == Some("@@ -0,0 +1 @@\n+m\n")));
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fix_is_a_branch_a_commit_and_a_pull_request() {
    let test = Test::start().await;
    for _ in 0..2 {
        ADAPTER.create_branch(&test.host, SHOP, "palisade/fix", &test.first).unwrap();
    }
    let mut commit = NewCommit {
        branch: "palisade/fix".to_owned(),
        parent: test.first.clone(),
        message: "Fix a violation".to_owned(),
        files: vec![
            FileEdit { path: "main.tf".to_owned(), content: Some(b"fixed\n".to_vec()) },
            FileEdit { path: "infra/prod/x.tf".to_owned(), content: None },
        ],
    };
    let sha = ADAPTER.create_commit(&test.host, SHOP, &commit).unwrap();
    assert_eq!(test.fake.head_of(SHOP, "palisade/fix").unwrap(), sha);
    let changed = ADAPTER.changes(&test.host, SHOP, &test.first, &sha, None).unwrap();
    let paths: Vec<&str> = changed.items.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["infra/prod/x.tf", "main.tf"]);
    // The branch has moved.
    let again = ADAPTER.create_commit(&test.host, SHOP, &commit);
    assert!(matches!(&again, Err(CallError::InvalidInput(why)) if why.contains("is not")), "{again:?}");
    assert_eq!(test.fake.head_of(SHOP, "palisade/fix").unwrap(), sha);
    commit.branch = "absent".to_owned();
    assert!(matches!(ADAPTER.create_commit(&test.host, SHOP, &commit), Err(CallError::InvalidInput(_))));
    let other = ADAPTER.create_branch(&test.host, SHOP, "palisade/fix", &test.first);
    assert!(matches!(other, Err(CallError::InvalidInput(_))), "{other:?}");
    let new = NewPull {
        head_ref: "palisade/fix".to_owned(),
        base_ref: "main".to_owned(),
        title: "Fix a violation".to_owned(),
        body: "Sets `x` for @ada.".to_owned(),
    };
    let pull = ADAPTER.create_pull(&test.host, SHOP, &new).unwrap();
    assert_eq!(
        (pull.head_sha.as_str(), pull.base_sha.as_str(), pull.open),
        (sha.as_str(), test.first.as_str(), true)
    );
    assert_eq!(test.fake.pull(SHOP, 1).unwrap().description, "Sets `x` for @\u{2060}ada.");
    let absent = ADAPTER.create_pull(&test.host, SHOP, &NewPull { head_ref: "absent".to_owned(), ..new });
    assert!(matches!(absent, Err(CallError::InvalidInput(_) | CallError::Denied(_))), "{absent:?}");
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_requires_builds_or_not() {
    let test = Test::start().await;
    let read = |branch: &str| ADAPTER.requirement(&test.host, SHOP, branch, "Palisade").unwrap();
    let none = read("main");
    assert!(!none.required && none.how.contains("/acme/shop/admin/branch-restrictions"), "{}", none.how);
    assert!(
        none.how.contains("\"Palisade\"") && none.how.contains("everyone with write access"),
        "{}",
        none.how
    );
    test.fake.protect_branch(SHOP, "release/*", 1, true).unwrap();
    test.fake.protect_branch(SHOP, "main", 1, false).unwrap();
    for (branch, required, words) in [
        ("release/1", true, "everyone with write access"),
        ("main", false, "Prevent a merge with unresolved merge checks"),
        ("other", false, "Minimum number of successful builds"),
    ] {
        let found = read(branch);
        assert_eq!(found.required, required, "{branch}");
        assert!(found.how.contains(words), "{branch}: {}", found.how);
    }
    let host = direct(&test.fake, &test.fake.token_without("admin:repository:bitbucket"), "acme");
    let found = ADAPTER.requirement(&host, SHOP, "main", "Palisade").unwrap();
    assert!(!found.required && found.how.contains("admin:repository:bitbucket"), "{}", found.how);
    test.finish();
}
