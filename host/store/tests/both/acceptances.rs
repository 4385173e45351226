//! An acceptance queues evaluations of the open pull requests that it affects, in one transaction.

use palisade_store::{
    Store,
    repository::{
        acceptances::{NewAcceptance, Target},
        pulls::Seen,
        sources::SourceSettings,
    },
};

use super::support::{Place, Scene, jobs, raw, scene, settings};

on_both! { those_that_are_concerned_wait }

/// Pull requests that wait for an evaluation; this marks them as done.
async fn waiting(store: &Store, scene: &Scene) -> Vec<String> {
    let mut all = Vec::new();
    for repository in ["acme/infra", "acme/shop"] {
        let mut pulls = store.pulls().open(&scene.integration, repository).await.unwrap();
        pulls.sort_by_key(|it| it.number);
        for pull in pulls.into_iter().filter(|it| it.done_seq < it.dirty_seq) {
            settle(store, &pull.id, pull.dirty_seq, &pull.base_ref, true).await;
            all.push(format!("{repository}#{}", pull.number));
        }
    }
    let queued = jobs(store, "evaluate", "'available', 'pending'").await;
    assert_eq!(queued, i64::try_from(all.len()).unwrap(), "each has a job");
    raw(store, "UPDATE river_job SET state = 'completed', finalized_at = scheduled_at").await;
    all
}

async fn settle(store: &Store, id: &str, seq: i64, base: &str, open: bool) {
    let text = |it: &str| it.to_owned();
    let seen =
        Seen { head_sha: text("abc"), base_ref: text(base), title: text("t"), author: text("a"), open };
    store.pulls().settle(id, seq, &seen).await.unwrap();
}

async fn those_that_are_concerned_wait(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let add = async |name: &str, repository: &str, pattern: &str, paused: bool| {
        let settings = SourceSettings {
            repository: repository.to_owned(),
            branch_pattern: pattern.to_owned(),
            paused,
            ..settings(name)
        };
        store.sources().create(&scene.integration, settings).await.unwrap().id
    };
    let release = add("release", "acme/infra", "release", false).await;
    let shop = add("shop", "acme/shop", "main", false).await;
    add("paused", "acme/paused", "main", true).await;
    for (repository, number, base, open) in [
        ("acme/infra", 1, "main", true),
        ("acme/infra", 2, "release", true),
        ("acme/infra", 3, "main", false),
        ("acme/shop", 1, "main", true),
        ("acme/paused", 1, "main", true),
        ("acme/other", 1, "main", true),
    ] {
        let seq = store.pulls().touch(&scene.integration, repository, number).await.unwrap();
        let pull = store.pulls().by_number(&scene.integration, repository, number).await.unwrap().unwrap();
        settle(&store, &pull.id, seq, base, open).await;
    }
    raw(&store, "UPDATE river_job SET state = 'completed', finalized_at = scheduled_at").await;
    let looks_at = |it: &Target| it.branch_pattern == it.base_ref;
    for (source, expected) in [
        (None, &["acme/infra#1", "acme/infra#2", "acme/shop#1"][..]),
        (Some(&scene.source), &["acme/infra#1"]),
        (Some(&release), &["acme/infra#2"]),
        (Some(&shop), &["acme/shop#1"]),
    ] {
        let new = NewAcceptance {
            integration_id: scene.integration.clone(),
            source_id: source.cloned(),
            control: Some("c".to_owned()),
            reason: "known".to_owned(),
            created_by: "ann".to_owned(),
            ..NewAcceptance::default()
        };
        let (row, pulls) = store.acceptances().create(new, looks_at).await.unwrap();
        assert_eq!(pulls, expected.len());
        assert_eq!(waiting(&store, &scene).await, expected);
        assert_eq!(store.acceptances().get(&row.id).await.unwrap(), row);
        let (gone, pulls) = store.acceptances().delete(&row.id, looks_at).await.unwrap();
        assert_eq!((gone, pulls), (row.clone(), expected.len()));
        assert_eq!(waiting(&store, &scene).await, expected);
        assert!(store.acceptances().delete(&row.id, looks_at).await.is_err());
        assert!(waiting(&store, &scene).await.is_empty());
    }
}
