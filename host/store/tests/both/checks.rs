//! What checks should say, who may say it, and what the provider shows.

use palisade_store::{CheckState, Conclusion, repository::checks::NewCheck};

use super::support::{Place, Scene, jobs, raw, scene};

on_both! { fence_refuses_zombies published_only_grows overdue_and_unpublished what_was_given_up_is_resumed_once }

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
        annotations: serde_json::json!([]),
        deadline_at: Some(1_000),
        fence,
    }
}

async fn fence_refuses_zombies(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    // (what is written, with which fence, whether it is taken, the title and sequence number after)
    for (title, fence, taken, kept, seq) in [
        ("a", 2, true, "a", 1),
        ("b", 1, false, "a", 1),
        ("c", 2, true, "c", 2),
        ("d", 5, true, "d", 3),
        ("e", 4, false, "d", 3),
    ] {
        let desired = store.checks().desire(&check(&scene, title, fence)).await.unwrap();
        assert_eq!(desired.is_some(), taken, "{title}");
        let rows = store.checks().of_commit(&scene.integration, "acme/infra", "abc").await.unwrap();
        assert_eq!((rows.len(), rows[0].title.as_str(), rows[0].seq), (1, kept, seq), "{title}");
    }
    assert_eq!(jobs(&store, "publish", "'available'").await, 1);
    raw(&store, "UPDATE river_job SET state = 'running'").await;
    store.checks().desire(&check(&scene, "f", 6)).await.unwrap();
    assert_eq!(jobs(&store, "publish", "'available'").await, 1, "what runs may have read the content before");
}

async fn published_only_grows(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let id = store.checks().desire(&check(&scene, "a", 1)).await.unwrap().unwrap().id;
    for _ in 0..2 {
        store.checks().desire(&check(&scene, "b", 1)).await.unwrap();
    }
    for (seq, handle, changed, kept) in
        [(2, "h2", true, "h2"), (1, "h1", false, "h2"), (2, "hx", false, "h2"), (3, "h3", true, "h3")]
    {
        assert_eq!(store.checks().published(&id, seq, handle, 50).await.unwrap(), changed, "{seq}");
        let row = store.checks().get(&id).await.unwrap();
        assert_eq!(row.handle.as_deref(), Some(kept), "{seq}");
    }
}

async fn what_was_given_up_is_resumed_once(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let id = store.checks().desire(&check(&scene, "a", 1)).await.unwrap().unwrap().id;
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
    let desired = store.checks().desire(&check(&scene, "a", 1)).await.unwrap().unwrap();
    assert_eq!(store.checks().overdue(999).await.unwrap().len(), 0);
    assert_eq!(store.checks().overdue(1_000).await.unwrap().len(), 1);
    assert_eq!(store.checks().unpublished().await.unwrap().len(), 1);
    store.checks().published(&desired.id, desired.seq, "h", 0).await.unwrap();
    assert_eq!(store.checks().unpublished().await.unwrap().len(), 0);
    let done = NewCheck {
        state: CheckState::Completed,
        conclusion: Some(Conclusion::Failure),
        ..check(&scene, "done", 1)
    };
    store.checks().desire(&done).await.unwrap();
    assert_eq!(store.checks().overdue(i64::MAX).await.unwrap().len(), 0);
    assert_eq!(store.checks().get(&desired.id).await.unwrap().conclusion, Some(Conclusion::Failure));
}
