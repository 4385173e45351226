//! All guests in one scan, with the good plugins.

use std::collections::BTreeSet;
use std::time::Duration;

use palisade_catalog::Admitted;
use palisade_domain::{Finding, Report, Status};
use palisade_report::{NoSources, Style, json, table};

use crate::ends::{ENDS, End};
use crate::support::{Called, admitted, good, limits, peak, request, resident, scan, turn};
use crate::tree::{SECRET, Tree};

/// Plugins with a CPU limit from this on are omitted in tests with many scans.
const SLOW: Duration = Duration::from_secs(10);

/// Makes the allocator of the system return freed memory to the system.
const FRUGAL: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "65536"), ("MALLOC_TRIM_THRESHOLD_", "65536")];

/// How much the resident memory may grow in the median scan, in bytes.
const GROWTH: i64 = 256 << 10;

/// The admitted guests.
async fn hostile() -> Vec<Admitted> {
    admitted().await.values().filter_map(|result| result.clone().ok()).collect()
}

async fn everybody() -> Vec<Admitted> {
    let mut plugins = good().await;
    plugins.extend(hostile().await);
    plugins
}

async fn one(name: &str) -> Admitted {
    admitted().await[name].clone().unwrap()
}

/// The names of the guests that must be stopped when they are called.
fn guilty() -> BTreeSet<String> {
    let stopped = ENDS.iter().filter(|(_, end)| matches!(end, End::Stopped(..)));
    stopped.map(|(name, _)| name.replace('_', "-")).collect()
}

