//! Faults that were found with an independent fake of GitHub, each reproduced on both databases.

use std::time::{Duration, Instant};

use palisade_fake_github::{Event, Fault, Rule};
use palisade_store::{IntegrationStatus, Page};

use crate::world::{BAD, Kind, REPOSITORY, World, settings};

/// A test on both databases.
macro_rules! on_both {
    ($($name:ident)*) => {
        $(
            mod $name {
                use crate::world::Kind;

                #[tokio::test(flavor = "multi_thread")]
                async fn sqlite() {
                    super::$name(Kind::Sqlite).await;
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn postgres() {
                    super::$name(Kind::Postgres).await;
                }
            }
        )*
    };
}

on_both! {
    a_slow_provider_loses_nothing
    sources_in_a_row_get_their_checks
    resumed_during_a_refresh
    another_verdict_closes_the_old_run
    a_stale_read_after_a_push
    an_app_that_is_installed_again
    lost_deliveries_are_asked_for
    unrelated_histories_have_a_check
    what_cannot_be_looked_at_has_a_check
    another_target_counts_at_once
    a_renamed_repository_is_followed
    a_merge_queue_gets_its_check
    a_slow_neighbour_keeps_nobody_waiting
    a_folder_that_moved_away
    a_tree_bomb_ends
    a_pause_of_a_connection_is_kept
}

async fn until(what: &str, most: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < most, "not after {most:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A world with one integration and a source over the whole repository.
async fn world(kind: Kind) -> Option<(World, String)> {
    let world = World::start(kind).await?;
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    Some((world, integration))
}

/// F1: more deliveries than guests have places, while each write of a check is slow: a first wave that takes all
/// places, and a second one while it waits.
async fn a_slow_provider_loses_nothing(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    let (seconds, between) = palisade_tests::quick_or_all(((2, 2), (45, 30)));
    for (method, path) in [("POST", "/check-runs"), ("PATCH", "/check-runs/")] {
        world.fake.fail(Rule::new(method, path, usize::MAX, Fault::Slow(Duration::from_secs(seconds))));
    }
    let mut heads = Vec::new();
    for row in 0..36 {
        if row == 24 {
            tokio::time::sleep(Duration::from_secs(between)).await;
        }
        let bad = row % 2 == 0;
        let text = if bad { BAD } else { "# nothing\n" };
        heads.push((world.pull(&format!("change-{row}"), &[("prod/a.tf", Some(text))]).1, bad));
    }
    world.fake.settled().await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    world.fake.heal();
    let begin = Instant::now();
    for (sha, bad) in &heads {
        let check = world.completed_in(REPOSITORY, sha, Duration::from_mins(3)).await;
        let expected = if *bad { "failure" } else { "success" };
        assert_eq!(check.conclusion.as_deref(), Some(expected), "{:?}", check.title);
    }
    assert!(world.fake.deliveries().iter().all(|it| it.status_code == 202));
    println!(
        "{kind:?}: writes of {seconds} s, all {} right {:?} after the last",
        heads.len(),
        begin.elapsed()
    );
    world.end_healthy().await;
}

/// F3: the open pull requests of sources that are added in quick succession.
async fn sources_in_a_row_get_their_checks(kind: Kind) {
    let Some(world) = World::start(kind).await else { return };
    let integration = world.integrate().await;
    let folders: Vec<String> = (0..6).map(|row| format!("part-{row}/keep.md")).collect();
    let kept: Vec<(&str, Option<&str>)> = folders.iter().map(|it| (it.as_str(), Some("kept\n"))).collect();
    world.fake.commit(REPOSITORY, "main", &kept).unwrap();
    let mut heads = Vec::new();
    for row in 0..6 {
        heads.push(world.pull(&format!("change-{row}"), &[(&format!("part-{row}/a.tf"), Some(BAD))]).1);
    }
    // Each list of open pull requests is slow.
    world.fake.fail(Rule::new("GET", "/pulls$", usize::MAX, Fault::Slow(Duration::from_millis(300))));
    for row in 0..6 {
        world.source(&integration, &format!("Part {row}"), &format!("/part-{row}")).await;
    }
    for sha in &heads {
        let check = world.completed_in(REPOSITORY, sha, Duration::from_secs(40)).await;
        let of_all = async || world.fake.checks(REPOSITORY, sha)[0].summary.clone().unwrap_or_default();
        until("a part for each source", Duration::from_secs(40), async || {
            let summary = of_all().await;
            (0..6).all(|row| summary.contains(&format!("Part {row}")))
        })
        .await;
        drop(check);
    }
    world.end_healthy().await;
}

/// F3: suspended, and resumed during a refresh that saw the suspension.
async fn resumed_during_a_refresh(kind: Kind) {
    let Some((world, integration)) = world(kind).await else { return };
    let id = world.fake.installation_of("acme").unwrap();
    world.fake.fail(Rule::new("GET", "/app/installations/", 1, Fault::SlowBody(Duration::from_millis(100))));
    world.fake.suspend(id).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.fake.unsuspend(id).unwrap();
    world.fake.settled().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    until("active again", Duration::from_secs(20), async || {
        let row = world.store.integrations().get(&integration).await.unwrap();
        row.status == IntegrationStatus::Active
    })
    .await;
    world.end_healthy().await;
}

/// F5: another verdict on the same commit, whose annotations contradict the published ones.
async fn another_verdict_closes_the_old_run(kind: Kind) {
    let Some((world, integration)) = world(kind).await else { return };
    world.fake.commit(REPOSITORY, "main", &[("test/keep.md", Some("kept\n"))]).unwrap();
    let (_, sha) = world.pull("orders", &[("prod/orders.tf", Some(BAD)), ("test/orders.tf", Some(BAD))]);
    world.completed(&sha).await;
    let source = world.store.sources().of_repository(&integration, REPOSITORY).await.unwrap().remove(0);
    for folder in ["/prod", "/test", "/"] {
        world.service.sources().edit(&source.id, &settings("Production", folder)).await.unwrap();
        until("the newest run says so, and none is open", Duration::from_secs(30), async || {
            let runs = world.fake.checks(REPOSITORY, &sha);
            let latest = runs.iter().max_by_key(|it| it.id).unwrap();
            let paths: Vec<_> = latest.annotations.iter().map(|it| it["path"].as_str().unwrap()).collect();
            let right = !paths.is_empty()
                && (folder == "/" || paths.iter().all(|it| it.starts_with(&folder[1..])))
                && (folder != "/"
                    || paths.iter().any(|it| it.starts_with("prod"))
                        && paths.iter().any(|it| it.starts_with("test")));
            right && runs.iter().all(|it| it.status == "completed")
        })
        .await;
    }
    world.end_healthy().await;
}

/// F6: GitHub returns the old head for some time after the delivery for the new one.
async fn a_stale_read_after_a_push(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    let (number, old) = world.pull("orders", &[("prod/orders.tf", Some("# nothing\n"))]);
    world.completed(&old).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.fake.lag_pull(REPOSITORY, number, Duration::from_secs(3)).unwrap();
    let new = world.fake.push(REPOSITORY, number, &[("prod/orders.tf", Some(BAD))]).unwrap();
    let check = world.completed_in(REPOSITORY, &new, Duration::from_secs(20)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    world.end_healthy().await;
}

/// F7: the App is removed and installed again, with another id.
async fn an_app_that_is_installed_again(kind: Kind) {
    let Some((world, integration)) = world(kind).await else { return };
    let id = world.fake.installation_of("acme").unwrap();
    let new = world.fake.reinstall(id).unwrap();
    until("active, with the new id", Duration::from_secs(30), async || {
        let row = world.store.integrations().get(&integration).await.unwrap();
        row.status == IntegrationStatus::Active && row.account == new.to_string()
    })
    .await;
    let (_, sha) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    let check = world.completed_in(REPOSITORY, &sha, Duration::from_secs(30)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    world.end_healthy().await;
}

/// F9: a delivery that failed is requested again.
async fn lost_deliveries_are_asked_for(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    let (number, old) = world.pull("orders", &[("prod/orders.tf", Some("# nothing\n"))]);
    world.completed(&old).await;
    world.fake.settled().await;
    let hook = world.fake.deliveries().last().unwrap().url.clone();
    // Nothing listens there.
    world.fake.set_webhook("http://127.0.0.1:9/", None);
    let new = world.fake.push(REPOSITORY, number, &[("prod/orders.tf", Some(BAD))]).unwrap();
    world.fake.settled().await;
    world.fake.set_webhook(&hook, None);
    assert!(world.fake.checks(REPOSITORY, &new).is_empty());
    world.service.ask_for_lost().await.unwrap();
    let check = world.completed_in(REPOSITORY, &new, Duration::from_secs(30)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    world.end_healthy().await;
}

/// F11: a branch without a common ancestor with its target gets a check with that reason at once.
async fn unrelated_histories_have_a_check(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    let sha = world.fake.commit_unrelated(REPOSITORY, "other", &[("prod/orders.tf", BAD)]).unwrap();
    world.fake.open_pull(REPOSITORY, "other", "main").unwrap();
    let check = world.completed_in(REPOSITORY, &sha, Duration::from_secs(20)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    assert!(
        check.summary.as_deref().unwrap_or_default().contains("rebase it onto `main`"),
        "{:?}",
        check.summary
    );
    world.end_healthy().await;
}

/// F11: a pull request that cannot be read for a long time has a check with that reason, until it can be read.
async fn what_cannot_be_looked_at_has_a_check(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    world.fake.fail(Rule::new("GET", "/pulls/[0-9]+$", usize::MAX, Fault::status(500, "broken")));
    let (_, sha) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    let check = world.completed_in(REPOSITORY, &sha, Duration::from_mins(1)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    assert!(
        check.summary.as_deref().unwrap_or_default().contains("GitHub returns 500"),
        "{:?}",
        check.summary
    );
    world.fake.heal();
    until("the violation is named", Duration::from_mins(2), async || {
        let checks = world.fake.checks(REPOSITORY, &sha);
        checks.len() == 1 && checks[0].title.as_deref().is_some_and(|it| it.contains("new violation"))
    })
    .await;
    world.end_healthy().await;
}

/// G-17: a check that was green for another target is not green as soon as the change of the target is delivered.
async fn another_target_counts_at_once(kind: Kind) {
    let Some((world, integration)) = world(kind).await else { return };
    let all = palisade_store::repository::sources::SourceSettings {
        branch_pattern: "sandbox".to_owned(),
        fail_on: "critical".to_owned(),
        ..settings("Sandbox", "/")
    };
    world.service.sources().add(&integration, &all).await.unwrap();
    world.fake.commit(REPOSITORY, "sandbox", &[("prod/orders.tf", Some(BAD))]).unwrap();
    let sha = world
        .fake
        .commit(REPOSITORY, "orders", &[("prod/orders.tf", Some(BAD)), ("prod/note.tf", Some("# orders\n"))])
        .unwrap();
    let number = world.fake.open_pull(REPOSITORY, "orders", "sandbox").unwrap();
    let check = world.completed(&sha).await;
    assert_eq!(check.conclusion.as_deref(), Some("success"), "{:?}", check.title);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    // The requests of the evaluation are slow; the check is updated before them.
    world.fake.fail(Rule::new("GET", "/pulls/", usize::MAX, Fault::Slow(Duration::from_secs(3))));
    world.fake.lag_pull(REPOSITORY, number, Duration::from_secs(4)).unwrap();
    world.fake.retarget_pull(REPOSITORY, number, "main").unwrap();
    until("the check is open again", Duration::from_secs(2), async || {
        world.fake.checks(REPOSITORY, &sha).iter().all(|it| it.status != "completed")
    })
    .await;
    until("red", Duration::from_secs(40), async || {
        let checks = world.fake.checks(REPOSITORY, &sha);
        assert!(checks.iter().all(|it| it.conclusion.as_deref() != Some("success")), "{checks:#?}");
        checks.iter().any(|it| it.conclusion.as_deref() == Some("failure"))
    })
    .await;
    world.end_healthy().await;
}

/// a renamed repository stays the same repository.
async fn a_renamed_repository_is_followed(kind: Kind) {
    let Some((world, integration)) = world(kind).await else { return };
    let (_, old) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    world.completed(&old).await;
    until("its id is known", Duration::from_secs(10), async || {
        let all = world.store.sources().of_repository(&integration, REPOSITORY).await.unwrap();
        all.iter().all(|it| !it.repository_id.is_empty())
    })
    .await;
    world.fake.rename_repository(REPOSITORY, "acme/store").unwrap();
    until("the source has the new name", Duration::from_secs(20), async || {
        world.store.sources().of_repository(&integration, "acme/store").await.unwrap().len() == 1
    })
    .await;
    let sha = world.fake.commit("acme/store", "others", &[("prod/others.tf", Some(BAD))]).unwrap();
    world.fake.open_pull("acme/store", "others", "main").unwrap();
    let check = world.completed_in("acme/store", &sha, Duration::from_secs(30)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    world.end_healthy().await;
}

/// the commit of a merge queue is judged against its branch.
async fn a_merge_queue_gets_its_check(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    let base = world.fake.head_of(REPOSITORY, "main").unwrap();
    for (branch, text, expected) in [("good", "# nothing\n", "success"), ("bad", BAD, "failure")] {
        let queue = format!("gh-readonly-queue/main/{branch}");
        let sha = world.fake.commit(REPOSITORY, &queue, &[("prod/orders.tf", Some(text))]).unwrap();
        let event = Event::MergeGroup(REPOSITORY.to_owned(), sha.clone(), "main".to_owned(), base.clone());
        world.fake.send(event).await.unwrap();
        let check = world.completed_in(REPOSITORY, &sha, Duration::from_secs(30)).await;
        assert_eq!(check.conclusion.as_deref(), Some(expected), "{:?}", check.title);
    }
    world.end_healthy().await;
}

/// Isolation: the provider of one integration does not respond for a long time, neither its API nor Git; another
/// integration gets its check as usual.
async fn a_slow_neighbour_keeps_nobody_waiting(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    world.integrate_other("small", "small/shop").await;
    let warm = world.fake.commit("small/shop", "warm", &[("a.tf", Some(BAD))]).unwrap();
    world.fake.open_pull("small/shop", "warm", "main").unwrap();
    world.completed_in("small/shop", &warm, Duration::from_mins(1)).await;
    for (round, path) in ["^/api/v3/repos/acme/", "^/acme/shop.git/"].into_iter().enumerate() {
        world.fake.fail(Rule::new("", path, usize::MAX, Fault::Slow(Duration::from_secs(20))));
        for row in 0..30 {
            world.pull(&format!("slow-{round}-{row}"), &[("prod/a.tf", Some(BAD))]);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let begin = Instant::now();
        let branch = format!("fast-{round}");
        let sha = world.fake.commit("small/shop", &branch, &[("b.tf", Some(BAD))]).unwrap();
        world.fake.open_pull("small/shop", &branch, "main").unwrap();
        let check = world.completed_in("small/shop", &sha, Duration::from_secs(15)).await;
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        println!("{kind:?}, {path} hangs: the other integration's check after {:?}", begin.elapsed());
        world.fake.heal();
    }
    world.end_healthy().await;
}

/// D-2: trees that are too large to walk, in head and base; another integration gets its check meanwhile.
async fn a_tree_bomb_ends(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    world.integrate_other("small", "small/shop").await;
    let base = world.fake.commit_bomb(REPOSITORY, "main", "# one\n").unwrap();
    assert_eq!(world.fake.head_of(REPOSITORY, "main").unwrap(), base);
    let mut heads = Vec::new();
    for row in 0..palisade_tests::quick_or_all((1, 4)) {
        let branch = format!("bomb-{row}");
        heads.push(world.fake.commit(REPOSITORY, &branch, &[("prod/orders.tf", Some(BAD))]).unwrap());
        world.fake.open_pull(REPOSITORY, &branch, "main").unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begin = Instant::now();
    let sha = world.fake.commit("small/shop", "fast", &[("b.tf", Some(BAD))]).unwrap();
    world.fake.open_pull("small/shop", "fast", "main").unwrap();
    let check = world.completed_in("small/shop", &sha, Duration::from_secs(20)).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    println!("{kind:?}: beside tree bombs, the other integration's check after {:?}", begin.elapsed());
    for sha in heads {
        let check = world.completed_in(REPOSITORY, &sha, Duration::from_mins(2)).await;
        assert_eq!(check.conclusion.as_deref(), Some("failure"), "{:?}", check.title);
    }
    world.end_seen("warning", "there is too much under `.`").await;
}

/// G-17: a folder that was moved within the tree is not judged at its new place, and so not green.
async fn a_folder_that_moved_away(kind: Kind) {
    let Some(world) = World::start(kind).await else { return };
    let integration = world.integrate().await;
    world.fake.commit(REPOSITORY, "main", &[("prod/orders.tf", Some(BAD))]).unwrap();
    world.source_with(&integration, "Production", "/prod", true).await;
    for (branch, files, expected) in [
        ("gone", &[("prod/orders.tf", None), ("prod/keep.md", None)][..], "success"),
        (
            "moved",
            &[("prod/orders.tf", None), ("prod/keep.md", None), ("live/orders.tf", Some(BAD))][..],
            "failure",
        ),
    ] {
        let (_, sha) = world.pull(branch, files);
        let check = world.completed_in(REPOSITORY, &sha, Duration::from_secs(30)).await;
        assert_eq!(
            check.conclusion.as_deref(),
            Some(expected),
            "{branch}: {:?} {:?}",
            check.title,
            check.summary
        );
    }
    world.end_healthy().await;
}

/// F12: the provider requests a pause in a response to the connection itself: the next request comes after it.
async fn a_pause_of_a_connection_is_kept(kind: Kind) {
    let Some((world, _)) = world(kind).await else { return };
    let connection = world.service.connections().list(&Page::first(1)).await.unwrap().items.remove(0).id;
    world.fake.fail(Rule::new("", "/app/hook/", 1, Fault::retry_after(429, "3")));
    let begin = Instant::now();
    world.service.connections().ensure_hook(&connection).await.unwrap_err();
    let asked = || world.fake.requests().iter().filter(|it| it.path.contains("/app/hook/")).count();
    let before = asked();
    for _ in 0..3 {
        let refused = world.service.connections().ensure_hook(&connection).await.is_err();
        // On a busy machine this may take longer than the pause.
        assert!(
            (refused && asked() == before) || begin.elapsed() > Duration::from_secs(3),
            "it was asked within the pause"
        );
    }
    until("asked after the pause", Duration::from_secs(20), async || {
        world.service.connections().ensure_hook(&connection).await.is_ok()
    })
    .await;
    assert!(begin.elapsed() > Duration::from_millis(2_900), "{:?}", begin.elapsed());
    world.end_healthy().await;
}
