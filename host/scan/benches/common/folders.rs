//! Folders for parsers that run natively: a generated tree of Terraform, and any folder.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_sdk::parser::{Entry, EntryKind, ReadError, Tree};
use palisade_source::{Content, FolderSnapshot, Limits, Snapshot, TreePath};

use crate::common::Failure;

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

/// Writes a tree of about `resources` resources, in configurations of at most `each`; returns its size in bytes.
pub(crate) fn generate(top: &Path, resources: usize, each: usize) -> Result<u64, Failure> {
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

/// A folder for a native parser, read as the host reads it for a guest.
pub(crate) struct Folder(pub(crate) Arc<dyn Snapshot>);

impl Folder {
    pub(crate) fn open(top: &Path) -> Result<Folder, Failure> {
        Ok(Folder(Arc::new(FolderSnapshot::open(top, Limits::default())?)))
    }

    fn read(&self, path: &str) -> Result<Content, ReadError> {
        let path = TreePath::parse(path).map_err(|_| ReadError::Outside)?;
        self.0.read(&path).map_err(|_| ReadError::Absent)
    }
}

fn entry(it: palisade_source::Entry) -> Entry {
    use palisade_source::EntryKind as Kind;
    let kind = match it.kind {
        Kind::File => EntryKind::File,
        Kind::Folder => EntryKind::Folder,
        Kind::Link => EntryKind::Link,
        Kind::Submodule => EntryKind::Submodule,
    };
    Entry { name: it.name, kind, size: it.size }
}

impl Tree for Folder {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, ReadError> {
        let path = TreePath::parse(folder).map_err(|_| ReadError::Outside)?;
        let entries = self.0.list(&path).map_err(|_| ReadError::Absent)?;
        Ok(entries.into_iter().map(entry).collect())
    }
    fn read_text(&self, path: &str) -> Result<String, ReadError> {
        self.read(path)?.text().map(str::to_owned).map_err(|_| ReadError::NotText(0))
    }
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        Ok(self.read(path)?.bytes.to_vec())
    }
    fn stat(&self, path: &str) -> Option<Entry> {
        self.0.stat(&TreePath::parse(path).ok()?).ok().flatten().map(entry)
    }
}

/// All files under a folder, relative to the top.
pub(crate) fn files(top: &Path, under: &Path, found: &mut Vec<String>) -> Result<(), Failure> {
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

/// Peak of the resident memory of this process so far, in MiB.
pub(crate) fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|it| it.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
