//! Each change of a pull request causes exactly one evaluation.

use futures::future::join_all;
use palisade_store::repository::pulls::{Reported, Seen};

use super::support::{Place, jobs, raw, scene};

const WAITING: &str = "'available', 'retryable', 'scheduled', 'pending'";

on_both! { touches_are_one_job settled_keeps_the_newest what_was_reported_last_counts }

async fn touches_are_one_job(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let touch = || async { store.pulls().touch(&scene.integration, "acme/infra", 7).await.unwrap() };
    let mut seqs: Vec<_> = join_all((0..500).map(|_| touch())).await;
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=500).collect::<Vec<_>>());
    assert_eq!(jobs(&store, "evaluate", WAITING).await, 1);

    raw(&store, "UPDATE river_job SET state = 'running'").await;
    join_all((0..500).map(|_| touch())).await;
    assert_eq!(jobs(&store, "evaluate", "'running'").await, 1);
    assert_eq!(jobs(&store, "evaluate", WAITING).await, 1, "one more evaluation and no more");
    store.pulls().touch(&scene.integration, "acme/infra", 8).await.unwrap();
    assert_eq!(jobs(&store, "evaluate", WAITING).await, 2, "another pull request has its own");

    // A push does not wait for a pause after an earlier failure, or for one of minutes.
    for state in ["retryable", "scheduled"] {
        let far = format!(
            "UPDATE river_job SET state = '{state}', scheduled_at = '2099-01-01 00:00:00' WHERE state = 'available'"
        );
        raw(&store, &far).await;
        assert_eq!(jobs(&store, "evaluate", "'available'").await, 0);
        store.pulls().touch(&scene.integration, "acme/infra", 8).await.unwrap();
        assert_eq!(jobs(&store, "evaluate", "'available'").await, 1, "{state}");
    }
}

async fn settled_keeps_the_newest(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for _ in 0..3 {
        store.pulls().touch(&scene.integration, "acme/infra", 7).await.unwrap();
    }
    let pull = store.pulls().by_number(&scene.integration, "acme/infra", 7).await.unwrap().unwrap();
    let seen = |head: &str| Seen {
        head_sha: head.to_owned(),
        base_ref: "main".to_owned(),
        title: "t".to_owned(),
        author: "a".to_owned(),
        open: true,
    };
    // (settled change, its head, whether nothing newer is pending, and the stored values)
    for (seq, head, clean, kept, done) in
        [(2, "b", false, "b", 2), (1, "a", false, "b", 2), (3, "c", true, "c", 3)]
    {
        assert_eq!(store.pulls().settle(&pull.id, seq, &seen(head)).await.unwrap(), clean, "{seq}");
        let row = store.pulls().get(&pull.id).await.unwrap();
        assert_eq!((row.head_sha.as_str(), row.done_seq, row.dirty_seq), (kept, done, 3), "{seq}");
    }
}

/// Deliveries may be handled in another order than that of their arrival.
async fn what_was_reported_last_counts(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for (at, head_sha, base_ref, expected) in [
        (20, "b", "main", (20, "b", "main")),
        (10, "a", "old", (20, "b", "main")),
        (20, "c", "main", (20, "c", "main")),
        (30, "", "", (20, "c", "main")),
        (40, "d", "", (40, "d", "main")),
    ] {
        let reported = Reported { head_sha, base_ref, at, urgent: false };
        store.pulls().touch_reported(&scene.integration, "acme/infra", 7, reported).await.unwrap();
        let row = store.pulls().by_number(&scene.integration, "acme/infra", 7).await.unwrap().unwrap();
        let kept = (row.reported_at, row.reported_sha.as_str(), row.reported_ref.as_str());
        assert_eq!(kept, expected, "{at} {head_sha}");
    }
}
