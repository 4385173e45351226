//! The content of checks, its writers, and what the provider shows.

use palisade_store::{CheckState, Conclusion, Store, repository::checks::NewCheck};

use super::support::{Place, Scene, jobs, raw, scene};

on_both! {
    one_evaluation_has_a_commit
    a_commit_is_lost
    one_host_publishes
    two_pull_requests_with_one_head
    what_others_changed_is_published_again
    overdue_and_unpublished
    what_was_given_up_is_resumed_once
}

fn check(scene: &Scene, title: &str, fence: i64) -> NewCheck {
    NewCheck {
        integration_id: scene.integration.clone(),
        repository: "acme/infra".to_owned(),
        head_sha: "abc".to_owned(),
        name: "palisade".to_owned(),
        pulls: vec![7],
        state: CheckState::Running,
        conclusion: None,
        title: title.to_owned(),
        summary: String::new(),
        annotations: Vec::new(),
        deadline_at: Some(1_000),
        fence,
    }
}

/// The current row: title, sequence number, and whether an evaluation holds the commit.
async fn row(store: &Store, scene: &Scene) -> (String, i64, bool) {
    let rows = store.checks().of_commit(&scene.integration, "acme/infra", "abc").await.unwrap();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    (row.title.clone(), row.seq, row.held_until > 0)
}

async fn one_evaluation_has_a_commit(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let checks = store.checks();
    let id = checks.begin(&check(&scene, "a", 1), true).await.unwrap().unwrap().id;
    assert_eq!(row(&store, &scene).await, ("a".to_owned(), 1, true));
    assert_eq!(checks.begin(&check(&scene, "b", 2), true).await.unwrap(), None, "the first one is at work");
    assert_eq!(checks.note(&check(&scene, "c", 0)).await.unwrap(), None);
    assert_eq!(checks.conclude(&check(&scene, "d", 2)).await.unwrap(), None);
    assert!(checks.keep(&id, 1).await.unwrap());
    assert!(!checks.keep(&id, 2).await.unwrap());
    assert!(checks.begin(&check(&scene, "e", 1), false).await.unwrap().is_some(), "it is taken up again");
    assert_eq!(row(&store, &scene).await, ("a".to_owned(), 1, true), "and said nothing");
    assert!(checks.conclude(&check(&scene, "f", 1)).await.unwrap().is_some());
    assert_eq!(row(&store, &scene).await, ("f".to_owned(), 2, false));
    assert_eq!(checks.conclude(&check(&scene, "g", 1)).await.unwrap(), None, "once");
    assert!(checks.begin(&check(&scene, "h", 2), false).await.unwrap().is_some(), "the next one");
    checks.release(&id, 1).await.unwrap();
    assert_eq!(row(&store, &scene).await, ("f".to_owned(), 2, true), "another one's is not let go");
    checks.release(&id, 2).await.unwrap();
    assert!(checks.note(&check(&scene, "i", 0)).await.unwrap().is_some());
    assert_eq!(row(&store, &scene).await, ("i".to_owned(), 3, false));
    assert_eq!(jobs(&store, "publish", "'available'").await, 1);
    raw(&store, "UPDATE river_job SET state = 'running'").await;
    checks.note(&check(&scene, "j", 0)).await.unwrap();
    assert_eq!(jobs(&store, "publish", "'available'").await, 1, "what runs may have read the content before");
}

