//! The service is killed, again and again, while pull requests are pushed to and GitHub misbehaves. Afterwards every
//! accepted delivery has an end, and every open pull request has the one check that it should have.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use palisade_fake_github::Fault;
use palisade_store::{DeliveryState, KeySource, Page, Store, StoreOptions};

use crate::process::Program;
use crate::world::{BAD, Kind, REPOSITORY, World};

/// How often it is killed on each database.
const KILLS: u64 = 100;
/// How many pull requests are open.
const PULLS: usize = 4;

/// Random numbers with a seed: xorshift, <https://www.jstatsoft.org/article/view/v008i14>.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::status(500, "broken"),
        Fault::status(502, "bad gateway"),
        Fault::Reset,
        Fault::ResetAfter,
        Fault::Truncated,
        Fault::Slow(Duration::from_millis(300)),
        Fault::retry_after(429, "1"),
    ]
}

fn middle(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() - 1])
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn it_survives(kind: Kind) {
    let Some(world) = World::start(kind).await else { return };
    let integration = world.integrate().await;
    world.source(&integration, "Production", "/").await;
    let mut heads: Vec<(u64, String, bool)> = (0..PULLS)
        .map(|row| {
            let (number, sha) = world.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
            (number, sha, true)
        })
        .collect();
    for (_, sha, _) in &heads {
        world.completed(sha).await;
    }
    let port = world.url.rsplit(':').next().unwrap().parse().unwrap();
    let secrets = [world.fake.app().private_key.clone(), world.fake.app().webhook_secret.clone()];
    let (fake, data, database) = world.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path(), data.path(), &database, port, fake.ca_pem());

    let seed = std::env::var("PALISADE_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(0x5eed);
    println!("{kind:?}: seed {seed}");
    let mut random = Random(seed);
    let mut ready = Vec::new();
    for kill in 0..KILLS {
        let (mut child, took) = program.start().await;
        ready.push(took);
        if kill % 3 == 0 {
            fake.chaos(seed + kill, 0.15, faults());
        } else {
            fake.heal();
        }
        let row = usize::try_from(random.below(PULLS as u64)).unwrap();
        // Every other push mends what is wrong, so that the check to expect is another one each time.
        let bad = random.below(2) == 0;
        let text = if bad { format!("{BAD}# {kill}\n") } else { format!("# nothing but {kill}\n") };
        let sha = fake.push(REPOSITORY, heads[row].0, &[("prod/orders.tf", Some(&text))]).unwrap();
        heads[row] = (heads[row].0, sha, bad);
        if kill % 2 == 0 {
            // At a step: after so many more requests of it.
            let (begin, until) = (Instant::now(), fake.requests().len() as u64 + random.below(24));
            while (fake.requests().len() as u64) < until && begin.elapsed() < Duration::from_secs(2) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        } else {
            tokio::time::sleep(Duration::from_millis(random.below(800))).await;
        }
        // SIGKILL: nothing of it can be caught.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    fake.heal();
    let (mut child, _) = program.start().await;
    let recovery = Instant::now();
    let state = || {
        let mut wrong = Vec::new();
        for (number, sha, bad) in &heads {
            let checks = fake.checks(REPOSITORY, sha);
            let expected = if *bad { "failure" } else { "success" };
            match &checks[..] {
                [check] if check.status == "completed" && check.conclusion.as_deref() == Some(expected) => {}
                other => wrong.push(format!("#{number} {sha} should be {expected}: {other:#?}")),
            }
        }
        wrong
    };
    loop {
        let wrong = state();
        if wrong.is_empty() {
            break;
        }
        let log = || fs::read_to_string(&program.log).unwrap();
        assert!(recovery.elapsed() < Duration::from_mins(3), "{wrong:#?}\n{}", log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let recovered = recovery.elapsed();
    // What was begun for earlier heads comes to its end too.
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(state(), Vec::<String>::new());
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{}", fs::read_to_string(&program.log).unwrap());

    // The ledger.
    assert_eq!(fake.violations(), Vec::<String>::new());
    let store = Store::open(&StoreOptions {
        url: database,
        data_folder: data.path().to_owned(),
        key: KeySource::File(data.path().join("key")),
        readers: 2,
    })
    .await
    .unwrap();
    // (a) Each delivery that was accepted has one row, with an end.
    let mut rows: BTreeMap<String, DeliveryState> = BTreeMap::new();
    let mut page = Page::first(1_000);
    loop {
        let some = store.deliveries().list(&page).await.unwrap();
        for it in &some {
            assert_eq!(rows.insert(it.event_id.clone(), it.state), None, "{} twice", it.event_id);
        }
        let Some(last) = some.last().filter(|_| some.len() == 1_000) else { break };
        page = Page::after(&last.id, 1_000);
    }
    let accepted: Vec<_> = fake.deliveries().into_iter().filter(|it| it.status_code == 202).collect();
    for it in &accepted {
        assert!(
            matches!(rows.get(&it.guid), Some(DeliveryState::Done | DeliveryState::Ignored)),
            "{} {:?}",
            it.event,
            rows.get(&it.guid)
        );
    }
    // (b) was held above. (c), (d) No check of an earlier head is open, none of them was ever written twice over.
    for (number, sha, _) in &heads {
        assert_eq!(fake.pull(REPOSITORY, *number).unwrap().head_sha, *sha);
    }
    let mut checks = 0;
    let mut page = Page::first(1_000);
    loop {
        let some = store.checks().list(&integration, &page).await.unwrap();
        for row in &some {
            let at_github = fake.checks(REPOSITORY, &row.head_sha);
            assert_eq!(at_github.len(), 1, "one check a commit: {at_github:#?}");
            assert_eq!(at_github[0].status, "completed", "{at_github:#?}");
            assert_eq!(row.published_seq, row.seq);
            let current = heads.iter().any(|(_, sha, _)| *sha == row.head_sha);
            if !current {
                assert!(matches!(
                    at_github[0].conclusion.as_deref(),
                    Some("cancelled" | "success" | "failure")
                ));
            }
            checks += 1;
        }
        let Some(last) = some.last().filter(|_| some.len() == 1_000) else { break };
        page = Page::after(&last.id, 1_000);
    }
    // (f) No secret in what was logged or stored.
    let mut files: Vec<Vec<u8>> = vec![fs::read(&program.log).unwrap()];
    files.extend(fs::read_dir(data.path()).unwrap().flatten().filter_map(|it| fs::read(it.path()).ok()));
    for secret in &secrets {
        let line = secret.lines().find(|it| !it.starts_with("-----")).unwrap();
        for file in &files {
            assert!(!file.windows(line.len()).any(|it| it == line.as_bytes()), "a secret at rest");
        }
    }
    for file in &files {
        assert!(!file.windows(4).any(|it| it == b"ghs_"), "a token at rest");
    }
    // (h)
    store.check().await.unwrap();
    store.close().await.unwrap();
    let (middle, most) = middle(&mut ready);
    println!(
        "{kind:?}: {KILLS} kills, {} deliveries accepted of {}, {checks} checks; ready after {middle:?} (at most {most:?}), \
         all heads right {recovered:?} after the last start",
        accepted.len(),
        fake.deliveries().len(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    it_survives(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    it_survives(Kind::Postgres).await;
}
