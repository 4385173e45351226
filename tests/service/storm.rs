//! Many pushes to one pull request, and what the figures show afterwards.

use std::time::{Duration, Instant};

use palisade_tests::quick_or_all;

use crate::siege::Siege;
use crate::world::Kind;

/// The sum of a figure over its labels.
fn sum(figures: &str, name: &str, label: &str) -> f64 {
    let of_name = |it: &&str| {
        it.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']) && rest.contains(label))
    };
    figures.lines().filter(of_name).filter_map(|it| it.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_pushes_is_few_scans() {
    let mut siege = Siege::prepare(Kind::Sqlite, 1).await.unwrap();
    let (child, _) = siege.program.start().await;
    let earlier = siege.fake.requests().len();
    // Even on a busy machine a thousand commits and deliveries take less than a minute, with pauses between them.
    let (begin, pause) = (Instant::now(), Duration::from_millis(55));
    let times = quick_or_all((150, 1_000));
    for push in 0..times {
        let due = begin + pause * push;
        siege.push(0, true, &push.to_string());
        tokio::time::sleep_until(due.into()).await;
    }
    let (pushed, took) = (Instant::now(), begin.elapsed());
    siege.all_right().await;
    let late = pushed.elapsed();
    let requests = siege.fake.requests().split_off(earlier);
    let scans =
        requests.iter().filter(|it| it.method == "POST" && it.path.ends_with("/git-upload-pack")).count();
    // A scan fetches two commits, each with one request for its pack (and one for the list of refs).
    let running =
        requests.iter().filter(|it| it.method == "POST" && it.path.ends_with("/check-runs")).count();
    println!(
        "{times} pushes in {took:?}: {running} scans ({scans} Git requests), the last check {late:?} after the last push"
    );
    // During a burst one evaluation begins each 25 s; if the pushes take longer than a minute, there are more.
    let most = 3 + took.as_secs() / 25;
    assert!(running as u64 <= most, "{running} scans");
    // One job is pending for the pull request, however many pushes there are; each evaluation reads the pull request
    // once.
    let looks = requests.iter().filter(|it| it.method == "GET" && it.path.contains("/pulls/")).count();
    println!("the pull request was read {looks} times");
    assert!(looks as u64 <= 20 + 3 * (took + late).as_secs(), "it was read {looks} times");
    // No check of an earlier head is open.
    siege.fake.settled().await;
    // Longer than the interval between two measurements of the queues.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let figures = siege.program.metrics().await;
    println!("{figures}");
    let accepted = sum(&figures, "palisade_deliveries_total", "status=\"202\"");
    assert!(accepted >= f64::from(times), "{accepted} deliveries of {times} pushes");
    assert!(sum(&figures, "palisade_jobs_total", "end=\"done\"") >= accepted);
    assert!(sum(&figures, "palisade_jobs_total", "end=\"failed\"").abs() < 0.5);
    assert!(sum(&figures, "palisade_queue_jobs", "").abs() < 0.5, "something waits");
    assert!(sum(&figures, "palisade_last_delivery_timestamp_seconds", "") > 1.7e9);
    assert!(sum(&figures, "palisade_computing_seconds_sum", "") > 0.0);
    println!("{}", siege.program.doctor());
    assert!(siege.fake.violations().is_empty());
    siege.end(child);
}
