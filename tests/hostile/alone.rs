//! Each guest alone, with the good plugins.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use palisade_catalog::{Admitted, Refusal};
use palisade_domain::{Report, Status};
use palisade_report::json;

use crate::ends::{ENDS, End};
use crate::support::{Called, admitted, good, guests, limits, scan, turn, within_bounds};
use crate::tree::Tree;

#[test]
fn every_guest_has_an_end() {
    let named: BTreeSet<String> = ENDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(named, guests().into_iter().collect());
    assert_eq!(named.len(), ENDS.len(), "a guest stands twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_guest_ends_as_it_must_and_the_host_goes_on() {
    let _turn = turn().await;
    let tree = Tree::new();
    let good = good().await;
    let (before, _) = scan(good.clone(), tree.snapshot()).await;
    assert!(before.complete && !before.results.is_empty(), "{before:#?}");

    let mut wrong = Vec::new();
    println!("{:<18} {:<58} {:>15} {:>9}", "guest", "how it ended", "CPU ms", "peak MiB");
    for (name, end) in ENDS {
        let result = match (&admitted().await[*name], end) {
            (Err(refusal), End::Refused(..)) => refused(refusal, *end),
            (Err(refusal), _) => Err(format!("refused at `{}`: {}", refusal.step, refusal.reason)),
            (Ok(_), End::Refused(..)) => Err("was admitted".to_owned()),
            (Ok(plugin), _) => ends(plugin, *end, &good, &tree).await,
        };
        if let Err(why) = result {
            wrong.push(format!("{name}: {why}"));
        }
        let (after, _) = scan(good.clone(), tree.snapshot()).await;
        if json(&after) != json(&before) {
            wrong.push(format!("{name}: the next scan was another one"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ENDS.len(), wrong.join("\n"));
}

/// Files that are parsed together fail separately.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_makes_its_parser_fail_fails_alone() {
    let _turn = turn().await;
    let tree = Tree::new();
    let plugin = admitted().await["apart_panics"].as_ref().unwrap();
    let (report, calls) = scan(vec![plugin.clone()], tree.snapshot()).await;
    let calls = calls.of("apart-panics");
    let parses = calls.iter().filter(|it| it.call == "parse");
    let ended: Vec<bool> = parses.map(|it| it.fault.is_some()).collect();
    assert_eq!(ended, [true, true, false, false], "all of them, then each by itself");
    let of_files: Vec<(&str, Status)> = report
        .coverage
        .iter()
        .filter(|it| it.path.ends_with("apart-panics.bait"))
        .map(|it| (it.path.as_str(), it.status))
        .collect();
    assert_eq!(
        of_files,
        [
            ("apart-panics.bait", Status::Failed),
            ("apart/one-apart-panics.bait", Status::Scanned),
            ("apart/other-apart-panics.bait", Status::Scanned),
        ]
    );
    assert_eq!(report.summary.resources, 2);
    assert_eq!(report.plugin_errors.len(), 1, "{:?}", report.plugin_errors);
}

/// Files that are parsed together are judged as if they had been parsed separately.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_beside_a_resource_stands_in_its_file() {
    let _turn = turn().await;
    let tree = Tree::new();
    let plugin = admitted().await["sees_beside"].as_ref().unwrap();
    let mut plugins = good().await;
    plugins.push(plugin.clone());
    let (report, calls) = scan(plugins, tree.snapshot()).await;
    assert!(
        calls.of("kubernetes").iter().filter(|it| it.call == "parse").count() < 3,
        "they are parsed together"
    );
    let beside: Vec<(&str, &str)> = report
        .results
        .iter()
        .filter(|it| &*it.control == "sees-beside")
        .map(|it| (it.resource.location.as_ref().unwrap().path.as_str(), it.resource.instance.as_str()))
        .collect();
    assert_eq!(
        beside,
        [
            ("app/both.yaml", "1"),
            ("app/deployment.yaml", "0"),
            ("app/pod.yaml", "0"),
            ("odd/\u{1b}[2J.yaml", "0")
        ]
    );
}

fn refused(refusal: &Refusal, end: End) -> Result<(), String> {
    let text = format!("refused at {}: {}", refusal.step, refusal.reason);
    println!("{:<18} {text}", refusal.plugin);
    match end {
        End::Refused(step, words) if refusal.step == step && refusal.reason.starts_with(words) => Ok(()),
        _ => Err(text),
    }
}

async fn ends(plugin: &Admitted, end: End, good: &[Admitted], tree: &Tree) -> Result<(), String> {
    let name = &plugin.manifest.name;
    let limits = limits(plugin);
    let mut plugins = good.to_vec();
    plugins.push(plugin.clone());
    let began = Instant::now();
    let (report, calls) = scan(plugins, tree.snapshot()).await;
    let took = began.elapsed();

    let calls = calls.of(name);
    for call in &calls {
        print(name, call, limits.cpu);
        within_bounds(call, limits)?;
    }
    let patience = limits.wall * u32::try_from(calls.len()).unwrap_or(u32::MAX) + Duration::from_secs(5);
    if took > patience {
        return Err(format!("took {took:?}"));
    }
    let faults: Vec<(&str, String)> =
        calls.iter().filter_map(|it| Some((it.call, it.fault.as_ref()?.to_string()))).collect();
    match end {
        End::Harmless if !faults.is_empty() || !report.complete => {
            Err(format!("{faults:?}, complete: {}, {:?}", report.complete, report.plugin_errors))
        }
        End::Harmless if calls.is_empty() => Err("was never called".to_owned()),
        End::Stopped(call, words) => stopped(name, call, words, &faults, &report),
        _ => Ok(()),
    }
}

/// Every call of that name was stopped with this message; the report has the message and is incomplete.
fn stopped(
    name: &str,
    call: &str,
    words: &str,
    faults: &[(&str, String)],
    report: &Report,
) -> Result<(), String> {
    if faults.is_empty() {
        return Err("was not stopped".to_owned());
    }
    for (at, fault) in faults {
        if *at != call || !fault.starts_with(words) {
            return Err(format!("stopped in `{at}`: {fault}"));
        }
        if fault.chars().any(char::is_control) {
            return Err(format!("the fault is not one harmless line: {fault:?}"));
        }
    }
    // What was parsed or judged together is repeated file by file: the first fault may not be the one that is reported.
    let mut errors = report.plugin_errors.iter().filter(|it| it.plugin == name).peekable();
    if errors.peek().is_none() || !errors.all(|it| faults.iter().any(|(_, fault)| it.reason == *fault)) {
        return Err(format!("the report does not tell: {:?}", report.plugin_errors));
    }
    if report.complete {
        return Err("the report is complete".to_owned());
    }
    let mut failed = report.coverage.iter().filter(|it| it.status == Status::Failed);
    if call != "judge" && !failed.any(|it| it.reason.contains(&format!("parser `{name}`"))) {
        return Err(format!("its files are not failed: {:?}", report.coverage));
    }
    Ok(())
}

fn print(name: &str, call: &Called, budget: Duration) {
    let ended = call.fault.as_ref().map_or_else(|| "well".to_owned(), ToString::to_string);
    let ended: String = format!("{}: {}", call.call, ended.escape_debug()).chars().take(58).collect();
    let cpu = format!("{}/{}", call.usage.cpu.as_millis(), budget.as_millis());
    println!("{name:<18} {ended:<58} {cpu:>15} {:>9.1}", call.usage.peak_memory as f64 / 1_048_576.0);
}
