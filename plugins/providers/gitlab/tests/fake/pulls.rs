//! Merge requests, forks, changes, and what the adapter creates.

use palisade_fake_gitlab::{Options, Plan};
use palisade_provider_gitlab::GitLab;
use palisade_sdk::CallError;
use palisade_sdk::provider::{ChangeKind, FileEdit, NewCommit, NewPull, Provider as _};

use crate::support::{CHECK, MAIN, SHOP, World, run};

#[tokio::test(flavor = "multi_thread")]
async fn merge_requests_and_forks() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    fake.add_fork(SHOP, "ada/shop", true).unwrap();
    fake.add_fork(SHOP, "ada/hidden", false).unwrap();
    fake.add_fork(SHOP, "ada/gone", true).unwrap();
    let mut heads = vec![world.head.clone()];
    for fork in ["ada/shop", "ada/hidden", "ada/gone"] {
        heads.push(fake.commit(fork, "patch", &[("main.tf", Some(fork))]).unwrap());
        fake.open_between((fork, "patch"), (SHOP, "main"), fork).unwrap();
    }
    let hidden = fake.project("ada/hidden").unwrap().id.to_string();
    fake.delete_project("ada/gone").unwrap();
    let pulls = GitLab.open_pulls(&host, SHOP, None).unwrap().items;
    let shown: Vec<_> = pulls.iter().map(|it| (it.id.as_str(), it.head_repository.as_str())).collect();
    assert_eq!(shown, [("1", SHOP), ("2", "ada/shop"), ("3", hidden.as_str()), ("4", "")]);
    for (pull, head) in pulls.iter().zip(&heads) {
        assert_eq!((&pull.head_sha, &pull.base_sha, pull.open), (head, &world.base, true), "{pull:?}");
        let one = GitLab.pull(&host, SHOP, &pull.id).unwrap().unwrap();
        assert_eq!((&one.head_sha, &one.base_sha, &one.web_url), (head, &world.base, &pull.web_url));
        let of_commit = GitLab.pulls_of_commit(&host, SHOP, head).unwrap();
        assert_eq!(of_commit.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), [pull.id.as_str()]);
        let base = GitLab.merge_base(&host, SHOP, head, &pull.base_sha, Some(&pull.id)).unwrap();
        assert_eq!(base.as_ref(), Some(&world.base));
    }
    let other = fake.commit_unrelated(SHOP, "other", &[("a", "a")]).unwrap();
    assert_eq!(GitLab.merge_base(&host, SHOP, &other, &world.base, None).unwrap(), None);
    let unknown = GitLab.merge_base(&host, SHOP, &"1".repeat(40), &world.base, None);
    assert!(matches!(unknown, Err(CallError::Unavailable(_))), "{unknown:?}");
    fake.close_pull(SHOP, 1).unwrap();
    assert!(!GitLab.pull(&host, SHOP, "1").unwrap().unwrap().open);
    assert!(GitLab.pull(&host, SHOP, "99").unwrap().is_none());
    assert!(matches!(GitLab.pull(&host, SHOP, "1/../2"), Err(CallError::InvalidInput(_))));
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_branch_requires_the_check() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let requirement = |branch: &str| GitLab.requirement(&host, SHOP, branch, CHECK).unwrap();
    let none = requirement("main");
    assert!(!none.required && none.how.contains("Pipelines must succeed"), "{none:?}");
    fake.change(SHOP, |it| it.rules.pipeline = true).unwrap();
    let by_pipeline = requirement("main");
    assert!(by_pipeline.required && by_pipeline.how.contains("role Developer can set the status"));
    let open = requirement("topic");
    assert!(!open.required && open.how.contains("protect `topic`"), "{open:?}");
    fake.change(SHOP, |it| (it.rules.pipeline, it.rules.checks) = (false, true)).unwrap();
    assert!(!requirement("main").required, "the check is not among the external ones");
    fake.set_plan("acme", Plan::Ultimate);
    fake.add_external_check(SHOP, CHECK).unwrap();
    assert!(requirement("main").required);
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_a_push() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let files = [("new.tf", Some("a = 1\n")), ("deploy/base/pod.yaml", None)];
    let head = fake.commit(SHOP, "topic", &files).unwrap();
    let shown = |base: &str| {
        let page = GitLab.changes(&host, SHOP, base, &head, None).unwrap();
        assert!(page.complete && page.next.is_none());
        let kind = |it| match it {
            ChangeKind::Added => "added",
            ChangeKind::Modified => "modified",
            ChangeKind::Removed => "removed",
            ChangeKind::Renamed => "renamed",
        };
        let mut all: Vec<String> =
            page.items.iter().map(|it| format!("{} {}", kind(it.kind), it.path)).collect();
        assert!(page.items.iter().all(|it| it.patch.as_ref().is_some_and(|it| it.starts_with("@@"))));
        all.sort();
        all
    };
    assert_eq!(shown(&world.head), ["added new.tf", "removed deploy/base/pod.yaml"]);
    let all = ["added new.tf", "modified main.tf", "removed deploy/base/pod.yaml"];
    assert_eq!(shown(""), all, "a new branch: since the merge base with the default branch");
    assert_eq!(shown(&"0".repeat(40)), all);
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn new_branches_commits_and_merge_requests() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    for _ in 0..2 {
        GitLab.create_branch(&host, SHOP, "fix/one", &world.base).unwrap();
    }
    assert_eq!(fake.head_of(SHOP, "fix/one").unwrap(), world.base);
    assert!(GitLab.create_branch(&host, SHOP, "topic", &world.base).is_err(), "it is elsewhere");
    let edit = |path: &str, content: Option<&str>| FileEdit {
        path: path.to_owned(),
        content: content.map(|it| it.as_bytes().to_vec()),
    };
    let mut commit = NewCommit {
        branch: "fix/one".to_owned(),
        parent: world.base.clone(),
        message: "Fix".to_owned(),
        files: vec![
            edit(MAIN, Some("fixed\n")),
            edit("deploy/a b.yaml", Some("new\n")),
            edit("deploy/base/pod.yaml", None),
        ],
    };
    let made = GitLab.create_commit(&host, SHOP, &commit).unwrap();
    assert_eq!(fake.head_of(SHOP, "fix/one").unwrap(), made);
    let folder = fake.repository_folder(SHOP);
    let names = run(&folder, &["diff", "--name-status", &world.base, &made]);
    assert_eq!(names, "A\tdeploy/a b.yaml\nD\tdeploy/base/pod.yaml\nM\tmain.tf");
    assert_eq!(run(&folder, &["show", &format!("{made}:main.tf")]), "fixed");
    let moved = GitLab.create_commit(&host, SHOP, &commit);
    assert!(matches!(&moved, Err(CallError::InvalidInput(why)) if why.contains(&made)), "{moved:?}");
    commit.branch = "nowhere".to_owned();
    assert!(matches!(GitLab.create_commit(&host, SHOP, &commit), Err(CallError::InvalidInput(_))));

    let new = NewPull {
        head_ref: "fix/one".to_owned(),
        base_ref: "main".to_owned(),
        title: "Fix it".to_owned(),
        body: "Body\n/merge".to_owned(),
    };
    let pull = GitLab.create_pull(&host, SHOP, &new).unwrap();
    assert_eq!(
        (pull.head_sha.as_str(), pull.head_repository.as_str(), pull.open),
        (made.as_str(), SHOP, true)
    );
    assert_eq!(fake.pull(SHOP, pull.id.parse().unwrap()).unwrap().body, "Body\n\\/merge");
    assert_eq!(GitLab.create_pull(&host, SHOP, &new).unwrap().id, pull.id, "the same one");
    world.has_no_violations();
}
