//! Reads a saved report as a baseline.

use palisade_domain::{Baseline, Known, SCHEMA};
use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

/// Why a file is not a valid baseline.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It is not a report in JSON.
    #[error("expected a report of `palisade scan --format json`: {0}")]
    NotAReport(#[from] serde_json::Error),
    /// It has another schema.
    #[error("its schema is `{}`, and this program reads `{SCHEMA}`: scan the base again", .0.escape_debug())]
    Schema(String),
    /// It lists only the findings in changed files.
    #[error(
        "it was saved with `--base` and leaves out the findings in unchanged files: save it without `--base`"
    )]
    Partial,
}

/// The schema, which is checked before anything else is parsed.
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
    /// Present if findings are counted without being listed.
    #[serde(default)]
    unchanged: Option<IgnoredAny>,
}

/// A saved report.
#[derive(Debug)]
pub struct Saved {
    /// The findings and files to compare with.
    pub baseline: Baseline,
    /// Digest of the report, by which it is named.
    pub digest: String,
    /// Whether the saved scan was complete; findings in files that it did not scan are new.
    pub complete: bool,
}

/// Parses a report that was saved as JSON.
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
