//! Two hosts on one PostgreSQL: one of them is killed, or stopped and continued later, while it works. The other takes
//! over, and late writes of the first one change nothing.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use palisade_fake_github::{Fault, Rule};
use palisade_tests::quick_or_all;
use rustix::process::{Pid, Signal, kill_process};

use crate::ledger;
use crate::process::Program;
use crate::siege::Siege;
use crate::world::{Kind, REPOSITORY};

/// What happens to the host that receives the deliveries.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// SIGKILL.
    Kill,
    /// SIGSTOP for that time, then SIGCONT.
    Stop(Duration),
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Waits until GitHub has the head's check, so that an evaluation is running on one of the hosts.
async fn begun(siege: &Siege) {
    let begin = Instant::now();
    let head = siege.changes[0].head().to_owned();
    while siege.fake.checks(REPOSITORY, &head).is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(20), "no check begins: {}", siege.log());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Another host on the database of the first, with its own files in a folder.
fn other_host(siege: &Siege, folder: &Path) -> Program {
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let key = siege.data.path().join("key");
    Program::with_key(folder, &data, &key, &siege.database, port, siege.fake.ca_pem())
}

/// F4: both of them publish while each write of a check is slow: one run a commit, and none is open.
#[tokio::test(flavor = "multi_thread")]
async fn both_publish_one_run() {
    // Longer than an evaluation takes, so that both of them have something to publish.
    let (pulls, slow) = quick_or_all(((8, 2_000), (40, 5_000)));
    let Some(mut siege) = Siege::prepare(Kind::Postgres, pulls).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let other = other_host(&siege, folder.path());
    let (second, _) = other.start().await;
    let (first, _) = siege.program.start().await;
    for method in ["POST", "PATCH"] {
        let slow = Fault::Slow(Duration::from_millis(slow));
        siege.fake.fail(Rule::new(method, "/check-runs", usize::MAX, slow));
    }
    for row in 0..pulls {
        siege.push(row, row % 2 == 0, "by both");
    }
    siege.all_right().await;
    // Requests under way may still write; older content must not stay.
    tokio::time::sleep(Duration::from_millis(slow + 2_000)).await;
    siege.all_right().await;
    println!("two hosts, writes of {slow} ms: {pulls} of {pulls} heads have one run");
    for child in [first, second] {
        siege.end(child);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_takes_over() {
    let Some(mut siege) = Siege::prepare(Kind::Postgres, 1).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let other = other_host(&siege, folder.path());
    let (second, _) = other.start().await;
    let stop = Blow::Stop(Duration::from_secs(9));
    let mut taken = Vec::new();
    let blows = [Blow::Kill, stop].into_iter().cycle().take(quick_or_all((4, 8)));
    for (round, blow) in blows.enumerate() {
        let (mut first, _) = siege.program.start().await;
        // Slow enough that the host is hit while it reads from Git.
        siege.fake.fail(Rule::new("POST", "/git-upload-pack", 4, Fault::Slow(Duration::from_millis(700))));
        siege.push(0, round % 2 == 1, &round.to_string());
        begun(&siege).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let at = Instant::now();
        match blow {
            Blow::Kill => siege.kill(&mut first),
            Blow::Stop(_) => {
                siege.kills.push(jiff::Timestamp::now());
                signal(&first, Signal::STOP);
            }
        }
        siege.all_right().await;
        taken.push((blow, at.elapsed()));
        siege.fake.heal();
        if let Blow::Stop(time) = blow {
            let before = siege.fake.checks(REPOSITORY, siege.changes[0].head());
            tokio::time::sleep(time.saturating_sub(at.elapsed())).await;
            signal(&first, Signal::CONT);
            tokio::time::sleep(Duration::from_secs(3)).await;
            let after = siege.fake.checks(REPOSITORY, siege.changes[0].head());
            let shown = |checks: &[palisade_fake_github::Check]| {
                checks
                    .iter()
                    .map(|it| (it.status.clone(), it.conclusion.clone(), it.annotations.len()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(shown(&before), shown(&after), "what the stopped host wrote late was taken");
            siege.kill(&mut first);
        }
    }
    for (blow, time) in &taken {
        println!("{blow:?}: the check was completed {time:?} after the blow");
    }
    // At most the time without a heartbeat after which a host counts as dead, the evaluation itself, and delays of a
    // busy machine.
    let most = taken.iter().map(|(_, time)| *time).max().unwrap();
    assert!(most < Duration::from_secs(15), "{most:?}");
    tokio::time::sleep(Duration::from_secs(12)).await;
    signal(&second, Signal::TERM);
    let mut second = second;
    assert!(second.wait().unwrap().success());
    let held = ledger::hold(&siege).await;
    println!("{} deliveries accepted of {}, {} checks", held.accepted, held.deliveries, held.checks);
}
