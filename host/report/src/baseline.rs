//! A saved report, read to be compared with.

use palisade_domain::{Baseline, Known, SCHEMA};
use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

/// Why a file cannot be compared with.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It is not what `--format json` writes.
    #[error("expected a report of `palisade scan --format json`: {0}")]
    NotAReport(#[from] serde_json::Error),
    /// It is a report of another form.
    #[error("its schema is `{}`, and this program reads `{SCHEMA}`: scan the base again", .0.escape_debug())]
    Schema(String),
    /// It lists only what a change touches.
    #[error(
        "it was saved with `--base` and leaves out the findings in unchanged files: save it without `--base`"
    )]
    Partial,
}

/// The name of the form alone, which is looked at before anything else.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

#[derive(Deserialize)]
struct Row {
    path: String,
}

#[derive(Deserialize)]
struct Body {
    complete: bool,
    digest: String,
    results: Vec<Known>,
    coverage: Vec<Row>,
    summary: Counts,
}

#[derive(Deserialize)]
struct Counts {
    /// What is counted and not listed.
    #[serde(default)]
    unchanged: Option<IgnoredAny>,
}

/// A saved report.
#[derive(Debug)]
pub struct Saved {
    /// What to compare with.
    pub baseline: Baseline,
    /// Its digest, which names it.
    pub digest: String,
    /// Whether everything was scanned then; what was not scanned may come out as new.
    pub complete: bool,
}

/// Reads a report that was saved as JSON.
pub fn saved_report(text: &str) -> Result<Saved, BaselineError> {
    let Head { schema } = serde_json::from_str(text)?;
    if schema != SCHEMA {
        return Err(BaselineError::Schema(schema));
    }
    let body: Body = serde_json::from_str(text)?;
    if body.summary.unchanged.is_some() {
        return Err(BaselineError::Partial);
    }
    let files = body.coverage.into_iter().map(|it| it.path).collect();
    Ok(Saved {
        baseline: Baseline { findings: body.results, files, coverage: None },
        digest: body.digest,
        complete: body.complete,
    })
}
