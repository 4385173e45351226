//! Compares the YAML and JSON manifests that `palisade parse` and kubectl read.
//!
//! `kubectl annotate --local` prints the objects that it read and needs no cluster. The same annotation is added to
//! Palisade's objects before they are compared. If kubectl refuses a file, Palisade must report it as not scanned, and
//! have every object that kubectl printed before it stopped.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize as _;
use serde_json::{Map, Number, Value, json};

use crate::suite::Suite;
use crate::tools::Tools;

/// The key of the annotation, which no case has.
const ANNOTATION: &str = "reference";
/// How many kubectl processes run at a time.
const THREADS: usize = 2;
/// The stack of each thread, in bytes.
const STACK: usize = 256 << 20;
/// How many files one kubectl process reads.
const GROUP: usize = 40;

pub(crate) fn run(tools: &Tools, suite: &mut Suite) -> Result<()> {
    let Some(kubectl) = tools.find("kubectl") else {
        suite.skip("kubectl is not found");
        return Ok(());
    };
    let folder = suite.folder.clone();
    let read = Read::of(tools, &folder)?;
    let files: Vec<String> = read.statuses.keys().filter(|path| is_manifest(path)).cloned().collect();
    let printed = read.printed(tools, &kubectl, &folder, &files)?;
    for (file, printed) in files.iter().zip(&printed) {
        let (tool, palisade) = read.compared(file, printed);
        suite.compare(file, &tool, &palisade);
    }
    corpora(tools, &kubectl, suite)
}

/// Every real manifest of the public trees.
fn corpora(tools: &Tools, kubectl: &Path, suite: &mut Suite) -> Result<()> {
    let Some(folder) = palisade_tests::corpora() else {
        suite.skip("the public trees are not on this machine");
        return Ok(());
    };
    let read = Read::of(tools, &folder)?;
    let manifests = |path: &&String| is_manifest(path) && !is_of_a_chart(&folder, path);
    let files: Vec<String> = read
        .statuses
        .keys()
        .filter(manifests)
        .filter(|path| {
            read.objects.contains_key(*path)
                || fs::read_to_string(folder.join(path))
                    .is_ok_and(|text| text.contains("apiVersion:") && text.contains("kind:"))
        })
        .cloned()
        .collect();
    let printed = read.printed(tools, kubectl, &folder, &files)?;
    for (file, printed) in files.iter().zip(&printed) {
        let (tool, palisade) = read.compared(file, printed);
        suite.compare(&format!("corpora/{file}"), &tool, &palisade);
    }
    Ok(())
}

fn is_manifest(path: &str) -> bool {
    ["yaml", "yml", "json"].iter().any(|it| path.rsplit_once('.').is_some_and(|(_, ending)| ending == *it))
}

/// Whether a file belongs to a Helm chart, whose files need not be manifests, or to Kustomize.
fn is_of_a_chart(root: &Path, path: &str) -> bool {
    let above = path.match_indices('/').map(|(at, _)| &path[..at]);
    path.ends_with("kustomization.yaml")
        || above.into_iter().any(|it| root.join(it).join("Chart.yaml").is_file())
}

fn annotate(tools: &Tools, kubectl: &Path, folder: &Path, files: &[&String]) -> Result<Output> {
    let mut command = tools.command(kubectl, folder);
    command.args(["annotate", "--local", "--show-managed-fields", "-o", "json", "reference=1"]);
    for file in files {
        command.arg("-f").arg(file);
    }
    command.output().context("cannot start kubectl")
}

/// Applies a function to each item, on several threads.
fn all<T: Sync, R: Send>(items: &[T], apply: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<BTreeMap<usize, Result<R>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            // Some cases are deeply nested.
            let builder = std::thread::Builder::new().stack_size(STACK);
            let work = || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = apply(item);
                    results.lock().unwrap().insert(index, result);
                }
            };
            builder.spawn_scoped(scope, work).unwrap();
        }
    });
    results.into_inner().unwrap().into_values().collect()
}

/// The output of kubectl for a file.
struct Printed {
    objects: Vec<Value>,
    refused: bool,
}

impl Printed {
    fn of(output: &Output) -> Printed {
        Printed {
            objects: documents(&String::from_utf8_lossy(&output.stdout)),
            refused: !output.status.success(),
        }
    }
}

/// Reads several JSON values, without the usual limit of nesting.
fn documents(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        let mut reader = serde_json::Deserializer::from_str(rest);
        reader.disable_recursion_limit();
        let Ok(value) = Value::deserialize(&mut reader) else {
            found.push(Value::String(rest.to_owned()));
            break;
        };
        found.push(plain(value));
        let consumed = reader.into_iter::<Value>().byte_offset();
        rest = &rest[consumed..];
    }
    found
}

/// A value with its numbers in one form: integers of 64 bits as they are, others as floating point, as kubectl keeps
/// them.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (None, Some(float)) => float_or_whole(float),
            _ => Value::Number(number),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        other => other,
    }
}

/// A float that is an integer of 64 bits is printed without a point, and is then read as an integer.
fn float_or_whole(float: f64) -> Value {
    let number =
        if float.fract() == 0.0 { float.to_string().parse::<i64>().map(Number::from).ok() } else { None };
    Value::Number(number.or_else(|| Number::from_f64(float)).expect("a finite number"))
}

