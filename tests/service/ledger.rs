//! The invariants of the service, checked when it is idle and its process has ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jiff::{SignedDuration, Timestamp};
use palisade_store::{DeliveryState, Page, ScanKind, ScanState, Trigger};

use crate::siege::{Change, Siege};
use crate::world::REPOSITORY;

/// The counts of a check of the ledger.
pub(crate) struct Held {
    pub(crate) deliveries: usize,
    pub(crate) accepted: usize,
    pub(crate) checks: usize,
    pub(crate) waits: usize,
}

/// How long a request may have been under way when the response to another one requested a pause.
const UNDER_WAY: SignedDuration = SignedDuration::from_millis(400);
/// How long the publishing of a check may have been under way: up to four requests, each of which a fault may delay by
/// 300 ms.
const PUBLISHING: SignedDuration = SignedDuration::from_millis(4 * 300 + 400);

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// (c) When the newer head of a pull request has been written to, an older one's check is only closed: it gets no new
/// verdict, and stays closed. A commit that several pull requests have had is exempt: it is judged for as long as one
/// of them has it as its head.
fn no_older_head_is_judged_after_a_newer_one(siege: &Siege) {
    for change in &siege.changes {
        let writes: Vec<_> = change
            .commits
            .iter()
            .map(|sha| {
                siege.fake.checks(REPOSITORY, sha).into_iter().flat_map(|it| it.history).collect::<Vec<_>>()
            })
            .collect();
        for (row, older) in writes.iter().enumerate() {
            let newer =
                writes.iter().skip(row + 1).filter_map(|it| it.first()).map(|it| time(&it.time)).min();
            let Some(newer) = newer else { continue };
            let has = |other: &&Change| other.commits.contains(&change.commits[row]);
            if siege.changes.iter().filter(has).count() > 1 {
                continue;
            }
            let late: Vec<_> = older.iter().filter(|it| time(&it.time) > newer + PUBLISHING).collect();
            for write in late {
                assert_eq!(
                    write.body["conclusion"], "cancelled",
                    "#{}: {} was written to after a newer head: {:#}",
                    change.number, change.commits[row], write.body
                );
            }
        }
    }
}

/// (i) After a response that requests a pause, no request is made for that installation until it is over. Requests
/// under way at that time do not count, nor those of a process that was killed before it could store the pause.
fn pauses_are_kept(siege: &Siege) -> usize {
    let requests = siege.fake.requests();
    let of_installation = |path: &str| !path.starts_with("/api/v3/app");
    let mut waits = 0;
    for (row, it) in requests.iter().enumerate() {
        if it.status != 429 || !of_installation(&it.path) {
            continue;
        }
        let at = time(&it.time);
        let forgotten = siege.kills.iter().any(|kill| *kill >= at && *kill < at + UNDER_WAY);
        if forgotten {
            continue;
        }
        waits += 1;
        for next in requests.iter().skip(row + 1).filter(|it| of_installation(&it.path)) {
            let next_at = time(&next.time);
            let early = next_at > at + UNDER_WAY && next_at < at + SignedDuration::from_millis(950);
            assert!(
                !early,
                "{} {} came {:?} after a pause of 1 s was asked for",
                next.method,
                next.path,
                next_at - at
            );
        }
    }
    waits
}

/// Checks all invariants.
pub(crate) async fn hold(siege: &Siege) -> Held {
    assert_eq!(siege.fake.violations(), Vec::<String>::new());
    // (b), and (d) for the heads.
    assert_eq!(siege.wrong(), Vec::<String>::new());
    let store = siege.store().await;
    // (a) Each accepted delivery has one row, in a final state.
    let mut rows: BTreeMap<String, DeliveryState> = BTreeMap::new();
    let list = async |page: Page| store.deliveries().list(&page).await;
    for it in Page::every(list, |it| &it.id).await.unwrap() {
        assert_eq!(rows.insert(it.event_id.clone(), it.state), None, "{} twice", it.event_id);
    }
    let deliveries = siege.fake.deliveries();
    let accepted: Vec<_> = deliveries.iter().filter(|it| it.status_code == 202).collect();
    for it in &accepted {
        let state = rows.get(&it.guid);
        let ended = matches!(state, Some(DeliveryState::Done | DeliveryState::Ignored));
        assert!(ended, "{} {} {state:?}", it.event, it.guid);
    }
    no_older_head_is_judged_after_a_newer_one(siege);
    // (d) No check is open, at GitHub or here, and there is one check a commit.
    let list = async |page: Page| store.checks().list(&siege.integration, &page).await;
    let checks = Page::every(list, |it| &it.id).await.unwrap();
    for row in &checks {
        let at_github = siege.fake.checks(REPOSITORY, &row.head_sha);
        assert_eq!(at_github.len(), 1, "one check a commit: {at_github:#?}");
        assert_eq!(at_github[0].status, "completed", "{at_github:#?}");
        assert_eq!(row.published_seq, row.seq, "{row:#?}");
    }
    // (e) The missed slot has one scan, and no scan is open.
    let list = async |page: Page| store.scans().of_source(&siege.source, &page).await;
    let scans = Page::every(list, |it| &it.id).await.unwrap();
    let scheduled: Vec<_> = scans.iter().filter(|it| it.trigger == Trigger::Schedule).collect();
    let slots: BTreeSet<_> = scheduled.iter().map(|it| it.slot).collect();
    assert_eq!((scheduled.len(), slots.len()), (1, 1), "{scheduled:#?}");
    assert_eq!(scheduled[0].state, ScanState::Done);
    let open = scans.iter().filter(|it| matches!(it.state, ScanState::Waiting | ScanState::Running));
    let open: Vec<_> = open.filter(|it| it.kind == ScanKind::Full).collect();
    assert!(open.is_empty(), "{open:#?}");
    // (f) No secret is in the log or the database.
    let mut files: Vec<Vec<u8>> = vec![fs::read(&siege.program.log).unwrap()];
    files
        .extend(fs::read_dir(siege.data.path()).unwrap().flatten().filter_map(|it| fs::read(it.path()).ok()));
    let mut needles: Vec<&str> = vec!["ghs_"];
    needles.extend(siege.secrets.iter().map(|it| it.lines().find(|it| !it.starts_with("-----")).unwrap()));
    for needle in needles {
        for file in &files {
            assert!(!file.windows(needle.len()).any(|it| it == needle.as_bytes()), "a secret at rest");
        }
    }
    // (g) No job was tried more often than allowed.
    assert_eq!(palisade_store::testing::overtried(&store).await.unwrap(), 0);
    // (h)
    store.check().await.unwrap();
    store.close().await.unwrap();
    let waits = pauses_are_kept(siege);
    Held { deliveries: deliveries.len(), accepted: accepted.len(), checks: checks.len(), waits }
}
