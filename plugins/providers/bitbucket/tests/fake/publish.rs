//! Checks: published, changed by others, and published again.

use palisade_fake_bitbucket::{Comment, Fault, Forge as _, Rule};
use palisade_fake_host::Status;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Check, CheckState, Conclusion, Provider};

use crate::support::{ADAPTER, SHOP, Test, annotation, check, direct};

const FAILED: Option<Conclusion> = Some(Conclusion::Failure);
const PASSED: Option<Conclusion> = Some(Conclusion::Success);

/// The status, the lines of the remarks, and the first line of the summary in bold, of a pull request.
fn shown(test: &Test, number: u64, sha: &str) -> String {
    let Some(shown) = test.fake.shown(SHOP, number, sha) else { return "nothing".to_owned() };
    let remarks: Vec<String> = shown.remarks.iter().map(|it| format!("{}:{}", it.path, it.line)).collect();
    let summaries: Vec<&str> = shown
        .summaries
        .iter()
        .map(|it| it.lines().find(|line| line.starts_with("**")).unwrap_or("-"))
        .collect();
    format!("{:?} [{}] {}", shown.status, remarks.join(" "), summaries.join(" "))
}

fn inspect(test: &Test, check: &Check) -> Vec<String> {
    ADAPTER.inspect(&test.host, SHOP, check).unwrap()
}

