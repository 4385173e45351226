//! How fast the service is: deliveries that are accepted (signature checked, durable) per second, and the time from a
//! webhook to the completed check. `cargo xtask bench` runs it on both databases; the load comes from the same cores.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use palisade_fake_github::{FakeGitHub, Options, signature};
use palisade_fake_host::Forge;
use palisade_tests::served::{Failure, Served, Setup};

/// The number of concurrent callers, and how long they call.
const CALLERS: usize = 64;
const CALLING: Duration = Duration::from_secs(10);
/// Bytes of a delivery: about those of a `pull_request` event.
const BODY: usize = 8 << 10;
/// Pull requests per second, and for how long.
const PULLS_PER_SECOND: u32 = 5;
const PULLING: u32 = 20;

const CHANGE: &str =
    "resource \"aws_db_instance\" \"orders\" {\n  engine = \"postgres\"\n  publicly_accessible = true\n}\n";

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let row = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(row).copied().unwrap_or_default()
}

/// Deliveries of events without an effect, so that only their acceptance is measured.
async fn accepted(served: &Served, fake: &FakeGitHub) -> Result<(usize, Vec<Duration>), Failure> {
    let hook = format!("{}/hooks/{}", served.base, served.connection);
    let secret = fake.app().webhook_secret.clone();
    let count = Arc::new(AtomicUsize::new(0));
    let end = Instant::now() + CALLING;
    let callers = (0..CALLERS).map(|caller| {
        let (hook, secret, count) = (hook.clone(), secret.clone(), Arc::clone(&count));
        tokio::spawn(async move {
            let client = reqwest::Client::new();
            let mut times = Vec::new();
            let mut row = 0;
            while Instant::now() < end {
                let body = format!("{{\"zen\":\"{caller}-{row}\",\"filler\":\"{}\"}}", "x".repeat(BODY));
                let begin = Instant::now();
                let answer = client
                    .post(&hook)
                    .header("x-github-event", "star")
                    .header("x-github-delivery", format!("{caller}-{row}"))
                    .header("x-hub-signature-256", signature(&secret, body.as_bytes()))
                    .body(body)
                    .send()
                    .await?;
                if answer.status() != 202 {
                    return Err(Failure::from(format!("answer {}", answer.status())));
                }
                times.push(begin.elapsed());
                count.fetch_add(1, Ordering::Relaxed);
                row += 1;
            }
            Ok(times)
        })
    });
    let mut all = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        all.extend(caller.await??);
    }
    all.sort();
    Ok((count.load(Ordering::Relaxed), all))
}

/// A repository of 200 files, and pull requests to it at a constant rate.
async fn checked(served: &Served, fake: &FakeGitHub, integration: &str) -> Result<Vec<Duration>, Failure> {
    let manifest = |row: usize| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-{row}\ndata:\n  row: \"{row}\"\n"
        )
    };
    let files: Vec<(String, String)> =
        (0..200).map(|row| (format!("apps/{row}.yaml"), manifest(row))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Forge::add_repository(fake, "acme/apps", &files)?;
    served.add_source(integration, "acme/apps").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let begin = Instant::now();
    let mut opened = Vec::new();
    for row in 0..PULLS_PER_SECOND * PULLING {
        let due = begin + Duration::from_secs(1) * row / PULLS_PER_SECOND;
        tokio::time::sleep_until(due.into()).await;
        let branch = format!("change-{row}");
        let sha = fake.commit("acme/apps", &branch, &[("infrastructure/orders.tf", Some(CHANGE))])?;
        let at = jiff::Timestamp::now();
        fake.open_pull("acme/apps", &branch, "main")?;
        opened.push((sha, at));
    }
    let mut times = Vec::new();
    for (sha, at) in opened {
        loop {
            let checks = fake.checks("acme/apps", &sha);
            let done = checks.iter().find(|it| it.status == "completed");
            if let Some(write) = done.and_then(|it| it.history.last()) {
                let end: jiff::Timestamp = write.time.parse()?;
                times.push(Duration::try_from(end.duration_since(at))?);
                break;
            }
            if begin.elapsed() > Duration::from_mins(5) {
                return Err(format!("no check: {checks:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    times.sort();
    Ok(times)
}

async fn run(program: &Path, name: &str, database: &str) -> Result<(), Failure> {
    let fake = Arc::new(FakeGitHub::start(Options::default()).await?);
    fake.add_installation(fake.account());
    let forge: Arc<dyn Forge> = fake.clone();
    let mut served = Served::start(program, database, forge, Setup { tls: false, verbose: false }).await?;
    let integration = served.connect().await?;
    // Measured before the deliveries, which leave work that checks would wait for.
    let times = checked(&served, &fake, &integration).await?;
    let [half, most, all] = [50, 95, 99].map(|it| percentile(&times, it).as_millis());
    println!(
        "{name}: webhook to completed check at {PULLS_PER_SECOND} pull requests a second, 200 files: p50 {half} ms, p95 {most} ms, \
         p99 {all} ms ({} checks)",
        times.len()
    );
    let (count, times) = accepted(&served, &fake).await?;
    let rate = count as f64 / CALLING.as_secs_f64();
    let [half, most] = [50, 99].map(|it| percentile(&times, it).as_secs_f64() * 1e3);
    println!(
        "{name}: {rate:.0} deliveries accepted a second ({CALLERS} callers, {BODY} bytes; p50 {half:.1} ms, p99 {most:.1} ms)"
    );
    match fake.violations().first() {
        Some(it) => Err(format!("a request that GitHub's own description refuses: {it}").into()),
        None => Ok(()),
    }
}

async fn both(program: &Path) -> Result<(), Failure> {
    run(program, "SQLite", "sqlite:").await?;
    if let Some(server) = palisade_store::testing::Postgres::start_durable()? {
        return run(program, "PostgreSQL", &server.database().await?).await;
    }
    println!("SKIPPED: PostgreSQL not found on this machine");
    Ok(())
}

fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("service-bench PALISADE: run `cargo xtask bench`");
        return ExitCode::from(2);
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("service-bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(both(&program)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("service-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
