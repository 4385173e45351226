//! The memory of plugins.

use futures::future::join_all;
use palisade_store::now_ms;

use super::support::Place;

on_both! { additions_add_up values_end }

async fn additions_add_up(place: Place) {
    let store = place.open().await;
    let tasks = (0..50).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.memory().add("p", "t", "n", 2, None).await.unwrap() })
    });
    let mut sums: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=50).map(|number| 2 * number).collect::<Vec<_>>());
    assert_eq!(store.memory().get("p", "t", "n").await.unwrap().as_deref(), Some(b"100".as_slice()));
}

async fn values_end(place: Place) {
    let store = place.open().await;
    let (past, future) = (Some(now_ms() - 1), Some(now_ms() + 60_000));
    for (key, until, expected) in
        [("a", past, None), ("b", future, Some(b"v".to_vec())), ("c", None, Some(b"v".to_vec()))]
    {
        store.memory().put("p", "t", key, b"v".to_vec(), until).await.unwrap();
        assert_eq!(store.memory().get("p", "t", key).await.unwrap(), expected, "{key}");
        assert_eq!(store.memory().get("p", "other", key).await.unwrap(), None, "{key}");
    }
    assert_eq!(
        store.memory().add("p", "t", "a", 3, future).await.unwrap(),
        3,
        "what has ended counts from 0"
    );
    assert!(store.memory().add("p", "t", "b", 3, None).await.is_err(), "no number");
    assert_eq!(store.memory().forget_ended(now_ms() + 120_000).await.unwrap(), 2);
}
