//! How fast Terraform is read: `cargo bench -p palisade-scan --bench terraform [-- RESOURCES… FOLDER…]`.
//!
//! A tree is generated for each number of resources: modules of 100 resources each, called with `count`,
//! `for_each` and plainly, policies and references between resources among them. The same parser code runs
//! natively on one thread and in its sandbox on one and on two. `unit` is the same with every resource in one
//! configuration, the worst case for memory. A folder is measured as it stands. Prints time, resources and megabytes per second, and the peak of
//! resident memory so far.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_catalog::{Catalog, Compiler, Host};
use palisade_domain::{Gate, Target};
use palisade_parser_terraform::Terraform;
use palisade_sandbox::Sandbox;
use palisade_scan::{Environments, RepositoryConfig, Request, Selection};
use palisade_sdk::parser::{Entry, EntryKind, Environment, Parser, ReadError, Tree, Work};
use palisade_source::{FolderSnapshot, Limits, Snapshot, TreePath};

type Failure = Box<dyn std::error::Error>;

/// A module of 100 resources.
const MODULE: &str = r#"
variable "name" { type = string }
variable "tags" {
  type    = map(string)
  default = {}
}
variable "zones" { default = ["a", "b", "c", "d"] }
locals {
  prefix = "${var.name}-prod"
  tags   = merge(var.tags, { module = local.prefix })
}
resource "aws_s3_bucket" "data" {
  count  = 20
  bucket = "${local.prefix}-${count.index}"
  tags   = local.tags
}
resource "aws_s3_bucket_public_access_block" "data" {
  count               = 20
  bucket              = aws_s3_bucket.data[count.index].id
  block_public_acls   = true
  block_public_policy = count.index % 2 == 0
}
resource "aws_security_group" "group" {
  for_each = toset(var.zones)
  name     = "${local.prefix}-${each.key}"
  dynamic "ingress" {
    for_each = [22, 80, 443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}
resource "aws_iam_policy" "policy" {
  count = 16
  name  = "${local.prefix}-${count.index}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:Get*", "s3:List*"]
      Resource = [aws_s3_bucket.data[count.index].arn, "${aws_s3_bucket.data[count.index].arn}/*"]
    }]
  })
}
resource "aws_sqs_queue" "queue" {
  count                      = 40
  name                       = format("%s-%02d", local.prefix, count.index)
  visibility_timeout_seconds = 30 + count.index
  tags                       = merge(local.tags, { index = count.index })
}
"#;

/// Writes a tree of about that many resources, in configurations of at most `each`; gives its bytes.
fn generate(top: &Path, resources: usize, each: usize) -> Result<u64, Failure> {
    let mut bytes = 0u64;
    let mut write = |path: PathBuf, text: &str| -> Result<(), Failure> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        bytes += text.len() as u64;
        fs::write(path, text)?;
        Ok(())
    };
    write(top.join("modules/app/main.tf"), MODULE)?;
    let per = (each / 100).max(1);
    for stack in 0..resources.div_ceil(each) {
        let mut main = String::new();
        for call in 0..per {
            writeln!(
                main,
                "module \"app{call}\" {{\n  source = \"../../modules/app\"\n  name   = \"s{stack}c{call}\"\n  \
                 tags   = {{ stack = \"{stack}\" }}\n}}"
            )?;
        }
        write(top.join(format!("stacks/s{stack}/main.tf")), &main)?;
    }
    Ok(bytes)
}

/// A folder as the parser sees it natively.
struct Folder(PathBuf);

impl Tree for Folder {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let entries = fs::read_dir(self.0.join(folder)).map_err(|_| ReadError::Absent)?;
        let mut names: Vec<Entry> = entries
            .flatten()
            .map(|it| Entry {
                name: it.file_name().to_string_lossy().into_owned(),
                kind: if it.path().is_dir() { EntryKind::Folder } else { EntryKind::File },
                size: 0,
            })
            .collect();
        names.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(names)
    }
    fn read_text(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(self.0.join(path)).map_err(|_| ReadError::Absent)
    }
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(self.0.join(path)).map_err(|_| ReadError::Absent)
    }
    fn stat(&self, path: &str) -> Option<Entry> {
        let meta = fs::metadata(self.0.join(path)).ok()?;
        let kind = if meta.is_dir() { EntryKind::Folder } else { EntryKind::File };
        Some(Entry { name: path.to_owned(), kind, size: meta.len() })
    }
}

