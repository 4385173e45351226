//! A report with one of everything.

use palisade_domain::{
    Cause, Coverage, Diagnostic, Finding, FindingStatus, Level, Location, PluginError, Position, Report,
    ResourceRef, SCHEMA, Severity, Status, Summary, Target, Tool,
};

pub(crate) fn at(path: &str, line: u32, column: u32) -> Location {
    let start = Position { line, column };
    Location { path: path.to_owned(), start, end: Position { line, column: column + 4 } }
}

fn finding(status: FindingStatus, severity: Severity, path: &str, line: u32, message: &str) -> Finding {
    let location = at(path, line, 5);
    Finding {
        control: "kubernetes-host-network".to_owned(),
        aliases: vec!["CKV_K8S_19".to_owned()],
        title: "Shares the network of the host".to_owned(),
        severity,
        status,
        new: true,
        resource: ResourceRef {
            address: format!("default/Pod/web-{line}"),
            kind: "Pod".to_owned(),
            provider: "kubernetes".to_owned(),
            format: "kubernetes".to_owned(),
            instance: String::new(),
            location: Some(at(path, 1, 1)),
            content: String::new(),
        },
        location: Some(location),
        cause: Vec::new(),
        environments: Vec::new(),
        fingerprint: "00112233445566778899aabbccddeeff".to_owned(),
        message: message.to_owned(),
        remediation: "Remove `hostNetwork`.".to_owned(),
        change_impact: "Ports change.".to_owned(),
        policies: vec!["cis-kubernetes-1.9/5.2.5".to_owned()],
        suppression: None,
    }
}

fn covered(path: &str, status: Status, reason: &str, location: Option<Location>) -> Coverage {
    Coverage {
        path: path.to_owned(),
        status,
        plugin: "kubernetes".to_owned(),
        reason: reason.to_owned(),
        location,
    }
}

/// One of everything.
pub(crate) fn report() -> Report {
    let mut caused = finding(FindingStatus::Failed, Severity::High, "app/pod.yaml", 7, "shares it");
    let cause = at("app/base.yaml", 3, 1);
    let note = "default of variable `net`".to_owned();
    caused.cause.push(Cause { path: cause.path.clone(), start: cause.start, end: cause.end, note });
    caused.cause.push(Cause { path: cause.path, start: cause.start, end: cause.end, note: String::new() });
    let mut nowhere = finding(FindingStatus::Failed, Severity::Low, "", 1, "is nowhere");
    nowhere.location = None;
    let results = vec![
        nowhere,
        caused,
        finding(FindingStatus::Failed, Severity::Critical, "app/pod.yaml", 12, ""),
        finding(FindingStatus::Unknown, Severity::Medium, "app/pod.yaml", 20, "depends on `var.net`"),
        finding(FindingStatus::Passed, Severity::Medium, "app/pod.yaml", 30, ""),
        finding(FindingStatus::Failed, Severity::Medium, "web/pod.yaml", 4, "shares it"),
    ];
    let coverage = vec![
        covered("README.md", Status::Ignored, "not a format that is read", None),
        covered("app/pod.yaml", Status::Scanned, "", None),
        covered("broken.yaml", Status::Failed, "a tab where spaces are", Some(at("broken.yaml", 2, 1))),
        covered("chart/", Status::Unsupported, "Helm charts are not read yet", None),
        covered("web/pod.yaml", Status::Partial, "the second document is broken", None),
    ];
    let plugin_errors = vec![
        PluginError {
            plugin: "pack-a".to_owned(),
            path: "app/pod.yaml".to_owned(),
            reason: "used its CPU time up".to_owned(),
        },
        PluginError { plugin: "pack-b".to_owned(), path: String::new(), reason: "trapped".to_owned() },
    ];
    Report {
        schema: SCHEMA,
        tool: Tool { name: "palisade", version: "0.1.0" },
        target: Target {
            path: "app".to_owned(),
            rev: Some("4f1c".to_owned()),
            base: None,
            date: "2026-01-31".to_owned(),
        },
        summary: Summary::count(&coverage, 6, &results, 41),
        complete: false,
        results,
        coverage,
        diagnostics: vec![Diagnostic {
            path: "app/pod.yaml".to_owned(),
            location: Some(at("app/pod.yaml", 9, 3)),
            level: Level::Warning,
            code: "kubernetes-duplicate-key".to_owned(),
            message: "`image` stands here twice".to_owned(),
        }],
        plugin_errors,
        digest: "sha256:00".to_owned(),
    }
}

/// Nothing to tell.
pub(crate) fn empty() -> Report {
    Report {
        results: Vec::new(),
        coverage: Vec::new(),
        diagnostics: Vec::new(),
        plugin_errors: Vec::new(),
        summary: Summary::default(),
        complete: true,
        ..report()
    }
}

/// Every text of a stranger replaced.
pub(crate) fn hostile(text: &str) -> Report {
    let mut report = report();
    let replace = |place: &mut String| text.clone_into(place);
    for it in &mut report.results {
        for place in [&mut it.control, &mut it.title, &mut it.message, &mut it.fingerprint] {
            replace(place);
        }
        for place in [&mut it.resource.address, &mut it.resource.kind, &mut it.resource.instance] {
            replace(place);
        }
        for place in it.location.iter_mut().chain(&mut it.resource.location) {
            replace(&mut place.path);
        }
        for cause in &mut it.cause {
            replace(&mut cause.path);
            replace(&mut cause.note);
        }
    }
    for it in &mut report.coverage {
        for place in [&mut it.path, &mut it.plugin, &mut it.reason] {
            replace(place);
        }
    }
    for it in &mut report.plugin_errors {
        for place in [&mut it.path, &mut it.plugin, &mut it.reason] {
            replace(place);
        }
    }
    for it in &mut report.diagnostics {
        for place in [&mut it.path, &mut it.code, &mut it.message] {
            replace(place);
        }
    }
    report
}
