//! The report as JSON, and its digest.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use palisade_domain::{
    Cause, Coverage, Diagnostic, Finding, FindingStatus, Fix, Location, PluginError, Report, ResourceRef,
    Severity, Summary, Suppression, Tool, hex,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Writes one object, indented, with a line break at its end. A report may be large, so the text is never in memory as
/// a whole.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    serde_json::to_writer_pretty(&mut out, report)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The same as text.
pub fn json(report: &Report) -> String {
    to_text(report)
}

pub(crate) fn to_text(value: &impl Serialize) -> String {
    // Serialization fails only for keys that are not text and for infinite numbers, which our types do not have.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// SHA-256 over the report without its target and without the digest itself. A folder and a commit of the same tree
/// have the same digest.
///
/// The report is hashed in a binary form, in which texts that findings share are written once: it has the same content
/// as the JSON in a fraction of its length.
pub fn digest(report: &Report) -> String {
    let mut texts = Texts::default();
    let rows: Vec<Row<'_>> = report.results.iter().map(|it| Row::of(it, &mut texts)).collect();
    let content = Content {
        schema: report.schema,
        tool: &report.tool,
        date: &report.target.date,
        summary: &report.summary,
        complete: report.complete,
        texts: &texts.all,
        results: &rows,
        coverage: &report.coverage,
        diagnostics: &report.diagnostics,
        plugin_errors: &report.plugin_errors,
    };
    let mut hash = BufWriter::with_capacity(1 << 16, Hash(Sha256::new()));
    // Neither the hash nor our types can fail, see `to_text`.
    let _ = postcard::to_io(&content, &mut hash);
    let hash = hash.into_inner().map_or_else(|_| Sha256::new(), |Hash(hash)| hash);
    format!("sha256:{}", hex(&hash.finalize()))
}

/// A report without its target and its digest.
#[derive(Serialize)]
struct Content<'a> {
    schema: &'a str,
    tool: &'a Tool,
    date: &'a str,
    summary: &'a Summary,
    complete: bool,
    texts: &'a [Text<'a>],
    results: &'a [Row<'a>],
    coverage: &'a [Coverage],
    diagnostics: &'a [Diagnostic],
    plugin_errors: &'a [PluginError],
}

/// The fields that a finding has from its control.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
struct Text<'a> {
    control: &'a str,
    aliases: &'a [String],
    title: &'a str,
    severity: Severity,
    remediation: &'a str,
    change_impact: &'a str,
    policies: &'a [String],
}

/// A finding: the index of the fields from its control, and the other fields.
#[derive(Serialize)]
struct Row<'a> {
    text: usize,
    status: FindingStatus,
    new: bool,
    resource: &'a ResourceRef,
    location: &'a Option<Location>,
    cause: &'a [Cause],
    environments: &'a [String],
    fingerprint: &'a str,
    message: &'a str,
    fix: &'a Option<Fix>,
    suppression: &'a Option<Suppression>,
}

/// Addresses of shared texts in memory: equal addresses are equal texts, which need not be compared.
type Places = (*const str, *const [String], *const str, *const str, *const str, *const [String], Severity);

/// The texts that findings share, in the order of their first use.
#[derive(Default)]
struct Texts<'a> {
    all: Vec<Text<'a>>,
    by_place: HashMap<Places, usize>,
    by_text: HashMap<Text<'a>, usize>,
}

impl<'a> Texts<'a> {
    fn number(&mut self, it: &'a Finding) -> usize {
        let places = (
            Arc::as_ptr(&it.control),
            Arc::as_ptr(&it.aliases),
            Arc::as_ptr(&it.title),
            Arc::as_ptr(&it.remediation),
            Arc::as_ptr(&it.change_impact),
            Arc::as_ptr(&it.policies),
            it.severity,
        );
        let Texts { all, by_place, by_text } = self;
        *by_place.entry(places).or_insert_with(|| {
            let text = Text {
                control: &it.control,
                aliases: &it.aliases,
                title: &it.title,
                severity: it.severity,
                remediation: &it.remediation,
                change_impact: &it.change_impact,
                policies: &it.policies,
            };
            *by_text.entry(text).or_insert_with(|| {
                all.push(text);
                all.len() - 1
            })
        })
    }
}

impl<'a> Row<'a> {
    fn of(it: &'a Finding, texts: &mut Texts<'a>) -> Row<'a> {
        Row {
            text: texts.number(it),
            status: it.status,
            new: it.new,
            resource: &it.resource,
            location: &it.location,
            cause: &it.cause,
            environments: &it.environments,
            fingerprint: &it.fingerprint,
            message: &it.message,
            fix: &it.fix,
            suppression: &it.suppression,
        }
    }
}

/// A writer that hashes.
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