/// The results of the good plugins in the good files.
fn findings(report: &Report) -> Vec<&Finding> {
    let good = |it: &&Finding| {
        it.location.as_ref().is_some_and(|at| at.path.starts_with("app/"))
            && !ENDS.iter().any(|(name, _)| name.replace('_', "-") == *it.control)
    };
    report.results.iter().filter(good).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_good_are_heard_the_guilty_are_named_and_twice_is_the_same() {
    let _turn = turn().await;
    let tree = Tree::new();
    let (alone, _) = scan(good().await, tree.snapshot()).await;
    let (report, _) = scan(everybody().await, tree.snapshot()).await;

    assert!(!findings(&alone).is_empty());
    let lines = |report| -> Vec<String> {
        let line = |it: &Finding| format!("{} {} {}", it.control, it.resource.address, it.resource.instance);
        findings(report).into_iter().map(line).collect()
    };
    assert_eq!(lines(&report), lines(&alone));
    assert!(findings(&report) == findings(&alone), "the same findings, and something in them differs");
    assert!(!report.complete);
    let named: BTreeSet<String> = report.plugin_errors.iter().map(|it| it.plugin.clone()).collect();
    assert_eq!(named, guilty());
    let scanned = |report: &Report| {
        let good = report.coverage.iter().filter(|it| it.path.starts_with("app/"));
        good.map(|it| it.status).collect::<Vec<Status>>()
    };
    assert_eq!(scanned(&alone), [Status::Scanned; 4]);

    let (again, _) = scan(everybody().await, tree.snapshot()).await;
    assert_eq!(json(&again), json(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_guest_says_moves_the_terminals_cursor() {
    let _turn = turn().await;
    let tree = Tree::new();
    let plugins = everybody().await;
    let gate = request(tree.snapshot()).0.gate;
    let (report, _) = scan(plugins, tree.snapshot()).await;
    let text = table(&report, gate.judge(&report), Style { colour: false, suppressed: false }, &NoSources);
    let odd: Vec<&str> = text.lines().filter(|line| line.chars().any(char::is_control)).collect();
    assert!(odd.is_empty(), "{odd:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_does_not_grow_with_the_scans() {
    let _turn = turn().await;
    // The allocator keeps a varying part of the freed memory. A process in which it keeps little shows what the host
    // keeps.
    if std::env::var_os(FRUGAL[0].0).is_none() {
        let test = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "together::the_host_does_not_grow_with_the_scans", "--nocapture"])
            .envs(FRUGAL)
            .output()
            .unwrap();
        print!("{}", String::from_utf8_lossy(&test.stdout));
        assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stderr));
        return;
    }
    let tree = Tree::new();
    let mut plugins = everybody().await;
    plugins.retain(|plugin| limits(plugin).cpu < SLOW);
    let mut after = Vec::new();
    for _ in 0..11 {
        drop(scan(plugins.clone(), tree.snapshot()).await);
        after.push(i64::try_from(resident()).unwrap());
    }
    // Memory that the host leaks grows with each scan. A single step is due to the allocator: a small block at the top
    // of the heap prevents the release of the memory below it.
    let mut grown: Vec<i64> = after.windows(2).map(|pair| pair[1] - pair[0]).collect();
    grown.sort_unstable();
    let median = grown[grown.len() / 2];
    println!("resident after each scan: {after:?} bytes; the median scan adds {median}");
    assert!(median <= GROWTH, "the median scan adds {median} bytes: {after:?} bytes after each scan");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_learns_of_the_one_before() {
    let _turn = turn().await;
    let tree = Tree::new();
    let catalog = palisade_catalog::Catalog::of(vec![one("counter").await]).unwrap();
    for _ in 0..3 {
        let (request, _) = request(tree.snapshot());
        let parsed = palisade_scan::parse(&catalog, &request).await.unwrap();
        let names: Vec<&str> = parsed
            .batches
            .iter()
            .flat_map(|(_, batch)| batch.resource_views())
            .map(|it| it.address())
            .collect();
        assert_eq!(names, ["call 1 of this instance"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_tree() {
    let _turn = turn().await;
    let tree = Tree::new();
    let catalog = palisade_catalog::Catalog::of(vec![one("path_tricks").await]).unwrap();
    let (request, _) = request(tree.snapshot());
    let parsed = palisade_scan::parse(&catalog, &request).await.unwrap();
    let seen: Vec<&str> =
        parsed.batches.iter().flat_map(|(_, batch)| batch.resource_views()).map(|it| it.address()).collect();
    let text = seen.join("\n");
    assert!(!text.contains(SECRET) && !text.contains("root:"), "{text}");
    insta::assert_snapshot!(text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swallowed_error_teaches_nothing() {
    let _turn = turn().await;
    let tree = Tree::new();
    let catalog = palisade_catalog::Catalog::of(vec![one("swallows_errors").await]).unwrap();
    let (request, _) = request(tree.snapshot());
    let parsed = palisade_scan::parse(&catalog, &request).await.unwrap();
    assert!(parsed.batches.is_empty(), "{parsed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_log_is_short_and_harmless() {
    let _turn = turn().await;
    let tree = Tree::new();
    let mut plugins = good().await;
    plugins.push(one("log_escapes").await);
    let (_, calls) = scan(plugins, tree.snapshot()).await;
    let lines: Vec<_> = calls.of("log-escapes").into_iter().flat_map(|Called { log, .. }| log).collect();
    assert!(!lines.is_empty());
    for line in lines {
        let mut texts = vec![&line.message];
        texts.extend(line.fields.iter().flat_map(|(key, value)| [key, value]));
        assert!(texts.iter().all(|it| it.len() <= 4_096 && !it.chars().any(char::is_control)), "{line:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stolen_is_not_green() {
    let _turn = turn().await;
    let tree = Tree::new();
    let mut plugins = good().await;
    plugins.push(one("claim_steals").await);
    let (report, _) = scan(plugins, tree.snapshot()).await;
    assert!(!report.complete);
    let (alone, _) = scan(good().await, tree.snapshot()).await;
    assert!(!findings(&alone).is_empty() && findings(&report) == findings(&alone));
}

/// The same plugin with the grant to keep files to itself.
fn owner(plugin: &Admitted) -> Admitted {
    let mut plugin = palisade_catalog::Plugin::clone(plugin);
    plugin.owns = true;
    plugin.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_parser_hides_files_from_the_built_in_ones() {
    let _turn = turn().await;
    let tree = Tree::new();
    let (alone, _) = scan(good().await, tree.snapshot()).await;
    let scan_with = async |plugin: Admitted| {
        let mut plugins = good().await;
        plugins.push(plugin);
        scan(plugins, tree.snapshot()).await.0
    };
    let (hides, ignores) = (one("claim_hides").await, one("claim_ignores").await);
    // Claimed files are read by other parsers too, and so are files that their owner ignores.
    for plugin in [hides.clone(), ignores.clone(), owner(&ignores)] {
        let report = scan_with(plugin).await;
        assert!(!findings(&alone).is_empty() && findings(&report) == findings(&alone));
    }
    let diagnostics_of = |report: &Report| {
        let read_twice = report.diagnostics.iter().filter(|it| it.code == "file-read-twice");
        read_twice.map(|it| it.message.clone()).collect::<BTreeSet<_>>()
    };
    let report = scan_with(hides.clone()).await;
    assert!(diagnostics_of(&report).iter().any(|it| it.contains("claim-hides") && it.contains("kubernetes")));
    // With the grant, its report is trusted.
    assert!(findings(&scan_with(owner(&hides)).await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_remembers_little_of_what_was_asked_for() {
    let _turn = turn().await;
    let tree = Tree::new();
    let plugin = one("read_set_flood").await;
    let before = resident();
    let peak = peak(|| scan(vec![plugin], tree.snapshot())).await;
    println!("resident before: {} MiB, at most during: {} MiB", before >> 20, peak >> 20);
    assert!(peak <= before + (128 << 20), "{before} bytes before, {peak} at most during");
}
