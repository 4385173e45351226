//! The service is killed repeatedly while all providers send events and fail at random. Afterwards no change is lost,
//! nothing is posted twice, and no check is open.

use std::time::{Duration, Instant};

use palisade_fake_host::Status;
use palisade_store::{CheckState, Page, Store};
use palisade_tests::forges::PROVIDERS;
use palisade_tests::quick_or_all;

use crate::serving::store_options;
use crate::siege::{Random, faults, terminate};
use crate::site::{Member, Rest, Site};
use crate::world::{BAD, Kind};

/// How often the service is killed on each database: in a quick run, and with `cargo xtask test --all`.
const KILLS: (u64, u64) = (8, 80);
/// Open pull requests of each provider.
const PULLS: usize = 2;

/// A pull request, its head, and whether the head has violations.
struct Change {
    member: usize,
    number: u64,
    head: String,
    bad: bool,
}

/// What a pull request has too much or too little of.
fn problems(member: &Member, change: &Change) -> Vec<String> {
    let mut all = Vec::new();
    let place = format!("{} #{}", member.connection.provider, change.number);
    let Some(shown) = member.forge.shown(&member.repository, change.number, &change.head) else {
        return vec![format!("{place}: lost: no check of {}", change.head)];
    };
    let expected = if change.bad { Status::Failure } else { Status::Success };
    if shown.status != expected {
        all.push(format!("{place}: {:?} instead of {expected:?}", shown.status));
    }
    let open: Vec<_> = shown.remarks.iter().filter(|it| it.open).collect();
    let wanted = if change.bad { 2 } else { 0 };
    if open.len() != wanted {
        all.push(format!("{place}: {} open remarks instead of {wanted}: {open:#?}", open.len()));
    }
    if shown.summaries.len() > 1 {
        all.push(format!("{place}: {} summaries", shown.summaries.len()));
    }
    all
}

fn all_problems(rest: &Rest, changes: &[Change]) -> Vec<String> {
    changes.iter().flat_map(|it| problems(&rest.members[it.member], it)).collect()
}

/// Whether no job waits at two measurements of the queues, which are made every five seconds.
async fn is_idle(rest: &Rest) -> bool {
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(6)).await;
        let metrics = rest.program.metrics().await;
        let mut jobs = metrics.lines().filter(|it| it.starts_with("palisade_queue_jobs{"));
        if !jobs.all(|it| it.ends_with(" 0")) {
            return false;
        }
    }
    true
}

/// No delivery, evaluation, check or job is open.
async fn nothing_is_stuck(rest: &Rest) -> (usize, usize) {
    let store = Store::open(&store_options(&rest.database, rest.data.path())).await.unwrap();
    let list = async |page: Page| store.deliveries().list(&page).await;
    let deliveries = Page::every(list, |it| &it.id).await.unwrap();
    let open: Vec<_> = deliveries.iter().filter(|it| it.finished_at.is_none()).collect();
    assert!(open.is_empty(), "{open:#?}");
    let mut count = 0;
    for member in &rest.members {
        let list = async |page: Page| store.checks().list(&member.integration.id, &page).await;
        for check in Page::every(list, |it| &it.id).await.unwrap() {
            count += 1;
            assert!(matches!(check.state, CheckState::Completed | CheckState::Superseded), "{check:#?}");
            assert_eq!(check.published_seq, check.seq, "{check:#?}");
        }
        for pull in store.pulls().open(&member.integration.id, &member.repository).await.unwrap() {
            assert!(pull.done_seq >= pull.dirty_seq, "{pull:#?}");
        }
    }
    assert_eq!(palisade_store::testing::overtried(&store).await.unwrap(), 0);
    store.check().await.unwrap();
    store.close().await.unwrap();
    (deliveries.len(), count)
}

async fn survives(kind: Kind) {
    let Some(site) = Site::start(kind, &PROVIDERS).await else { return };
    let mut changes = Vec::new();
    for (row, member) in site.members.iter().enumerate() {
        site.source(member).await;
        for pull in 0..PULLS {
            let file = format!("prod/orders-{pull}.tf");
            let (number, head) = member.pull(&format!("change-{pull}"), &[(&file, Some(BAD))]);
            changes.push(Change { member: row, number, head, bad: true });
        }
    }
    for change in &changes {
        site.members[change.member].completed(change.number, &change.head).await;
    }
    let rest = site.stop().await;
    let seed = std::env::var("PALISADE_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(0x5eed);
    println!("{kind:?}: seed {seed}");
    let mut random = Random::new(seed);
    for kill in 0..quick_or_all(KILLS) {
        let (mut child, _) = rest.program.start().await;
        for (row, member) in rest.members.iter().enumerate() {
            let chance = if (kill + row as u64).is_multiple_of(2) { 0.15 } else { 0.0 };
            member.forge.host().faults.chaos(seed + kill, chance, faults());
        }
        // One pull request of each provider at the same time.
        for member in 0..rest.members.len() {
            let pull = usize::try_from(random.below(PULLS as u64)).unwrap();
            let bad = random.below(2) == 0;
            let change = &mut changes[member * PULLS + pull];
            let text = if bad { format!("{BAD}# {kill}\n") } else { format!("# nothing but {kill}\n") };
            let file = format!("prod/orders-{pull}.tf");
            change.head = rest.members[member].push(change.number, &[(&file, Some(&text))]);
            change.bad = bad;
        }
        tokio::time::sleep(Duration::from_millis(random.below(2_000))).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    for member in &rest.members {
        member.forge.host().faults.heal();
    }
    let (child, _) = rest.program.start().await;
    let begin = Instant::now();
    while !all_problems(&rest, &changes).is_empty() {
        let log = std::fs::read_to_string(&rest.program.log).unwrap();
        let last: Vec<&str> = log.lines().rev().take(40).collect();
        assert!(begin.elapsed() < Duration::from_mins(3), "{:#?}\n{last:#?}", all_problems(&rest, &changes));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let recovered = begin.elapsed();
    // Earlier heads are closed, and events about the service's own comments are handled, in this time too.
    while !is_idle(&rest).await {
        assert!(begin.elapsed() < Duration::from_mins(3), "{}", rest.program.metrics().await);
    }
    terminate(child, &rest.program);
    assert_eq!(all_problems(&rest, &changes), Vec::<String>::new());
    let (deliveries, checks) = nothing_is_stuck(&rest).await;
    for member in &rest.members {
        assert_eq!(member.forge.violations(), Vec::<String>::new(), "{}", member.connection.provider);
    }
    println!(
        "{kind:?}: {} kills with {} providers at once: {deliveries} deliveries, {checks} checks: 0 lost, 0 duplicate, 0 \
         stuck; all heads right {recovered:?} after the last start",
        quick_or_all(KILLS),
        rest.members.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_providers_at_once_on_sqlite() {
    survives(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_providers_at_once_on_postgresql() {
    survives(Kind::Postgres).await;
}
