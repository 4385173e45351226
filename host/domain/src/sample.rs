//! Reports for the tests of this crate.

use std::sync::Arc;

use crate::{
    Coverage, Finding, FindingStatus, Report, ResourceRef, SCHEMA, Severity, Status, Summary, Target, Tool,
};

pub(crate) fn coverage(path: &str, status: Status) -> Coverage {
    let mut row = Coverage::new(path, status, "");
    row.compare(None);
    row
}

pub(crate) fn finding(status: FindingStatus, severity: Severity) -> Finding {
    Finding {
        control: "control".into(),
        aliases: Arc::default(),
        title: Arc::default(),
        severity,
        status,
        new: true,
        resource: ResourceRef {
            address: "address".to_owned(),
            kind: String::new(),
            provider: String::new(),
            format: String::new(),
            instance: String::new(),
            location: None,
            content: String::new(),
        },
        location: None,
        cause: Vec::new(),
        environments: Vec::new(),
        fingerprint: String::new(),
        message: String::new(),
        remediation: Arc::default(),
        change_impact: Arc::default(),
        fix: None,
        policies: Arc::default(),
        suppression: None,
    }
}

pub(crate) fn report(coverage: Vec<Coverage>, results: Vec<Finding>) -> Report {
    Report {
        schema: SCHEMA,
        tool: Tool { name: "palisade", version: "0" },
        target: Target { path: ".".to_owned(), rev: None, base: None, date: "2026-01-01".to_owned() },
        summary: Summary::count(&coverage, 0, &results, 0),
        complete: true,
        results,
        coverage,
        diagnostics: Vec::new(),
        plugin_errors: Vec::new(),
        digest: String::new(),
    }
}