/// The object as kubectl annotates it.
fn annotated(object: &Value) -> Value {
    let mut object = object.clone();
    let Some(fields) = object.as_object_mut() else { return object };
    let metadata = fields.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if let Some(metadata) = metadata.as_object_mut() {
        // kubectl ignores annotations that are not all texts.
        let texts = |it: &Value| it.as_object().is_some_and(|it| it.values().all(Value::is_string));
        if !metadata.get("annotations").is_some_and(texts) {
            metadata.insert("annotations".to_owned(), json!({}));
        }
        metadata["annotations"][ANNOTATION] = json!("1");
        // It sets the namespace that it found, which removes an empty one.
        if metadata.get("namespace").is_some_and(|it| it.as_str().unwrap_or("").is_empty()) {
            metadata.remove("namespace");
        }
    }
    object
}

/// The prefix of the paths of files in a folder: in a work tree of Git, paths begin at its top.
fn below_the_top<'p>(folder: &Path, path: &'p str) -> &'p str {
    let ends = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    ends.into_iter().find(|end| folder.join(&path[*end..]).is_file()).map_or("", |end| &path[..end])
}

/// The result of `palisade parse` for a tree.
struct Read {
    statuses: BTreeMap<String, Value>,
    objects: BTreeMap<String, Vec<Value>>,
}

impl Read {
    fn of(tools: &Tools, folder: &Path) -> Result<Read> {
        let output = tools.palisade(folder, &["parse", "--format", "json", "--offline", "."])?;
        let mut documents = documents(&String::from_utf8(output.stdout)?);
        ensure!(
            documents.len() == 1 && documents[0]["schema"] == "palisade/resources/v1",
            "palisade parse did not print one document: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let document = documents.remove(0);
        let mut read = Read { statuses: BTreeMap::new(), objects: BTreeMap::new() };
        let rows = document["coverage"].as_array().context("no coverage")?;
        let first = rows.first().and_then(|row| row["path"].as_str()).unwrap_or("");
        let top = below_the_top(folder, first).to_owned();
        let relative = |path: &str| path.strip_prefix(&top).unwrap_or(path).to_owned();
        for row in rows {
            read.statuses.insert(relative(row["path"].as_str().context("no path")?), row.clone());
        }
        for resource in document["resources"].as_array().context("no resources")? {
            if resource["format"] == "kubernetes" {
                let path = resource["location"]["path"].as_str().context("no place")?;
                read.objects.entry(relative(path)).or_default().push(resource["config"].clone());
            }
        }
        Ok(read)
    }

    /// The output of kubectl for each file. Scanned files are read in groups, and one at a time only if something
    /// differs: most of the time of kubectl is its start.
    fn printed(
        &self,
        tools: &Tools,
        kubectl: &Path,
        folder: &Path,
        files: &[String],
    ) -> Result<Vec<Printed>> {
        let (scanned, others): (Vec<&String>, Vec<&String>) =
            files.iter().partition(|file| self.is_scanned(file));
        let groups: Vec<&[&String]> = scanned.chunks(GROUP).chain(others.chunks(1)).collect();
        let printed = all(&groups, |group| {
            let expected = |file: &&String| -> Vec<Value> {
                self.objects.get(*file).into_iter().flatten().map(annotated).collect()
            };
            let together = Printed::of(&annotate(tools, kubectl, folder, group)?);
            let printed = if group.len() == 1 {
                vec![together]
            } else if !together.refused
                && together.objects == group.iter().flat_map(expected).collect::<Vec<_>>()
            {
                group.iter().map(|file| Printed { objects: expected(file), refused: false }).collect()
            } else {
                let alone = |file: &&String| Ok(Printed::of(&annotate(tools, kubectl, folder, &[file])?));
                group.iter().map(alone).collect::<Result<Vec<_>>>()?
            };
            Ok(group.iter().map(|file| file.as_str()).zip(printed).collect::<Vec<_>>())
        })?;
        let mut printed: BTreeMap<&str, Printed> = printed.into_iter().flatten().collect();
        files.iter().map(|file| printed.remove(file.as_str()).context("a file was left out")).collect()
    }

    fn is_scanned(&self, file: &str) -> bool {
        self.statuses.get(file).is_some_and(|row| row["status"] == "scanned")
    }

    /// The two values that are compared for a file: kubectl's and Palisade's.
    fn compared(&self, file: &str, printed: &Printed) -> (Value, Value) {
        let mut objects: Vec<Value> = self.objects.get(file).into_iter().flatten().map(annotated).collect();
        let row = self.statuses.get(file).cloned().unwrap_or_default();
        let reason = row["reason"].as_str().unwrap_or("");
        if printed.refused {
            // kubectl stops at the first error, and Palisade continues.
            objects.truncate(printed.objects.len());
            let not_scanned = !self.is_scanned(file) && !reason.is_empty();
            return (
                json!({"refused": true, "objects": printed.objects}),
                json!({"refused": not_scanned, "objects": objects}),
            );
        }
        // Palisade reports a file without objects as ignored.
        let none = objects.is_empty() && row["status"] == "ignored" && !reason.is_empty();
        (
            json!({"refused": false, "objects": printed.objects}),
            json!({"refused": !self.is_scanned(file) && !none, "objects": objects}),
        )
    }
}
