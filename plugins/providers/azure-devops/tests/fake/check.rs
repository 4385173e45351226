//! Statuses and threads of a pull request.

use palisade_fake_azure_devops::{FakeAzureDevOps, Fault, Rule};
use palisade_fake_host::Forge;
use palisade_provider_azure_devops::AzureDevOps;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Check, CheckState, Provider};

use crate::{REPOSITORY, check, finish, host, shown, with_pull};

fn status_count(fake: &FakeAzureDevOps, number: u64) -> usize {
    fake.pull(REPOSITORY, number).unwrap().statuses.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_follows_the_pushes() {
    let (fake, number, head) = with_pull().await;
    let host = host(&fake);
    let publish = |check: &Check| AzureDevOps.publish(&host, REPOSITORY, check).unwrap();
    publish(&check(number, &head, "c1", CheckState::Queued, &[]));
    assert_eq!(shown(&fake, number), "pending by palisade");
    let mut first = check(number, &head, "c1", CheckState::Completed, &[("fixed soon", 2), ("stays", 3)]);
    let published = publish(&first);
    let expected = "failed by palisade; /a.tf:2 title fixed soon active by palisade; /a.tf:3 title stays active by \
                    palisade; summary 2 new violations unknown by palisade";
    assert_eq!(shown(&fake, number), expected);
    assert_eq!((published.accepted, published.handle.as_str()), (2, "1/1"));
    assert!(published.web_url.ends_with("/pullrequest/1"));
    // Again: nothing is written.
    let written = fake.requests().iter().filter(|it| it.method != "GET").count();
    first.previous_handle = Some(published.handle);
    publish(&first);
    assert_eq!(fake.requests().iter().filter(|it| it.method != "GET").count(), written);
    assert_eq!(AzureDevOps.inspect(&host, REPOSITORY, &first).unwrap(), Vec::<String>::new());

    // A push fixes one violation and adds another; the older check is superseded after the newer one began.
    let next = fake.push(REPOSITORY, number, &[("a.tf", Some("1\n2\n3\n4\n5\n"))]).unwrap();
    publish(&check(number, &next, "c2", CheckState::Running, &[]));
    assert_eq!(shown(&fake, number).split(';').next(), Some("pending by palisade"));
    let mut superseded = Check { state: CheckState::Superseded, ..first.clone() };
    for pulls in [vec![number.to_string()], Vec::new()] {
        superseded.pulls = pulls;
        publish(&superseded);
        let pull = fake.pull(REPOSITORY, number).unwrap();
        let of = |iteration: u64| pull.statuses.iter().rev().find(|it| it.iteration == Some(iteration));
        assert_eq!(of(1).unwrap().state, "error");
        assert_eq!(of(2).unwrap().state, "pending");
    }
    // A pull request that no longer exists has nothing to supersede.
    superseded.previous_handle = Some("99/1".to_owned());
    assert_eq!(publish(&superseded).handle, "99/1");
    let second = check(number, &next, "c2", CheckState::Completed, &[("stays", 3), ("new", 5)]);
    publish(&second);
    let expected = "failed by palisade; /a.tf:2 title fixed soon fixed by palisade; /a.tf:3 title stays active by \
                    palisade; summary 2 new violations unknown by palisade; /a.tf:5 title new active by palisade";
    assert_eq!(shown(&fake, number), expected);
    // A late running state of the older head changes nothing.
    publish(&check(number, &head, "c1", CheckState::Running, &[]));
    assert_eq!(shown(&fake, number), expected);

    // All is fixed, then a violation returns.
    let last = fake.push(REPOSITORY, number, &[("a.tf", Some("1\n"))]).unwrap();
    publish(&check(number, &last, "c3", CheckState::Completed, &[]));
    let expected = "succeeded by palisade; /a.tf:2 title fixed soon fixed by palisade; /a.tf:3 title stays fixed by \
                    palisade; summary All violations are resolved. no new violations unknown by palisade; /a.tf:5 \
                    title new fixed by palisade";
    assert_eq!(shown(&fake, number), expected);
    let again = fake.push(REPOSITORY, number, &[("a.tf", Some("1\n2\n3\n"))]).unwrap();
    publish(&check(number, &again, "c4", CheckState::Completed, &[("stays", 3)]));
    assert!(shown(&fake, number).contains("title stays active"), "{}", shown(&fake, number));
    assert_eq!(fake.pull(REPOSITORY, number).unwrap().threads.len(), 4);
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_created_for_a_change_without_violations() {
    let (fake, number, head) = with_pull().await;
    let host = host(&fake);
    let passed = check(number, &head, "c1", CheckState::Completed, &[]);
    AzureDevOps.publish(&host, REPOSITORY, &passed).unwrap();
    assert_eq!(shown(&fake, number), "succeeded by palisade");
    // A commit that is not the head of an iteration yet.
    let early = check(number, &"a".repeat(40), "c2", CheckState::Running, &[]);
    assert!(matches!(AzureDevOps.publish(&host, REPOSITORY, &early), Err(CallError::Unavailable(_))));
    let superseded = Check { state: CheckState::Superseded, ..early };
    assert_eq!(AzureDevOps.publish(&host, REPOSITORY, &superseded).unwrap().handle, "");
    // A new target branch makes an iteration with the same head, which is judged again.
    fake.branch(REPOSITORY, "release", "main").unwrap();
    fake.retarget_pull(REPOSITORY, number, "release").unwrap();
    let before = status_count(&fake, number);
    let other = check(number, &head, "c3", CheckState::Completed, &[("k", 1)]);
    assert_eq!(AzureDevOps.publish(&host, REPOSITORY, &other).unwrap().handle, "1/2");
    let mut superseded = Check { state: CheckState::Superseded, conclusion: None, ..passed };
    AzureDevOps.publish(&host, REPOSITORY, &superseded).unwrap();
    assert_eq!(status_count(&fake, number), before + 1, "the newer check has the iteration");
    superseded.previous_handle = Some("1/1".to_owned());
    AzureDevOps.publish(&host, REPOSITORY, &superseded).unwrap();
    let last = fake.pull(REPOSITORY, number).unwrap().statuses.pop().unwrap();
    assert_eq!((last.iteration, last.state.as_str()), (Some(1), "error"));
    assert!(shown(&fake, number).starts_with("failed by palisade"));
    finish(&fake);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_publication_is_continued() {
    let rules = [
        ("POST", "threads$", 1),
        ("POST", "threads$", 3),
        ("POST", "statuses$", 1),
        ("GET", "threads$", 1),
        ("GET", "iterations$", 1),
    ];
    for (method, path, times) in rules {
        let (fake, number, head) = with_pull().await;
        let host = host(&fake);
        let failed = check(number, &head, "c1", CheckState::Completed, &[("a", 1), ("b", 2)]);
        fake.fail(Rule::new(method, path, times, Fault::ResetAfter));
        let mut attempts = 0;
        while AzureDevOps.publish(&host, REPOSITORY, &failed).is_err() {
            attempts += 1;
            assert!(attempts < 10, "{method} {path}");
            assert_ne!(shown(&fake, number).split(' ').next(), Some("succeeded"), "{method} {path}");
        }
        assert!(attempts > 0, "{method} {path}");
        let expected = "failed by palisade; /a.tf:1 title a active by palisade; /a.tf:2 title b active by palisade; \
                        summary 2 new violations unknown by palisade";
        assert_eq!(shown(&fake, number), expected, "{method} {path}");
        assert_eq!(status_count(&fake, number), 1, "{method} {path}");

        // The conclusion is written last: until the threads are resolved, nothing passes.
        fake.fail(Rule::new("PATCH", "threads", 1, Fault::Reset));
        let passed = check(number, &head, "c1", CheckState::Completed, &[]);
        assert!(AzureDevOps.publish(&host, REPOSITORY, &passed).is_err());
        assert!(shown(&fake, number).starts_with("failed"));
        AzureDevOps.publish(&host, REPOSITORY, &passed).unwrap();
        assert!(shown(&fake, number).starts_with("succeeded"));
        finish(&fake);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_changed_is_named_and_repaired() {
    let (fake, number, head) = with_pull().await;
    let host = host(&fake);
    let mut failed = check(number, &head, "c1", CheckState::Completed, &[("a", 1), ("b", 2)]);
    let published = AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
    let before = shown(&fake, number);
    Forge::tamper(&fake, REPOSITORY, number, &head).unwrap();
    failed.previous_handle = Some(published.handle);
    let requests = fake.requests().len();
    let found = AzureDevOps.inspect(&host, REPOSITORY, &failed).unwrap();
    assert_eq!(fake.requests().len() - requests, 3);
    let short: String = head.chars().take(8).collect();
    let thread = |key: &str, line: u32| {
        format!(
            "the thread for `title {key}` at `a.tf` line {line} was set to `closed` by another user (Azure DevOps does \
             not report who) while the violation is present"
        )
    };
    assert_eq!(
        found,
        [
            format!("the status of `{short}` was set to `succeeded` by `mallory@example.com`"),
            thread("a", 1),
            thread("b", 2),
        ]
    );
    AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
    assert_eq!(AzureDevOps.inspect(&host, REPOSITORY, &failed).unwrap(), Vec::<String>::new());
    assert_eq!(shown(&fake, number), before.replace("unknown", "closed"));

    // Another user copies our mark: that thread is not ours.
    let copy = fake.pull(REPOSITORY, number).unwrap().threads[0].comments[0].content.clone();
    Forge::comment(&fake, REPOSITORY, number, &copy).unwrap();
    AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
    let passed = check(number, &head, "c1", CheckState::Completed, &[]);
    AzureDevOps.publish(&host, REPOSITORY, &passed).unwrap();
    assert!(shown(&fake, number).ends_with("title a active by ada"), "{}", shown(&fake, number));
    assert_eq!(fake.pull(REPOSITORY, number).unwrap().threads.len(), 4);
    // A newer check has replaced this one: it is not inspected.
    let newer = check(number, &head, "c2", CheckState::Completed, &[]);
    AzureDevOps.publish(&host, REPOSITORY, &newer).unwrap();
    assert_eq!(AzureDevOps.inspect(&host, REPOSITORY, &failed).unwrap(), Vec::<String>::new());
    finish(&fake);
}