async fn what_others_changed_is_published_again(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let checks = store.checks();
    let id = checks.note(&check(&scene, "a", 0)).await.unwrap().unwrap().id;
    assert!(checks.start_publishing(&id, "host").await.unwrap());
    assert!(checks.published(&id, "host", 1, "7", 0).await.unwrap());
    raw(&store, "UPDATE river_job SET state = 'completed', finalized_at = created_at").await;
    assert!(checks.overwritten_since(&scene.integration, 1).await.unwrap().is_empty());
    checks.overwritten(&id, &["the status was set by `mallory`".to_owned()]).await.unwrap();
    let found = checks.overwritten_since(&scene.integration, 1).await.unwrap();
    let [row] = &found[..] else { panic!("{found:?}") };
    let whole = checks.get(&id).await.unwrap();
    assert_eq!((whole.seq, whole.published_seq), (1, 0), "the content is the same, and is published again");
    assert_eq!(row.overwritten.text(), r#"["the status was set by `mallory`"]"#);
    assert_eq!(jobs(&store, "publish", "'available'").await, 1);
    // A job that waits already is enough.
    checks.overwritten(&id, &["again".to_owned()]).await.unwrap();
    assert_eq!(jobs(&store, "publish", "'available'").await, 1);
    assert!(
        checks.overwritten_since(&scene.integration, row.overwritten_at + 60_000).await.unwrap().is_empty()
    );
    assert!(checks.overwritten("no such check", &[]).await.is_err());
}

async fn a_commit_is_lost(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let checks = store.checks();
    let id = checks.begin(&check(&scene, "a", 1), true).await.unwrap().unwrap().id;
    // What it judges is out of date.
    checks.overrule(&check(&scene, "b", 0)).await.unwrap().unwrap();
    assert!(!checks.keep(&id, 1).await.unwrap());
    assert_eq!(checks.conclude(&check(&scene, "c", 1)).await.unwrap(), None);
    // It sends no heartbeats.
    checks.begin(&check(&scene, "d", 3), true).await.unwrap().unwrap();
    raw(&store, "UPDATE check_run SET held_until = 1").await;
    checks.begin(&check(&scene, "e", 4), true).await.unwrap().unwrap();
    assert!(!checks.keep(&id, 3).await.unwrap());
    assert_eq!(checks.conclude(&check(&scene, "f", 3)).await.unwrap(), None);
    assert!(checks.conclude(&check(&scene, "g", 4)).await.unwrap().is_some());
    assert_eq!(row(&store, &scene).await, ("g".to_owned(), 5, false));
}

async fn one_host_publishes(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let checks = store.checks();
    let id = checks.note(&check(&scene, "a", 0)).await.unwrap().unwrap().id;
    assert!(checks.start_publishing(&id, "one").await.unwrap());
    assert!(!checks.start_publishing(&id, "two").await.unwrap());
    assert!(checks.keep_publishing(&id, "one").await.unwrap());
    assert!(checks.published(&id, "one", 1, "h1", 50).await.unwrap());
    assert!(checks.start_publishing(&id, "two").await.unwrap(), "the first one is done");
    checks.stop_publishing(&id, "two").await.unwrap();
    // One host is paused while it publishes, another one publishes newer content, and then the first one resumes.
    assert!(checks.start_publishing(&id, "one").await.unwrap());
    checks.note(&check(&scene, "b", 0)).await.unwrap();
    raw(&store, "UPDATE check_run SET publishing_until = 1").await;
    assert!(checks.start_publishing(&id, "two").await.unwrap());
    assert!(checks.published(&id, "two", 2, "h2", 50).await.unwrap());
    raw(&store, "DELETE FROM river_job").await;
    assert!(!checks.keep_publishing(&id, "one").await.unwrap());
    assert!(!checks.published(&id, "one", 1, "h3", 50).await.unwrap());
    let row = checks.get(&id).await.unwrap();
    assert_eq!((row.handle.as_deref(), row.published_seq, row.seq), (Some("h2"), 1, 2));
    assert_eq!(jobs(&store, "publish", "'available'").await, 1, "the newest is published again");
}

/// The progress of the evaluation of one of two pull requests with the same head: the durable steps, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It is opened at the provider, and a delivery arrives.
    Open,
    /// Its evaluation takes the commit.
    Begin,
    /// It asks for the open pull requests with the commit, and judges them.
    Judge,
    /// It writes the verdict.
    Conclude,
    /// Its pull request is settled.
    Settle,
    /// It is done.
    Rest,
}

/// One of the two evaluations. The first pull request introduces a violation.
struct Evaluation {
    fence: i64,
    step: Step,
    judged: Vec<usize>,
}

