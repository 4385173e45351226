//! Integrations beside each other: the computing time of each, and its limits.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use palisade_tests::quick_or_all;

use crate::world::{BAD, Kind, REPOSITORY, World};

/// The number of files of the large repository: in a quick run, and with `cargo xtask test --all`.
const FILES: (usize, usize) = (10, 100);
const PULLS: (usize, usize) = (12, 500);
const RESOURCES: usize = 100;

/// A number of files with 100 resources each.
fn many(files: usize) -> Vec<(String, String)> {
    let file = |row: usize| {
        let mut text = String::new();
        for it in 0..RESOURCES {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "resource \"aws_s3_bucket\" \"b{row}_{it}\" {{\n  bucket = \"b-{row}-{it}\"\n}}\n"
            );
        }
        (format!("prod/part-{row}.tf"), text)
    };
    (0..files).map(file).collect()
}

/// D-3: one integration has many pull requests of a large repository; another one gets its check meanwhile.
async fn a_large_neighbour(kind: Kind) {
    let Some(world) = World::start(kind).await else { return };
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    world.integrate_other("small", "small/shop").await;
    let (files, pulls) = (quick_or_all(FILES), quick_or_all(PULLS));
    let all = many(files);
    let all: Vec<(&str, Option<&str>)> =
        all.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
    world.fake.commit(REPOSITORY, "main", &all).unwrap();
    let mut first = String::new();
    for row in 0..pulls {
        let (_, sha) = world.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
        first = if row == 0 { sha } else { first };
    }
    let mut took = Vec::new();
    for round in 0..3 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let begin = Instant::now();
        let branch = format!("fast-{round}");
        let sha = world.fake.commit("small/shop", &branch, &[("b.tf", Some(BAD))]).unwrap();
        world.fake.open_pull("small/shop", &branch, "main").unwrap();
        let check = world.completed_in("small/shop", &sha, Duration::from_secs(40)).await;
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        took.push(begin.elapsed());
    }
    println!(
        "{kind:?}: beside {pulls} pull requests of {} resources each, another integration's checks after {took:?}",
        files * RESOURCES
    );
    // Its own pull requests are evaluated too, one after the other, and none fails.
    let begin = Instant::now();
    while world.fake.checks(REPOSITORY, &first).iter().all(|it| it.status != "completed") {
        let health = world.store.health().await.unwrap();
        assert_eq!(health.last_error, "", "{health:?}");
        assert!(begin.elapsed() < Duration::from_mins(20), "{health:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(world.completed(&first).await.conclusion.as_deref(), Some("failure"));
    world.end().await;
}

/// D-3: the daily computing time of an integration is used up: its checks fail and are not left open, and another
/// integration's are evaluated.
async fn a_budget_is_used_up(kind: Kind) {
    let enough =
        |options: &mut palisade_service::ServiceOptions| options.daily = Some(Duration::from_millis(1));
    let Some(world) = World::start_with(kind, enough).await else { return };
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    let small = world.integrate_other("small", "small/shop").await;
    let days = [0, 1].map(|it| format!("computed-{}", palisade_store::now_ms() / 86_400_000 + it));
    let spend = async |integration: &str, spent: &str| {
        for day in &days {
            let memory = world.store.memory();
            memory.put("palisade/host", integration, day, spent.as_bytes().to_vec(), None).await.unwrap();
        }
    };
    // This integration has plenty of time left.
    spend(&small, "-100000000").await;
    let (_, sha) = world.pull("first", &[("prod/orders.tf", Some("# nothing\n"))]);
    assert_eq!(world.completed(&sha).await.conclusion.as_deref(), Some("success"));
    // Computing time is summed up every few seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (number, sha) = world.pull("second", &[("prod/orders.tf", Some("# nothing\n"))]);
    let check = world.completed(&sha).await;
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    let summary = check.summary.unwrap_or_default();
    assert!(
        summary.contains("minutes of computing for today") && summary.contains("`daily-minutes`"),
        "{summary}"
    );
    let other = world.fake.commit("small/shop", "fast", &[("b.tf", Some(BAD))]).unwrap();
    world.fake.open_pull("small/shop", "fast", "main").unwrap();
    let check = world.completed_in("small/shop", &other, Duration::from_secs(40)).await;
    assert!(check.title.unwrap_or_default().contains("new violation"));
    // The next day: no time is used yet.
    spend(&integration, "0").await;
    let sha = world.fake.push(REPOSITORY, number, &[("prod/orders.tf", Some("# still nothing\n"))]).unwrap();
    assert_eq!(world.completed(&sha).await.conclusion.as_deref(), Some("success"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_neighbour_sqlite() {
    a_large_neighbour(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_neighbour_postgres() {
    a_large_neighbour(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_used_up_on_both() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        a_budget_is_used_up(kind).await;
    }
}
