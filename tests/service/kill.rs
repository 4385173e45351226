//! The service is killed repeatedly, while pull requests are pushed to and GitHub fails: at random, after a number of
//! requests to GitHub, and at every durable step. Afterwards the ledger must hold.

use std::time::{Duration, Instant};

use palisade_fake_github::{Fault, Rule};
use palisade_tests::quick_or_all;

use crate::ledger;
use crate::siege::{Random, Siege, faults};
use crate::world::{Kind, REPOSITORY};

/// How often it is killed at random on each database: in a quick run, and with `cargo xtask test --all`.
const KILLS: (u64, u64) = (10, 100);
/// It is killed at every n-th durable step.
const STRIDE: (u64, u64) = (6, 1);
/// The number of open pull requests.
const PULLS: usize = 4;

fn middle(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() - 1])
}

/// Waits until the service is idle, checks the ledger, and prints the results.
async fn settle(siege: &mut Siege, what: &str, ready: &mut [Duration]) {
    siege.fake.heal();
    let (child, _) = siege.program.start().await;
    let recovered = siege.all_right().await;
    // Evaluations of earlier heads and the scan of the slot end in this time too.
    tokio::time::sleep(Duration::from_secs(12)).await;
    siege.end(child);
    let held = ledger::hold(siege).await;
    let (middle, most) = middle(ready);
    println!(
        "{:?}: {} kills {what}; {} deliveries accepted of {}, {} checks, {} pauses kept; ready after {middle:?} (at most \
         {most:?}), all heads right {recovered:?} after the last start",
        siege.kind,
        siege.kills.len(),
        held.accepted,
        held.deliveries,
        held.checks,
        held.waits,
    );
}

async fn at_random(kind: Kind) {
    let Some(mut siege) = Siege::prepare(kind, PULLS).await else { return };
    let seed = std::env::var("PALISADE_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(0x5eed);
    println!("{kind:?}: seed {seed}");
    let mut random = Random::new(seed);
    let mut ready = Vec::new();
    for kill in 0..quick_or_all(KILLS) {
        let (mut child, took) = siege.program.start().await;
        ready.push(took);
        if kill % 3 == 0 {
            siege.fake.chaos(seed + kill, 0.15, faults());
        } else {
            siege.fake.heal();
        }
        let row = usize::try_from(random.below(PULLS as u64)).unwrap();
        // Every other push fixes the violation, so that the expected check changes with each push.
        let bad = random.below(2) == 0;
        siege.push(row, bad, &kill.to_string());
        if kill % 2 == 0 {
            // At a step: after a number of further requests of the service.
            let (begin, until) = (Instant::now(), siege.fake.requests().len() as u64 + random.below(24));
            while (siege.fake.requests().len() as u64) < until && begin.elapsed() < Duration::from_secs(2) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        } else {
            tokio::time::sleep(Duration::from_millis(random.below(800))).await;
        }
        siege.kill(&mut child);
    }
    settle(&mut siege, "at random", &mut ready).await;
}

/// The n-th durable step, for every n, until a push ends without reaching it.
async fn at_every_durable_step(kind: Kind) {
    let Some(mut siege) = Siege::prepare(kind, 1).await else { return };
    let mut ready = Vec::new();
    let mut survived = 0;
    let stride = quick_or_all(STRIDE);
    let mut place = 1;
    while survived < 3 {
        let mut child = siege.program.spawn(&[("PALISADE_TEST_DIE_AT", place.to_string())]);
        let begin = Instant::now();
        if siege.program.is_ready(&mut child).await {
            ready.push(begin.elapsed());
            siege.push(0, (place / stride).is_multiple_of(2), &place.to_string());
        }
        // It dies at the step, or the push and everything after it ends.
        let died = loop {
            if child.try_wait().unwrap().is_some() {
                break true;
            }
            if siege.wrong().is_empty() && begin.elapsed() > Duration::from_secs(4) {
                break false;
            }
            assert!(begin.elapsed() < Duration::from_secs(40), "{:#?}\n{}", siege.wrong(), siege.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        if died {
            siege.kills.push(jiff::Timestamp::now());
            (survived, place) = (0, place + stride);
        } else {
            // Work of the service's clock makes the number of steps vary a little.
            siege.kill(&mut child);
            (survived, place) = (survived + 1, place + stride);
        }
    }
    assert!(place > 20, "only {place} places");
    settle(
        &mut siege,
        &format!("at durable steps up to {}, stride {stride}", place - 3 * stride),
        &mut ready,
    )
    .await;
}

/// Three processes die while they evaluate the same pull request; the next one processes the rest, and reports this one
/// as given up.
async fn what_kills_the_service_is_given_up(kind: Kind) {
    let Some(mut siege) = Siege::prepare(kind, 2).await else { return };
    let most = [("PALISADE_MOST_CRASHES", "3".to_owned())];
    // Work that the set-up left is done first, so that no other evaluation is running below.
    let (child, _) = siege.program.start().await;
    siege.all_right().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    siege.end(child);
    siege.fake.fail(Rule::new("POST", "/git-upload-pack", usize::MAX, Fault::Slow(Duration::from_secs(3))));
    // After this time the running jobs were begun by this process: jobs of a dead process are put back after four
    // seconds without a heartbeat, and at once if there is only one host. The evaluation waits for Git much longer than
    // that.
    let at_work = Duration::from_secs(if kind == Kind::Sqlite { 2 } else { 6 });
    let (mut crashed, mut round) = (0, 0);
    while crashed < 3 {
        let mut child = siege.program.spawn(&most);
        assert!(siege.program.is_ready(&mut child).await);
        if round == 0 {
            siege.push(0, false, "what nobody survives");
        }
        tokio::time::sleep(at_work).await;
        siege.kill(&mut child);
        let store = siege.store().await;
        crashed += usize::from(store.runs_already("evaluate", &siege.integration, i64::MAX).await.unwrap());
        store.close().await.unwrap();
        round += 1;
        assert!(round < 30, "{crashed} of {round} kills met the evaluation: {}", siege.log());
    }
    siege.fake.heal();
    let mut child = siege.program.spawn(&most);
    assert!(siege.program.is_ready(&mut child).await);
    siege.push(1, false, "what everybody survives");
    let begin = Instant::now();
    let head = siege.changes[0].head().to_owned();
    let check = loop {
        let checks = siege.fake.checks(REPOSITORY, &head);
        if let [check] = &checks[..]
            && check.status == "completed"
        {
            break check.clone();
        }
        assert!(begin.elapsed() < Duration::from_secs(40), "{checks:#?}\n{}", siege.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    assert!(check.summary.as_deref().unwrap().contains("it was tried too often"), "{:?}", check.summary);
    while siege.wrong().len() > 1 {
        assert!(begin.elapsed() < Duration::from_secs(40), "the other pull request has no check");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    siege.end(child);
    println!(
        "{kind:?}: given up after {crashed} crashes, {} kills: {}",
        siege.kills.len(),
        check.title.unwrap_or_default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_kills_the_service_is_given_up_on_both() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        what_kills_the_service_is_given_up(kind).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_random_on_sqlite() {
    at_random(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_random_on_postgresql() {
    at_random(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_every_durable_step_on_sqlite() {
    at_every_durable_step(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_every_durable_step_on_postgresql() {
    at_every_durable_step(Kind::Postgres).await;
}
