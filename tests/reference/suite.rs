//! The cases of one suite, counted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// A case on which Palisade and the tool differ.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) case: String,
    /// What the tool printed.
    pub(crate) tool: String,
    /// What Palisade printed.
    pub(crate) palisade: String,
}

/// The cases of one suite and their results.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) name: String,
    /// The folder of its cases.
    pub(crate) folder: PathBuf,
    /// Cases that were compared.
    pub(crate) cases: usize,
    pub(crate) equal: usize,
    /// Cases that differ for a documented reason.
    pub(crate) excepted: BTreeMap<String, String>,
    pub(crate) different: Vec<Difference>,
    /// The parts that could not be compared on this machine, with the reason.
    pub(crate) skipped: Vec<String>,
    /// `exceptions.toml`: case to reason. A case that ends with `*` covers every case with that prefix.
    exceptions: BTreeMap<String, String>,
    used: BTreeMap<String, usize>,
}

impl Suite {
    /// Reads the exceptions of a suite.
    pub(crate) fn open(name: &str) -> Result<Suite> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/cases").join(name);
        let path = folder.join("exceptions.toml");
        let exceptions = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{} is invalid", path.display()))?,
            Err(_) => BTreeMap::new(),
        };
        Ok(Suite {
            name: name.to_owned(),
            folder,
            cases: 0,
            equal: 0,
            excepted: BTreeMap::new(),
            different: Vec::new(),
            skipped: Vec::new(),
            exceptions,
            used: BTreeMap::new(),
        })
    }

    /// Counts a case as equal, excepted or different.
    pub(crate) fn compare(&mut self, case: &str, tool: &Value, palisade: &Value) {
        self.cases += 1;
        if tool == palisade {
            self.equal += 1;
            return;
        }
        let covers = |pattern: &str| match pattern.strip_suffix('*') {
            Some(prefix) => case.starts_with(prefix),
            None => case == pattern,
        };
        if let Some((pattern, reason)) = self.exceptions.iter().find(|(pattern, _)| covers(pattern)) {
            *self.used.entry(pattern.clone()).or_default() += 1;
            self.excepted.insert(case.to_owned(), reason.clone());
            return;
        }
        self.different.push(Difference {
            case: case.to_owned(),
            tool: tool.to_string(),
            palisade: palisade.to_string(),
        });
    }

    /// Records a part that cannot be compared on this machine.
    pub(crate) fn skip(&mut self, reason: impl Into<String>) {
        self.skipped.push(reason.into());
    }

    /// Reports exceptions that no case needed, unless something was skipped that may need them.
    pub(crate) fn finish(&mut self) {
        if !self.skipped.is_empty() {
            return;
        }
        for (pattern, reason) in &self.exceptions {
            if !self.used.contains_key(pattern) {
                self.different.push(Difference {
                    case: pattern.clone(),
                    tool: "equal".to_owned(),
                    palisade: format!("the exception is not needed, remove it: {reason}"),
                });
            }
        }
    }

    /// Whether every case is equal or excepted.
    pub(crate) fn is_equal(&self) -> bool {
        self.different.is_empty()
    }
}
