//! The report as JSON, and its digest.

use std::io::{self, BufWriter, Write};

use palisade_domain::{Coverage, Diagnostic, Finding, PluginError, Report, Summary, Target, Tool, hex};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// One object, indented, with a line break at its end.
pub fn json(report: &Report) -> String {
    to_text(report)
}

pub(crate) fn to_text(value: &impl Serialize) -> String {
    // Our own types have text keys and finite numbers only, which is all that serialising could fail at.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// SHA-256 over the report without its target and without the digest itself: what was found, not where it was
/// looked for. A folder and a commit of the same tree have the same.
pub fn digest(report: &Report) -> String {
    let Report { schema, tool, target, summary, complete, results, .. } = report;
    let content = Content {
        schema,
        tool,
        target: Target { path: String::new(), rev: None, base: None, date: target.date.clone() },
        summary,
        complete: *complete,
        results,
        coverage: &report.coverage,
        diagnostics: &report.diagnostics,
        plugin_errors: &report.plugin_errors,
        digest: "",
    };
    let mut hash = BufWriter::with_capacity(1 << 16, Hash(Sha256::new()));
    // Neither the hash nor our own types can fail, see `to_text`.
    let _ = serde_json::to_writer_pretty(&mut hash, &content);
    let _ = hash.write_all(b"\n");
    let hash = hash.into_inner().map_or_else(|_| Sha256::new(), |Hash(hash)| hash);
    format!("sha256:{}", hex(&hash.finalize()))
}

/// A report with another target: the fields of [`Report`] in its order, and nothing copied that may be large.
#[derive(Serialize)]
struct Content<'a> {
    schema: &'a str,
    tool: &'a Tool,
    target: Target,
    summary: &'a Summary,
    complete: bool,
    results: &'a [Finding],
    coverage: &'a [Coverage],
    diagnostics: &'a [Diagnostic],
    plugin_errors: &'a [PluginError],
    digest: &'a str,
}

/// Takes what is written into a hash.
struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
