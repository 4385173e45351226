//! Many pushes to one pull request.

use std::time::{Duration, Instant};

use palisade_tests::quick_or_all;

use crate::world::{BAD, Kind, REPOSITORY, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_pushes_is_few_scans() {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    let (number, _) = world.pull("orders", &[("prod/orders.tf", Some(BAD))]);
    // Even on a busy machine a thousand commits and deliveries fit into a minute, with pauses up to that.
    let (begin, pause) = (Instant::now(), Duration::from_millis(55));
    let mut last = String::new();
    let times = quick_or_all((150, 1_000));
    for push in 0..times {
        let text = format!("{BAD}# {push}\n");
        let due = begin + pause * push;
        last = world.fake.push(REPOSITORY, number, &[("prod/orders.tf", Some(&text))]).unwrap();
        tokio::time::sleep_until(due.into()).await;
    }
    let (pushed, took) = (Instant::now(), begin.elapsed());
    let check = world.completed(&last).await;
    let late = pushed.elapsed();
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    let requests = world.fake.requests();
    let scans =
        requests.iter().filter(|it| it.method == "POST" && it.path.ends_with("/git-upload-pack")).count();
    // A scan fetches two commits, each with one request for its pack (and one for what there is).
    let running =
        requests.iter().filter(|it| it.method == "POST" && it.path.ends_with("/check-runs")).count();
    println!(
        "{times} pushes in {took:?}: {running} scans ({scans} Git requests), the last check {late:?} after the last push"
    );
    // In a burst one begins each 25 s; where this machine takes longer than a minute for the pushes, that is more.
    let most = 3 + took.as_secs() / 25;
    assert!(running as u64 <= most, "{running} scans");
    // Nothing of an earlier head is left open.
    world.fake.settled().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.end().await;
}
