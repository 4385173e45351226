//! Checks: statuses, discussions, summaries, external status checks.

use palisade_fake_gitlab::{FakeGitLab, Fault, Options, Plan, Rule};
use palisade_provider_gitlab::GitLab;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Check, CheckState, Conclusion, Provider as _};

use crate::support::{CHECK, MAIN, SHOP, TOPIC, World, annotation, check, shown_discussions, shown_statuses};

#[tokio::test(flavor = "multi_thread")]
async fn a_check_from_the_first_push_to_success() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let publish = |check: &Check| GitLab.publish(&host, SHOP, check).unwrap();
    let pending = check(&world.head, CheckState::Running, None, &[]);
    publish(&pending);
    publish(&pending);
    assert_eq!(shown_statuses(fake, SHOP, &world.head), ["pending by palisade: Evaluating"]);
    assert_eq!(fake.discussions(SHOP, 1).len(), 0);

    // Line 2 was added, line 1 is unchanged, line 60 is outside of the diff.
    let first = [annotation("a", 2), annotation("b", 1), annotation("far", 60)];
    let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
    let published = publish(&failed);
    assert_eq!(published.accepted, 3);
    assert!(published.web_url.ends_with("/acme/shop/-/merge_requests/1"), "{}", published.web_url);
    let expected = ["open main.tf 1 -> 1 title b", "open main.tf - -> 2 title a", "summary: 3 violations"];
    let mut found = shown_discussions(fake, 1);
    found.sort();
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(found, sorted);
    assert_eq!(shown_statuses(fake, SHOP, &world.head), ["failed by palisade: 3 violations"]);
    // Twice changes nothing, and writes nothing.
    let before = world.writes();
    assert_eq!(publish(&failed).handle, published.handle);
    assert_eq!(world.writes(), before);
    assert_eq!(GitLab.inspect(&host, SHOP, &failed).unwrap(), [""; 0]);

    // A second push fixes one violation and adds another.
    let head = fake.push(SHOP, 1, &[(MAIN, Some(&TOPIC.replace("b = 2", "b = 3\nc = 4")))]).unwrap();
    let second = [annotation("b", 1), annotation("c", 3)];
    let failed = check(&head, CheckState::Completed, Some(Conclusion::Failure), &second);
    publish(&failed);
    let mut found = shown_discussions(fake, 1);
    found.sort();
    assert_eq!(
        found,
        [
            "open main.tf - -> 3 title c",
            "open main.tf 1 -> 1 title b",
            "resolved main.tf - -> 2 title a",
            "summary: 2 violations",
        ]
    );
    // The older head: superseded, and its late results change no comment.
    publish(&check(&world.head, CheckState::Superseded, None, &[]));
    assert_eq!(shown_statuses(fake, SHOP, &world.head).last().unwrap(), "canceled by palisade: Superseded");
    publish(&check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first));
    assert_eq!(shown_discussions(fake, 1).len(), 4);
    assert_eq!(shown_statuses(fake, SHOP, &head), ["failed by palisade: 2 violations"]);

    let passed = check(&head, CheckState::Completed, Some(Conclusion::Success), &[]);
    publish(&passed);
    let found = shown_discussions(fake, 1);
    assert!(found.iter().all(|it| !it.starts_with("open")), "{found:?}");
    assert!(found.contains(&"summary: All violations are resolved. 0 violations".to_owned()), "{found:?}");
    assert_eq!(shown_statuses(fake, SHOP, &head).last().unwrap(), "success by palisade: 0 violations");
    assert_eq!(fake.pipeline_status(SHOP, 1).unwrap(), Some("success"));
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_publication_is_continued() {
    let first = [annotation("a", 2), annotation("b", 1)];
    for (method, path) in [
        ("POST", "/discussions$"),
        ("POST", "/notes$"),
        ("POST", "/statuses/"),
        ("GET", "/diffs$"),
        ("GET", "/statuses$"),
    ] {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
        fake.fail(Rule::new(method, path, 1, Fault::ResetAfter));
        assert!(GitLab.publish(&host, SHOP, &failed).is_err(), "{method} {path}");
        GitLab.publish(&host, SHOP, &failed).unwrap();
        assert_eq!(shown_discussions(fake, 1).len(), 3, "{method} {path}");
        assert_eq!(shown_statuses(fake, SHOP, &world.head), ["failed by palisade: 2 violations"]);
        world.has_no_violations();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn success_is_written_last() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let first = [annotation("a", 2)];
    let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
    GitLab.publish(&host, SHOP, &failed).unwrap();
    GitLab.publish(&host, SHOP, &check(&world.head, CheckState::Running, None, &[])).unwrap();
    let passed = check(&world.head, CheckState::Completed, Some(Conclusion::Success), &[]);
    fake.fail(Rule::new("PUT", "/discussions/", 1, Fault::Reset));
    assert!(GitLab.publish(&host, SHOP, &passed).is_err());
    assert!(shown_statuses(fake, SHOP, &world.head).last().unwrap().starts_with("pending"));
    // Another update of the commit is in progress: GitLab answers 409, and the request is repeated.
    fake.fail(Rule::new("POST", "/statuses/", 2, FakeGitLab::conflict()));
    GitLab.publish(&host, SHOP, &passed).unwrap();
    assert!(shown_statuses(fake, SHOP, &world.head).last().unwrap().starts_with("success"));
    fake.fail(Rule::new("POST", "/statuses/", 9, FakeGitLab::conflict()));
    let busy = GitLab.publish(&host, SHOP, &failed);
    assert!(matches!(busy, Err(CallError::Unavailable(_))), "{busy:?}");
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_change_is_reported_and_published_again() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let first = [annotation("a", 2), annotation("b", 1)];
    let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
    GitLab.publish(&host, SHOP, &failed).unwrap();
    fake.set_status("mallory", SHOP, &world.head, CHECK, "success").unwrap();
    let ours = fake.discussions(SHOP, 1);
    let a = ours.iter().find(|it| it.notes[0].body.contains("title a")).unwrap();
    fake.resolve("mallory", SHOP, &a.id, true).unwrap();
    // A comment with a copied mark is not ours.
    let copied = a.notes[0].body.clone();
    fake.comment_as("mallory", SHOP, 1, &copied).unwrap();
    let before = world.requests();
    let short = &world.head[..8];
    assert_eq!(
        GitLab.inspect(&host, SHOP, &failed).unwrap(),
        [
            format!("the status `{CHECK}` of `{short}` was set to `success` by `mallory`"),
            "the discussion `title a` on merge request 1 was resolved by `mallory`, but the violation is present"
                .to_owned(),
        ]
    );
    assert_eq!(world.requests() - before, 3);
    GitLab.publish(&host, SHOP, &failed).unwrap();
    assert_eq!(GitLab.inspect(&host, SHOP, &failed).unwrap(), [""; 0]);
    assert_eq!(shown_statuses(fake, SHOP, &world.head).last().unwrap(), "failed by palisade: 2 violations");
    assert_eq!(fake.pipeline_status(SHOP, 1).unwrap(), Some("failed"));
    assert_eq!(shown_discussions(fake, 1).iter().filter(|it| it.starts_with("open")).count(), 2);
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_fork_is_in_the_fork() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    for (fork, shared, private, place) in [
        ("ada/shop", true, true, "ada/shop"),
        ("ada/hidden", false, true, SHOP),
        ("ada/public", false, false, SHOP),
    ] {
        fake.add_fork(SHOP, fork, shared).unwrap();
        fake.change(fork, |it| it.private = private).unwrap();
        let head = fake.commit(fork, "patch", &[(MAIN, Some(&TOPIC.replace("b = 2", fork)))]).unwrap();
        let number = fake.open_between((fork, "patch"), (SHOP, "main"), fork).unwrap();
        let mut failed =
            check(&head, CheckState::Completed, Some(Conclusion::Failure), &[annotation("a", 2)]);
        failed.pulls = vec![number.to_string()];
        for _ in 0..2 {
            GitLab.publish(&host, SHOP, &failed).unwrap();
            assert_eq!(shown_statuses(fake, place, &head), ["failed by palisade: 1 violations"], "{fork}");
            assert_eq!(GitLab.inspect(&host, SHOP, &failed).unwrap(), [""; 0], "{fork}");
        }
        assert_eq!(shown_discussions(fake, number).len(), 2, "{fork}");
    }
    world.has_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_train_and_an_external_check() {
    let world = World::start(Options::default()).await;
    let (fake, host) = (&world.fake, world.host());
    let (merged, _) = fake.start_train(SHOP, 1).unwrap();
    let mut passed = check(&merged, CheckState::Completed, Some(Conclusion::Success), &[]);
    passed.pulls.clear();
    GitLab.publish(&host, SHOP, &passed).unwrap();
    assert_eq!(shown_statuses(fake, SHOP, &merged), ["success by palisade: 0 violations"]);
    let all = fake.statuses(SHOP, &merged);
    assert_eq!(all[0].reference, "refs/merge-requests/1/train", "it is in the pipeline of the train");

    fake.set_plan("acme", Plan::Ultimate);
    let number = fake.add_external_check(SHOP, CHECK).unwrap();
    fake.add_external_check(SHOP, "Another").unwrap();
    let response =
        |head: &str| fake.pull(SHOP, 1).unwrap().responses.get(&(number, head.to_owned())).cloned();
    for (conclusion, expected) in [(Conclusion::Failure, "failed"), (Conclusion::Success, "passed")] {
        let it = check(&world.head, CheckState::Completed, Some(conclusion), &[]);
        GitLab.publish(&host, SHOP, &it).unwrap();
        assert_eq!(response(&world.head).as_deref(), Some(expected));
        let before = world.writes();
        GitLab.publish(&host, SHOP, &it).unwrap();
        assert_eq!(world.writes(), before);
    }
    GitLab.publish(&host, SHOP, &check(&world.head, CheckState::Running, None, &[])).unwrap();
    assert_eq!(response(&world.head).as_deref(), Some("pending"), "no result remains while it runs");
    assert_eq!(fake.pull(SHOP, 1).unwrap().responses.len(), 1);
    world.has_no_violations();
}

/// Connections that end before and after a request is carried out, and errors, in an order that the seed decides.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_doubled_by_random_faults() {
    for seed in 1..=6 {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let failed = check(
            &world.head,
            CheckState::Completed,
            Some(Conclusion::Failure),
            &[annotation("a", 2), annotation("b", 1), annotation("c", 3)],
        );
        let passed = check(&world.head, CheckState::Completed, Some(Conclusion::Success), &[]);
        for (wanted, title) in [(&failed, "failed by palisade: 3"), (&passed, "success by palisade: 0")] {
            fake.chaos(
                seed,
                0.3,
                vec![Fault::Reset, Fault::ResetAfter, Fault::status(502, "busy"), Fault::Truncated],
            );
            let attempts = (0..200).find(|_| GitLab.publish(&host, SHOP, wanted).is_ok());
            assert!(attempts.is_some(), "seed {seed}");
            fake.heal();
            let writes = world.writes();
            GitLab.publish(&host, SHOP, wanted).unwrap();
            assert_eq!(world.writes(), writes, "seed {seed}: all was written");
            assert_eq!(shown_discussions(fake, 1).len(), 4, "seed {seed}");
            assert!(
                shown_statuses(fake, SHOP, &world.head).last().unwrap().starts_with(title),
                "seed {seed}"
            );
        }
        assert_eq!(shown_statuses(fake, SHOP, &world.head).len(), 2, "seed {seed}");
        world.has_no_violations();
    }
}
