//! F2, G-14: one commit in two pull requests. It has one check, which is never green while one of them is bad.

use std::time::Duration;

use palisade_fake_github::{Fault, Rule};
use palisade_store::repository::sources::SourceSettings;

use crate::world::{BAD, Kind, REPOSITORY, World, settings};

/// What happens to the pair.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Both are opened at once; responses are slow.
    AtOnce,
    /// GitHub answers 502 a few times for the bad one.
    BadFails,
    /// The same for the good one.
    GoodFails,
    /// GitHub lists no pull request of the commit for some time: only the store knows them.
    ListFails,
    /// The good one is opened when the bad one is completed.
    GoodLast,
    /// The bad one is opened when the good one is completed.
    BadLast,
}

/// The pair: the first targets `main`, where it introduces a violation; the second targets `other`, which already has
/// it and from which both begin.
async fn pair(kind: Kind, ways: &[Way]) {
    let Some(world) = World::start(kind).await else { return };
    let integration = world.integrate().await;
    let all = SourceSettings { branch_pattern: ".*".to_owned(), ..settings("All", "/") };
    world.service.sources().add(&integration, &all).await.unwrap();
    world.fake.commit(REPOSITORY, "other", &[("prod/orders.tf", Some(BAD))]).unwrap();
    // Alone, the second one is green, so only the first one makes a pair red.
    world.fake.branch(REPOSITORY, "alone", "other").unwrap();
    let alone = world.fake.commit(REPOSITORY, "alone", &[("prod/note.tf", Some("# alone\n"))]).unwrap();
    world.fake.open_pull(REPOSITORY, "alone", "other").unwrap();
    let check = world.completed(&alone).await;
    assert_eq!(check.conclusion.as_deref(), Some("success"), "{:?}", check.title);
    for (row, way) in ways.iter().enumerate() {
        let branch = format!("pair-{row}");
        let note = format!("# {row}\n");
        world.fake.branch(REPOSITORY, &branch, "other").unwrap();
        let sha = world.fake.commit(REPOSITORY, &branch, &[("prod/note.tf", Some(&note))]).unwrap();
        let bad = || world.fake.open_pull(REPOSITORY, &branch, "main").unwrap();
        let good = || world.fake.open_pull(REPOSITORY, &branch, "other").unwrap();
        let next = world.fake.next_number(REPOSITORY);
        let fails = |number: u64, times| {
            let path = format!("/pulls/{number}$");
            world.fake.fail(Rule::new("GET", &path, times, Fault::status(502, "bad gateway")));
        };
        match way {
            Way::AtOnce => {
                for (path, pause) in [("/pulls/", 50), ("/check-runs", 200), ("/commits/", 100)] {
                    let pause = Duration::from_millis(pause * (1 + row as u64 % 3));
                    world.fake.fail(Rule::new("", path, usize::MAX, Fault::Slow(pause)));
                }
                if row % 2 == 0 {
                    bad();
                    good();
                } else {
                    good();
                    bad();
                }
            }
            Way::BadFails => {
                fails(next, 3);
                bad();
                good();
            }
            Way::GoodFails => {
                fails(next + 1, 3);
                bad();
                good();
            }
            Way::ListFails => {
                world.fake.fail(Rule::new(
                    "GET",
                    "/commits/[0-9a-f]+/pulls$",
                    3,
                    Fault::status(502, "bad gateway"),
                ));
                bad();
                good();
            }
            Way::GoodLast => {
                bad();
                world.completed(&sha).await;
                good();
            }
            Way::BadLast => {
                good();
                world.completed(&sha).await;
                bad();
            }
        }
        world.fake.settled().await;
        let numbers = [next, next + 1];
        // Idle: no evaluation is pending, and the provider has the newest content.
        let begin = std::time::Instant::now();
        let check = loop {
            let rows = world.store.pulls().open(&integration, REPOSITORY).await.unwrap();
            let ours: Vec<_> =
                rows.iter().filter(|it| numbers.contains(&u64::try_from(it.number).unwrap())).collect();
            let rested = ours.len() == 2 && ours.iter().all(|it| it.done_seq >= it.dirty_seq);
            let waits = !world.store.checks().unpublished().await.unwrap().is_empty();
            let checks = world.fake.checks(REPOSITORY, &sha);
            if rested && !waits && checks.len() == 1 && checks[0].status == "completed" {
                break checks[0].clone();
            }
            assert!(begin.elapsed() < Duration::from_mins(1), "{way:?}: no rest: {checks:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(check.conclusion.as_deref(), Some("failure"), "{way:?} {row}: {:?}", check.title);
        world.fake.heal();
        for number in numbers {
            world.fake.close_pull(REPOSITORY, number).unwrap();
        }
        world.fake.settled().await;
    }
    world.end().await;
}

const WAYS: [Way; 10] = [
    Way::AtOnce,
    Way::AtOnce,
    Way::AtOnce,
    Way::AtOnce,
    Way::BadFails,
    Way::GoodFails,
    Way::ListFails,
    Way::GoodLast,
    Way::BadLast,
    Way::AtOnce,
];

#[tokio::test(flavor = "multi_thread")]
async fn never_green_while_one_is_bad_sqlite() {
    pair(Kind::Sqlite, &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn never_green_while_one_is_bad_postgres() {
    pair(Kind::Postgres, &WAYS).await;
}
