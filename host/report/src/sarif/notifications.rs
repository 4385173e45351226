//! Files that were not scanned, and diagnostics, as notifications of the run.

use palisade_domain::{Level, Position, Report, Status};
use serde_json::json;

use super::form::{Location, Notification};
use super::{SarifFor, location, text, whole_file};
use crate::clean::clean;
use crate::words::{counted, unread, unread_name};

/// The most notifications for code scanning, which limits the size of a file.
const MOST: usize = 1_000;

fn notification(id: &str, level: &'static str, message: &str, locations: Vec<Location>) -> Notification {
    Notification { descriptor: json!({ "id": clean(id) }), level, message: text(message).into(), locations }
}

fn place(path: &str, at: Option<(Position, Position)>) -> Vec<Location> {
    match at {
        _ if path.is_empty() => Vec::new(),
        Some((start, end)) => vec![location(path, start, end)],
        None => vec![whole_file(path)],
    }
}

/// The notifications, the worst first: omitted results, files, plugins, diagnostics.
pub(super) fn notifications(report: &Report, reader: SarifFor, left_out: usize) -> Vec<Notification> {
    let mut all = Vec::new();
    if left_out > 0 {
        let message = format!(
            "{} left out: code scanning takes no more results of one run",
            counted(left_out as u64, "violation")
        );
        all.push(notification("results-left-out", "error", &message, Vec::new()));
    }
    for it in unread(report) {
        let at = it.location.as_ref().map(|at| (at.start, at.end));
        let level = if matches!(it.status, Status::Failed | Status::Ignored) { "error" } else { "warning" };
        let message = format!("{}: {}", unread_name(it.status), it.reason);
        all.push(notification(&format!("file-{}", it.status.name()), level, &message, place(&it.path, at)));
    }
    for it in &report.plugin_errors {
        let message = format!("{}: {}", it.plugin, it.reason);
        all.push(notification("plugin-error", "error", &message, place(&it.path, None)));
    }
    for it in &report.diagnostics {
        let at = it.location.as_ref().map(|at| (at.start, at.end));
        let level = match it.level {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        all.push(notification(&it.code, level, &it.message, place(&it.path, at)));
    }
    if reader == SarifFor::CodeScanning && all.len() > MOST {
        let more = counted((all.len() - MOST + 1) as u64, "notification");
        all.truncate(MOST - 1);
        all.push(notification("notifications-left-out", "warning", &format!("{more} left out"), Vec::new()));
    }
    all
}
