//! What the administrator of a host sees during an error: the log, the figures, and `palisade doctor`.

use std::time::{Duration, Instant};

use palisade_fake_github::{Fault, Rule};

use crate::siege::Siege;
use crate::world::Kind;

/// F10: the log, the figures and `palisade doctor` show why a job fails, until it no longer fails.
async fn a_failing_job_is_seen(kind: Kind) {
    let Some(mut siege) = Siege::prepare(kind, 1).await else { return };
    let (child, _) = siege.program.start().await;
    siege.fake.fail(Rule::new("GET", "/pulls/[0-9]+$", usize::MAX, Fault::status(500, "broken")));
    siege.push(0, false, "which fails");
    let begin = Instant::now();
    let logged = |text: &str| {
        text.lines().any(|it| {
            it.contains("a job failed") && it.contains("evaluate") && it.contains("GitHub returns 500")
        })
    };
    while !logged(&siege.log()) {
        assert!(begin.elapsed() < Duration::from_secs(30), "{}", siege.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let figures = siege.program.metrics().await;
    let failed = |it: &str| {
        it.starts_with("palisade_jobs_total") && it.contains("\"evaluate\"") && it.contains("\"failed\"")
    };
    assert!(figures.lines().any(failed), "{figures}");
    let text = loop {
        // Shown while the job waits between two attempts.
        let text = siege.program.doctor();
        if text.contains("failed and will be tried again") {
            break text;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "{text}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!(text.contains("GitHub returns 500"), "{text}");
    println!("{kind:?}, while it fails:\n{text}");
    siege.fake.heal();
    siege.all_right().await;
    siege.end(child);
    let text = siege.program.doctor();
    assert!(text.contains("none failed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_is_seen_on_both() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        a_failing_job_is_seen(kind).await;
    }
}