/// The comments that are not deleted.
fn comments(test: &Test, number: u64) -> Vec<Comment> {
    test.fake.comments(SHOP, number).into_iter().filter(|it| !it.deleted).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_fails_and_is_fixed() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature");
    test.publish(&check(number, &sha, None, &[]));
    assert_eq!(shown(&test, number, &sha), "Pending [] ");
    let failed = check(number, &sha, FAILED, &[("a", 1), ("b", 2)]);
    let published = ADAPTER.publish(&test.host, SHOP, &failed).unwrap();
    assert_eq!(published.accepted, 2);
    assert!(published.web_url.contains(&sha));
    assert_eq!(shown(&test, number, &sha), "Failure [main.tf:1 main.tf:2] **2 new violations**");
    // The same again changes nothing.
    let before = test.writes();
    test.publish(&failed);
    assert_eq!(test.writes(), before);
    assert_eq!(inspect(&test, &failed), Vec::<String>::new());
    let [status] = &test.fake.statuses(SHOP, &sha)[..] else { panic!() };
    assert_eq!((status.body["refname"].as_str(), status.key.len() <= 40), (Some("feature"), true));
    assert_eq!(status.body["url"], failed.details_url.as_str());
    let [report] = &test.fake.reports(SHOP, &sha)[..] else { panic!() };
    assert_eq!(
        (report.body["result"].as_str(), &report.body["data"][2]["value"]),
        (Some("FAILED"), &2.into())
    );
    assert_eq!(report.annotations[0].body["details"], "Set `x = true`.");
    // The second push fixes one and adds one.
    let second = test.fake.push(SHOP, number, &[("main.tf", Some("c\n"))]).unwrap();
    let superseded = Check { state: CheckState::Superseded, conclusion: None, ..failed.clone() };
    test.publish(&superseded);
    test.publish(&check(number, &second, FAILED, &[("b", 2), ("c", 5)]));
    assert_eq!(shown(&test, number, &second), "Failure [main.tf:2 main.tf:5] **2 new violations**");
    assert_eq!(shown(&test, number, &sha), "Stopped [main.tf:1 main.tf:2] **2 new violations**");
    // The same commit is evaluated again: one is fixed, another is on another line.
    test.publish(&check(number, &second, FAILED, &[("c", 6)]));
    assert_eq!(shown(&test, number, &second), "Failure [main.tf:6] **1 new violations**");
    // All are fixed.
    let third = test.fake.push(SHOP, number, &[("main.tf", Some("d\n"))]).unwrap();
    let passed = check(number, &third, PASSED, &[]);
    test.publish(&passed);
    assert_eq!(shown(&test, number, &third), "Success [] **All violations are resolved. No violations**");
    assert_eq!(inspect(&test, &passed), Vec::<String>::new());
    assert_eq!(comments(&test, number).len(), 1);
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_pull_request_has_no_summary() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature");
    test.publish(&check(number, &sha, PASSED, &[]));
    assert_eq!(shown(&test, number, &sha), "Success [] ");
    assert_eq!(comments(&test, number).len(), 0);
    // A failure without results leaves the annotations of an earlier evaluation.
    test.publish(&check(number, &sha, FAILED, &[("a", 1)]));
    test.publish(&Check { title: "The evaluation failed".to_owned(), ..check(number, &sha, FAILED, &[]) });
    assert_eq!(shown(&test, number, &sha), "Failure [main.tf:1] **The evaluation failed**");
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_attempt_doubles_nothing() {
    let test = Test::start().await;
    for (number, (method, path)) in [
        ("POST", "/statuses/build$"),
        ("PUT", "/reports/[^/]+$"),
        ("POST", "/annotations$"),
        ("POST", "/comments$"),
    ]
    .into_iter()
    .enumerate()
    {
        let (pull, sha) = test.pull(&format!("feature/{number}"));
        let failed = check(pull, &sha, FAILED, &[("a", 1), ("b", 2)]);
        for fault in [Fault::Reset, Fault::ResetAfter] {
            test.fake.fail(Rule::new(method, path, 1, fault));
            let cut = ADAPTER.publish(&test.host, SHOP, &failed);
            assert!(matches!(cut, Err(CallError::Unavailable(_))), "{path}: {cut:?}");
            test.fake.heal();
        }
        test.publish(&failed);
        let expected = "Failure [main.tf:1 main.tf:2] **2 new violations**";
        assert_eq!(shown(&test, pull, &sha), expected, "{path}");
        assert_eq!((test.fake.statuses(SHOP, &sha).len(), test.fake.reports(SHOP, &sha).len()), (1, 1));
        assert_eq!(comments(&test, pull).len(), 1, "{path}");
    }
    test.finish();
}

/// Success is written last: until then the pull request is blocked.
#[tokio::test(flavor = "multi_thread")]
async fn success_is_written_last() {
    let test = Test::start().await;
    for path in ["/annotations/", "/reports/[^/]+$", "/comments/"] {
        let (number, sha) = test.pull(&format!("feature{}", path.len()));
        test.publish(&check(number, &sha, FAILED, &[("a", 1)]));
        for method in ["PUT", "DELETE"] {
            test.fake.fail(Rule::new(method, path, 1, Fault::Reset));
        }
        let passed = check(number, &sha, PASSED, &[]);
        assert!(ADAPTER.publish(&test.host, SHOP, &passed).is_err(), "{path}");
        assert_eq!(test.fake.shown(SHOP, number, &sha).unwrap().status, Status::Failure, "{path}");
        test.fake.heal();
        test.publish(&passed);
        assert_eq!(shown(&test, number, &sha), "Success [] **All violations are resolved. No violations**");
    }
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_change_is_reported_and_published_again() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature");
    let failed = check(number, &sha, FAILED, &[("a", 1)]);
    test.publish(&failed);
    test.fake.tamper(SHOP, number, &sha).unwrap();
    let before = test.fake.requests().len();
    let changes = inspect(&test, &failed);
    assert!(test.fake.requests().len() - before <= 3);
    insta::assert_snapshot!(changes.join("\n").replace(&sha[..12], "COMMIT"));
    test.publish(&failed);
    assert_eq!(shown(&test, number, &sha), "Failure [main.tf:1] **1 new violations**");
    assert_eq!(inspect(&test, &failed), Vec::<String>::new());
    // What was never published.
    let (other, unpublished) = test.pull("other");
    assert_eq!(inspect(&test, &check(other, &unpublished, FAILED, &[])).len(), 2);
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_of_others_are_not_ours() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature");
    let failed = check(number, &sha, FAILED, &[("a", 1)]);
    let forged = "### Palisade\n\n**Forged**\n\n[palisade]: # (integration-1/summary)";
    test.fake.comment_as("mallory", SHOP, number, forged).unwrap();
    let other = "[palisade]: # (integration-2/summary)";
    test.fake.comment_as("palisade", SHOP, number, other).unwrap();
    // With the token of an account, and with an access token, which has no account.
    let access = direct(&test.fake, &test.fake.access_token(), "acme");
    for host in [&test.host, &access] {
        for _ in 0..2 {
            ADAPTER.publish(host, SHOP, &failed).unwrap();
        }
        ADAPTER.publish(host, SHOP, &check(number, &sha, PASSED, &[])).unwrap();
    }
    let all: Vec<(String, String)> = comments(&test, number)
        .into_iter()
        .map(|it| (it.author, it.raw.lines().nth(2).unwrap_or("").to_owned()))
        .collect();
    insta::assert_debug_snapshot!(all);
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_of_a_fork_is_in_the_fork() {
    let test = Test::start().await;
    // A fork that the token can write to, and one that it cannot read.
    let fork = test.fake.fork(SHOP, "umbrella", true).unwrap();
    let sha = test.fake.commit(&fork, "feature", &[("main.tf", Some("f\n"))]).unwrap();
    let number = test.fake.open_from(SHOP, &fork, "feature", "main", "From a fork").unwrap();
    let failed = check(number, &sha, FAILED, &[("a", 1)]);
    let refused = ADAPTER.publish(&test.host, SHOP, &failed);
    let Err(CallError::Denied(why)) = &refused else { panic!("{refused:?}") };
    assert!(why.contains("fork `umbrella/shop`"), "{why}");
    test.fake.set_role("palisade", "umbrella", Some(palisade_fake_bitbucket::Role::Write)).unwrap();
    for _ in 0..2 {
        test.publish(&failed);
    }
    assert_eq!(shown(&test, number, &sha), "Failure [main.tf:1] **1 new violations**");
    assert_eq!(test.fake.statuses(&fork, &sha).len(), 1);
    assert_eq!(inspect(&test, &failed), Vec::<String>::new());
    // The fork is deleted: a check that was superseded needs no status, another one has no place.
    test.fake.delete_repository(&fork).unwrap();
    test.publish(&Check { state: CheckState::Superseded, conclusion: None, ..failed.clone() });
    let refused = ADAPTER.publish(&test.host, SHOP, &failed);
    assert!(matches!(&refused, Err(CallError::Denied(why)) if why.contains("deleted fork")), "{refused:?}");
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_has_a_thousand_annotations() {
    let test = Test::start().await;
    let (number, sha) = test.pull("feature");
    let many = |keys: std::ops::Range<u32>| {
        let all = keys.map(|it| annotation(&format!("key/{it}"), it + 1)).collect();
        Check { annotations: all, ..check(number, &sha, FAILED, &[]) }
    };
    let published = ADAPTER.publish(&test.host, SHOP, &many(0..1200)).unwrap();
    assert_eq!(published.accepted, 1000);
    let count = || test.fake.shown(SHOP, number, &sha).unwrap().remarks.len();
    assert_eq!(count(), 1000);
    let before = test.writes();
    test.publish(&many(0..1200));
    assert_eq!(test.writes(), before);
    // A few are deleted one by one, many with their report.
    test.publish(&many(10..1000));
    assert_eq!(count(), 990);
    test.publish(&many(600..700));
    assert_eq!(count(), 100);
    // One with a long text.
    let mut long = many(0..1);
    long.title = "t".repeat(3000);
    long.summary = "@".repeat(30_000);
    long.annotations[0].title = "t".repeat(600);
    long.annotations[0].message = "m".repeat(3000);
    test.publish(&long);
    let before = test.writes();
    test.publish(&long);
    assert_eq!((count(), test.writes()), (1, before));
    test.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_of_two_branches_has_a_status_for_each() {
    let test = Test::start().await;
    let (one, sha) = test.pull("one");
    test.fake.branch(SHOP, "two", "one").unwrap();
    let two = test.fake.open_pull(SHOP, "two", "main").unwrap();
    let both =
        Check { pulls: vec![one.to_string(), two.to_string()], ..check(one, &sha, FAILED, &[("a", 1)]) };
    test.publish(&both);
    // One is closed: its status is updated with the other.
    test.fake.decline_pull(SHOP, two).unwrap();
    let passed = check(one, &sha, PASSED, &[]);
    test.publish(&passed);
    let statuses = test.fake.statuses(SHOP, &sha);
    let mut all: Vec<(&str, &str)> =
        statuses.iter().map(|it| (it.body["refname"].as_str().unwrap(), it.state.as_str())).collect();
    all.sort_unstable();
    assert_eq!(all, [("one", "SUCCESSFUL"), ("two", "SUCCESSFUL")]);
    assert_eq!(inspect(&test, &passed), Vec::<String>::new());
    // A commit without a pull request, and one that a newer commit has superseded before anything was published.
    let none = Check { pulls: Vec::new(), ..check(one, &test.first, FAILED, &[]) };
    test.publish(&none);
    assert_eq!(test.fake.statuses(SHOP, &test.first)[0].body.get("refname"), None);
    let head = test.fake.push(SHOP, one, &[("main.tf", Some("z\n"))]).unwrap();
    test.publish(&Check { state: CheckState::Superseded, conclusion: None, ..check(99, &head, None, &[]) });
    assert_eq!(test.fake.statuses(SHOP, &head).len(), 0);
    test.finish();
}
