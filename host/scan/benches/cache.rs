//! Time of a scan with a cache: `cargo bench -p palisade-scan --bench cache [-- COUNT…]`.
//!
//! Three trees for each count: that many Kubernetes manifests, one resource each, with many findings and with few, and
//! about that many resources of Terraform in configurations of 100. Each is scanned without a cache, with an empty one, with nothing changed, and
//! with one file changed.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_catalog::Catalog;
use palisade_scan::{Cache, Request};

use crate::common::Failure;

fn write(path: PathBuf, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, text)?)
}

/// The settings that most controls require.
const HARDENED: &str = "          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            privileged: false
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
            seccompProfile: { type: RuntimeDefault }
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { cpu: 100m, memory: 128Mi }
          livenessProbe: { httpGet: { path: /, port: 8080 } }
          readinessProbe: { httpGet: { path: /, port: 8080 } }
";

fn manifest(top: &Path, number: usize, image: &str, more: &str) -> Result<(), Failure> {
    let text = format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: apps
spec:
  replicas: 2
  selector:
    matchLabels: {{ app: app-{number} }}
  template:
    metadata:
      labels: {{ app: app-{number} }}
    spec:
      automountServiceAccountToken: false
      containers:
        - name: web
          image: {image}
          ports:
            - containerPort: 8080
          env:
            - name: MODE
              value: production
{more}"
    );
    write(top.join(format!("apps/{}/{number}.yaml", number / 100)), &text)
}

fn stack(top: &Path, number: usize, tag: &str) -> Result<(), Failure> {
    let mut text = "module \"app\" {\n  source = \"../../modules/app\"\n}\n".to_owned();
    for resource in 0..90 {
        writeln!(
            text,
            "resource \"aws_s3_bucket\" \"b{resource}\" {{\n  bucket = \"s{number}-{resource}\"\n  tags = {{ stack = \
             \"{tag}\" }}\n}}"
        )?;
    }
    write(top.join(format!("stacks/s{number}/main.tf")), &text)
}

fn module(top: &Path) -> Result<(), Failure> {
    let text = "resource \"aws_sqs_queue\" \"q\" {\n  count = 10\n  name = \"q-${count.index}\"\n}\n";
    write(top.join("modules/app/main.tf"), text)
}

fn scan(catalog: &Catalog, top: &Path, cache: Option<&Path>) -> Result<(Duration, String), Failure> {
    let jobs = 2;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(jobs)
        .max_blocking_threads(jobs + 2)
        .enable_all()
        .build()?;
    let request = common::request(top, jobs)?;
    let began = Instant::now();
    let cache = cache.map(|folder| Arc::new(Cache::open(folder.to_owned(), &[7; 32], Cache::LIMIT)));
    let opened = began.elapsed();
    let request = Request { cache, ..request };
    let report = runtime.block_on(palisade_scan::scan(catalog, &request))?;
    let took = began.elapsed();
    let summary = report.summary;
    let summary = format!(
        "{} files, {} resources, {} findings, opened in {:.0} ms",
        summary.files.seen,
        summary.resources,
        report.results.len(),
        opened.as_secs_f64() * 1e3
    );
    Ok((took, summary))
}

fn measure(
    catalog: &Catalog,
    name: &str,
    top: &Path,
    change: &dyn Fn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let kept = tempfile::tempdir()?;
    let cache = Some(kept.path());
    let none = scan(catalog, top, None)?;
    let again = scan(catalog, top, None)?;
    let cold = scan(catalog, top, cache)?;
    let warm = scan(catalog, top, cache)?;
    change()?;
    let changed = scan(catalog, top, cache)?;
    let bytes: u64 =
        fs::read_dir(kept.path())?.flatten().filter_map(|it| it.metadata().ok()).map(|it| it.len()).sum();
    println!("{name}: {} KiB on disk", bytes >> 10);
    for (what, (took, summary)) in
        [("none", none), ("none again", again), ("cold", cold), ("warm", warm), ("one file changed", changed)]
    {
        println!("  {what}: {:.3} s ({summary})", took.as_secs_f64());
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let given = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let mut counts: Vec<usize> = given.collect();
    if counts.is_empty() {
        counts = vec![1_000, 10_000];
    }
    let catalog = common::catalog()?;
    for count in counts {
        for (kind, more) in [("plain", ""), ("hardened", HARDENED)] {
            let top = tempfile::tempdir()?;
            for number in 0..count {
                manifest(top.path(), number, "nginx:1.27", more)?;
            }
            let change = || manifest(top.path(), count / 2, "nginx:1.28", more);
            measure(&catalog, &format!("{count} {kind} manifests"), top.path(), &change)?;
        }

        let top = tempfile::tempdir()?;
        module(top.path())?;
        for number in 0..count / 100 {
            stack(top.path(), number, "one")?;
        }
        let change = || stack(top.path(), count / 200, "two");
        measure(&catalog, &format!("{count} resources of Terraform"), top.path(), &change)?;
    }
    Ok(())
}