fn files(top: &Path, under: &Path, found: &mut Vec<String>) -> Result<(), Failure> {
    for entry in fs::read_dir(under)? {
        let path = entry?.path();
        if path.is_dir() {
            files(top, &path, found)?;
        } else {
            found.push(path.strip_prefix(top)?.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

fn native(top: &Path) -> Result<(usize, Duration), Failure> {
    let tree = Folder(top.to_owned());
    let mut candidates = Vec::new();
    files(top, top, &mut candidates)?;
    candidates.sort();
    let began = Instant::now();
    let units = Terraform.claim(&tree, &candidates).map_err(|error| format!("{error:?}"))?;
    let mut resources = 0;
    for unit in units {
        let rows = unit.owned.iter().chain(&unit.shared);
        let files = rows.filter_map(|row| candidates.get(*row as usize).cloned()).collect();
        let work = Work { root: unit.root, format: "terraform".to_owned(), files };
        let parsed = Terraform.parse(&tree, &work, &[], &Environment::default());
        resources += parsed.map_err(|error| format!("{error:?}"))?.batch.resources.len();
    }
    Ok((resources, began.elapsed()))
}

fn sandboxed(catalog: &Catalog, top: &Path, jobs: usize) -> Result<(usize, Duration), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(jobs).enable_all().build()?;
    let snapshot: Arc<dyn Snapshot> = Arc::new(FolderSnapshot::open(top, Limits::default())?);
    let request = Request {
        snapshot,
        path: TreePath::parse("")?,
        target: Target { path: ".".to_owned(), rev: None, base: None, date: "2026-01-01".to_owned() },
        config: RepositoryConfig::default(),
        environments: Environments::default(),
        modules: None,
        selection: Selection::default(),
        gate: Gate { fail_on: None, strict: false },
        list_passed: false,
        jobs,
        today: jiff::civil::date(2026, 1, 1),
        observer: Arc::new(|_| {}),
        cache: None,
    };
    let began = Instant::now();
    let tree = runtime.block_on(palisade_scan::parse(catalog, &request))?;
    let took = began.elapsed();
    if let Some(error) = tree.errors.first() {
        return Err(format!("{error:?}").into());
    }
    Ok((tree.batches.iter().map(|(_, it)| it.resources.len()).sum(), took))
}

fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|it| it.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

#[expect(clippy::cast_precision_loss, reason = "figures for a reader")]
fn tell(name: &str, bytes: u64, (resources, took): (usize, Duration)) {
    let seconds = took.as_secs_f64();
    println!(
        "{name}: {resources} resources in {seconds:.3} s, {:.0} resources/s, {:.2} MB/s, peak {} MiB",
        resources as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        peak_mib()
    );
}

/// Measures a tree in every way.
fn measure(catalog: &Catalog, name: &str, top: &Path, bytes: u64) -> Result<(), Failure> {
    for jobs in [1, 2] {
        tell(&format!("{name}, sandboxed, {jobs} threads"), bytes, sandboxed(catalog, top, jobs)?);
    }
    tell(&format!("{name}, native, 1 thread"), bytes, native(top)?);
    Ok(())
}

fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let mut sizes: Vec<usize> = given.iter().filter_map(|it| it.parse().ok()).collect();
    let folders: Vec<&String> = given.iter().filter(|it| it.parse::<usize>().is_err()).collect();
    if given.is_empty() {
        sizes = vec![1_000, 10_000, 100_000];
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sandbox = Arc::new(Sandbox::new(2)?);
    let compiler = Compiler { program: PathBuf::new(), arguments: Vec::new() };
    let host = Host { sandbox, cache: None, compiler };
    let catalog = runtime.block_on(Catalog::load(&host, None, &[]))?;
    for size in sizes {
        for (shape, each) in [("tree", 1_000), ("unit", size)] {
            let top = tempfile::tempdir()?;
            let bytes = generate(top.path(), size, each)?;
            measure(&catalog, &format!("{shape} {size}"), top.path(), bytes)?;
        }
    }
    for folder in folders {
        let top = Path::new(folder);
        let mut paths = Vec::new();
        files(top, top, &mut paths)?;
        let read = |path: &String| fs::metadata(top.join(path)).map_or(0, |it| it.len());
        let bytes =
            paths.iter().filter(|it| [".tf", ".tf.json"].iter().any(|end| it.ends_with(end))).map(read);
        measure(&catalog, folder, top, bytes.sum())?;
    }
    Ok(())
}
