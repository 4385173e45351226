//! A service as a process of its own, a GitHub, and pull requests whose heads must each get the one right check,
//! whatever happens to the process.

use std::fs;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_fake_github::{FakeGitHub, Fault};
use palisade_store::Store;
use tempfile::TempDir;

use crate::process::{Program, Running};
use crate::serving::store_options;
use crate::world::{BAD, Kind, REPOSITORY, World};

/// A pull request and all its commits; the last one is its head.
pub(crate) struct Change {
    pub(crate) number: u64,
    pub(crate) commits: Vec<String>,
    /// Whether the head has a violation.
    bad: bool,
}

impl Change {
    pub(crate) fn head(&self) -> &str {
        self.commits.last().unwrap()
    }
}

/// Everything that outlives a process of the service.
pub(crate) struct Siege {
    pub(crate) kind: Kind,
    pub(crate) fake: Arc<FakeGitHub>,
    pub(crate) data: TempDir,
    pub(crate) database: String,
    pub(crate) integration: String,
    pub(crate) source: String,
    pub(crate) changes: Vec<Change>,
    pub(crate) program: Program,
    /// When the process was killed.
    pub(crate) kills: Vec<jiff::Timestamp>,
    pub(crate) secrets: [String; 2],
    _folder: TempDir,
}

/// Random numbers with a seed: xorshift, <https://www.jstatsoft.org/article/view/v008i14>.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Stops a process with SIGTERM, and asserts that it exits successfully.
pub(crate) fn terminate(mut child: Running, program: &Program) {
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success(), "{}", fs::read_to_string(&program.log).unwrap());
}

/// Faults of GitHub that occur at random.
pub(crate) fn faults() -> Vec<Fault> {
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

impl Siege {
    /// Sets a service up, with a number of pull requests that have their first checks, and stops it.
    pub(crate) async fn prepare(kind: Kind, pulls: usize) -> Option<Siege> {
        let world = World::start(kind).await?;
        let integration = world.integrate().await;
        let source = world.source(&integration, "Production", "/").await;
        let mut changes = Vec::new();
        for row in 0..pulls {
            let (number, sha) = world.pull(&format!("change-{row}"), &[("prod/orders.tf", Some(BAD))]);
            changes.push(Change { number, commits: vec![sha], bad: true });
        }
        for change in &changes {
            world.completed(change.head()).await;
        }
        let port = world.url.rsplit(':').next().unwrap().parse().unwrap();
        let secrets = [world.fake.app().private_key.clone(), world.fake.app().webhook_secret.clone()];
        let (fake, data, database) = world.stop().await;
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(folder.path(), data.path(), &database, port, fake.ca_pem());
        let kills = Vec::new();
        let siege = Siege {
            kind,
            fake,
            data,
            database,
            integration,
            source,
            changes,
            program,
            kills,
            secrets,
            _folder: folder,
        };
        siege.miss_a_slot().await;
        Some(siege)
    }

    /// The database, while no service owns its folder.
    pub(crate) async fn store(&self) -> Store {
        let options = store_options(&self.database, self.data.path());
        // The last task of the service releases the folder with a delay.
        for _ in 0..100 {
            match Store::open(&options).await {
                Ok(store) => return store,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        Store::open(&options).await.unwrap()
    }

    /// Sets the source's last scan to two days ago, so that the scan of this slot is due.
    async fn miss_a_slot(&self) {
        let store = self.store().await;
        let before = palisade_store::now_ms() - 48 * 3_600_000;
        store.sources().scanned(&self.source, before).await.unwrap();
        store.close().await.unwrap();
    }

    /// Pushes a violation or its fix to a pull request; `note` makes each commit differ.
    pub(crate) fn push(&mut self, row: usize, bad: bool, note: &str) {
        let text = if bad { format!("{BAD}# {note}\n") } else { format!("# nothing but {note}\n") };
        let change = &mut self.changes[row];
        let sha = self.fake.push(REPOSITORY, change.number, &[("prod/orders.tf", Some(&text))]).unwrap();
        change.commits.push(sha);
        change.bad = bad;
    }

    /// Kills the process with SIGKILL, which it cannot handle.
    pub(crate) fn kill(&mut self, child: &mut Child) {
        self.kills.push(jiff::Timestamp::now());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Heads without one completed check with the right conclusion.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for change in &self.changes {
            let checks = self.fake.checks(REPOSITORY, change.head());
            let expected = if change.bad { "failure" } else { "success" };
            match &checks[..] {
                [check] if check.status == "completed" && check.conclusion.as_deref() == Some(expected) => {}
                other => wrong.push(format!(
                    "#{} {} should be {expected}: {other:#?}",
                    change.number,
                    change.head()
                )),
            }
        }
        wrong
    }

    /// Waits until every head has its check; returns how long that took.
    pub(crate) async fn all_right(&self) -> Duration {
        let begin = Instant::now();
        loop {
            let wrong = self.wrong();
            if wrong.is_empty() {
                return begin.elapsed();
            }
            assert!(begin.elapsed() < Duration::from_mins(3), "{wrong:#?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The log of all processes.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.program.log).unwrap()
    }

    /// Stops the process.
    pub(crate) fn end(&self, child: Running) {
        terminate(child, &self.program);
    }
}