/// All orders of the steps of two evaluations with one head: in the end, the check has the result of both.
async fn two_pull_requests_with_one_head(place: Place) {
    const STEPS: u32 = 10;
    let store = place.open().await;
    let scene = scene(&store).await;
    let checks = store.checks();
    for order in 0_u32..1 << STEPS {
        if order.count_ones() != STEPS / 2 {
            continue;
        }
        let commit = format!("{order:010b}");
        let of_commit = |title: &str, fence: i64| NewCheck {
            head_sha: commit.clone(),
            state: if title == "running" { CheckState::Running } else { CheckState::Completed },
            conclusion: (title != "running")
                .then(|| if title == "bad" { Conclusion::Failure } else { Conclusion::Success }),
            ..check(&scene, title, fence)
        };
        let new = |fence| Evaluation { fence, step: Step::Open, judged: Vec::new() };
        let mut both = [new(1), new(2)];
        let mut opened: Vec<usize> = Vec::new();
        let mut turns = (0..STEPS).map(|bit| usize::from(order >> bit & 1 == 1)).collect::<Vec<_>>();
        // Refused steps are repeated until both are done.
        turns.extend([0, 1].into_iter().cycle().take(40));
        for who in turns {
            let fence = both[who].fence;
            both[who].step = match both[who].step {
                Step::Open => {
                    opened.push(who);
                    Step::Begin
                }
                Step::Begin => match checks.begin(&of_commit("running", fence), true).await.unwrap() {
                    Some(_) => Step::Judge,
                    None => Step::Begin,
                },
                Step::Judge => {
                    both[who].judged = opened.clone();
                    Step::Conclude
                }
                Step::Conclude => {
                    let title = if both[who].judged.contains(&0) { "bad" } else { "good" };
                    match checks.conclude(&of_commit(title, fence)).await.unwrap() {
                        Some(_) => Step::Settle,
                        None => Step::Begin,
                    }
                }
                Step::Settle | Step::Rest => Step::Rest,
            };
        }
        assert!(both.iter().all(|it| it.step == Step::Rest), "{commit}");
        let rows = checks.of_commit(&scene.integration, "acme/infra", &commit).await.unwrap();
        assert_eq!(rows[0].conclusion, Some(Conclusion::Failure), "{commit}");
    }
}

async fn what_was_given_up_is_resumed_once(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let id = store.checks().note(&check(&scene, "a", 0)).await.unwrap().unwrap().id;
    assert_eq!(store.checks().abandoned().await.unwrap().len(), 0, "its job waits");
    raw(&store, "UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP").await;
    assert_eq!(store.checks().abandoned().await.unwrap().len(), 1);
    for _ in 0..3 {
        store.checks().resume(&id).await.unwrap();
    }
    assert_eq!(jobs(&store, "publish", "'available'").await, 1);
    assert_eq!(store.checks().abandoned().await.unwrap().len(), 0, "its new job waits");
}

async fn overdue_and_unpublished(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let desired = store.checks().note(&check(&scene, "a", 0)).await.unwrap().unwrap();
    assert_eq!(store.checks().overdue(999).await.unwrap().len(), 0);
    assert_eq!(store.checks().overdue(1_000).await.unwrap().len(), 1);
    assert_eq!(store.checks().unpublished().await.unwrap().len(), 1);
    assert!(store.checks().start_publishing(&desired.id, "one").await.unwrap());
    store.checks().published(&desired.id, "one", desired.seq, "h", 0).await.unwrap();
    assert_eq!(store.checks().unpublished().await.unwrap().len(), 0);
    let done = NewCheck {
        state: CheckState::Completed,
        conclusion: Some(Conclusion::Failure),
        ..check(&scene, "done", 0)
    };
    store.checks().note(&done).await.unwrap();
    assert_eq!(store.checks().overdue(i64::MAX).await.unwrap().len(), 0);
    assert_eq!(store.checks().get(&desired.id).await.unwrap().conclusion, Some(Conclusion::Failure));
}
