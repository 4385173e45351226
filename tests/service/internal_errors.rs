//! No internal error makes a check green.

use std::time::{Duration, Instant};

use palisade_fake_github::{Fault, Rule};
use palisade_store::testing::cut;
use palisade_tests::quick_or_all;

use crate::world::{BAD, Kind, REPOSITORY, World};

/// Creates a fault.
type Make = fn() -> Fault;

/// Faults of GitHub: which one, for which request.
fn faults() -> Vec<(String, Rule)> {
    let places = [
        ("GET", "/pulls/[0-9]+$"),
        ("GET", "/compare/"),
        ("POST", "/access_tokens$"),
        ("GET", "/info/refs"),
        ("POST", "/git-upload-pack"),
        ("POST", "/check-runs$"),
        ("PATCH", "/check-runs/[0-9]+$"),
    ];
    let kinds: [(&str, Make); 8] = [
        ("500", || Fault::status(500, "broken")),
        ("502", || Fault::status(502, "bad gateway")),
        ("401", || Fault::status(401, "Bad credentials")),
        ("404", || Fault::status(404, "Not Found")),
        ("422", || Fault::status(422, "Validation Failed")),
        ("reset", || Fault::Reset),
        ("lost answer", || Fault::ResetAfter),
        ("truncated", || Fault::Truncated),
    ];
    let mut all = Vec::new();
    for (method, path) in places {
        for (name, make) in kinds {
            all.push((format!("{name} at {method} {path}"), Rule::new(method, path, 1, make())));
        }
    }
    all
}

/// Waits until the one check of a commit is completed, and asserts that it was never green.
async fn ends_and_is_not_green(world: &World, sha: &str, name: &str) {
    let begin = Instant::now();
    loop {
        let found = world.fake.checks(REPOSITORY, sha);
        // No write to any check of this commit was a success.
        for check in &found {
            assert_ne!(check.conclusion.as_deref(), Some("success"), "{name}");
            for write in &check.history {
                assert_ne!(write.body["conclusion"], "success", "{name}");
                assert_ne!(write.body["conclusion"], "neutral", "{name}");
            }
        }
        if found.iter().any(|it| it.status == "completed") {
            assert_eq!(found.len(), 1, "{name}: {found:?}");
            return;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "{name}: it never ended: {found:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_error_of_github_makes_a_check_green() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    let all = faults();
    assert!(all.len() >= 50, "{}", all.len());
    let mut injected = 0;
    for (row, (name, rule)) in all.into_iter().enumerate().step_by(quick_or_all((5, 1))) {
        world.fake.fail(rule);
        let (number, sha) = world.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
        ends_and_is_not_green(&world, &sha, &name).await;
        world.fake.heal();
        world.fake.close_pull(REPOSITORY, number).unwrap();
        injected += 1;
    }
    println!("{injected} errors of GitHub injected, as many checks ended, none of them green");
    world.end().await;
}

/// Waits until nothing becomes durable for a moment: steps after the check are places too.
async fn at_rest() {
    loop {
        let before = cut::count();
        tokio::time::sleep(Duration::from_millis(300)).await;
        if cut::count() == before {
            return;
        }
    }
}

/// The database fails at the n-th durable step, before it or after it, for every n of the evaluation of a pull request.
#[tokio::test(flavor = "multi_thread")]
async fn no_error_of_the_database_makes_a_check_green() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    let (mut place, mut met) = (0, 0);
    // Work of the service's clock comes in between, so the number of places varies a little.
    let mut unmet = 0;
    while unmet < 3 {
        place += quick_or_all((3, 1));
        cut::fail_at(place);
        let (number, sha) = world.pull(&format!("change-{place}"), &[("prod/orders.tf", Some(BAD))]);
        world.fake.settled().await;
        let last = world.fake.deliveries().into_iter().next_back().unwrap();
        if last.status_code != 202 {
            assert_eq!(last.status_code, 503, "place {place}");
            world.fake.redeliver(last.id).await;
        }
        ends_and_is_not_green(&world, &sha, &format!("place {place}")).await;
        at_rest().await;
        if cut::has_failed() {
            (met, unmet) = (met + 1, 0);
        } else {
            unmet += 1;
        }
        world.fake.close_pull(REPOSITORY, number).unwrap();
    }
    assert!(met > quick_or_all((6, 20)), "only {met} places");
    println!("the database failed at {met} places, as many checks ended, none of them green");
    world.end().await;
}
