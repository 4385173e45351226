//! Sample reports.

use palisade_domain::{
    Cause, Control, Coverage, Diagnostic, Docs, Edit, Finding, FindingStatus, Fix, Level, Location,
    Parameter, PluginError, Position, Remedy, Report, ResourceRef, SCHEMA, Scope, Severity, Status, Stricter,
    Summary, SuppressedBy, Suppression, SuppressionState, Target, Tool, UncoveredKind,
};

fn uncovered(kind: &str, resources: u64) -> UncoveredKind {
    UncoveredKind { format: "terraform".to_owned(), kind: kind.to_owned(), resources }
}

pub(crate) fn at(path: &str, line: u32, column: u32) -> Location {
    let start = Position { line, column };
    Location { path: path.to_owned(), start, end: Position { line, column: column + 4 } }
}

fn finding(status: FindingStatus, severity: Severity, path: &str, line: u32, message: &str) -> Finding {
    let location = at(path, line, 5);
    Finding {
        control: "kubernetes-host-network".into(),
        aliases: ["CKV_K8S_19".to_owned()].into(),
        title: "Shares the network of the host".into(),
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
        remediation: "Remove `hostNetwork`.".into(),
        change_impact: "Ports change.".into(),
        fix: None,
        policies: ["cis-kubernetes-1.9/5.2.5".to_owned()].into(),
        suppression: None,
    }
}

/// A fix of four characters.
fn fix(path: &str, line: u32, column: u32) -> Fix {
    let at = at(path, line, column);
    let edit = Edit {
        path: at.path,
        start: at.start,
        end: at.end,
        start_byte: 96,
        end_byte: 100,
        replacement: "false".to_owned(),
        before: "  hostNetwork: true".to_owned(),
        after: "  hostNetwork: false".to_owned(),
    };
    Fix { description: "replace `true` with `false`".to_owned(), safe: true, edits: vec![edit] }
}

fn covered(path: &str, status: Status, reason: &str, location: Option<Location>) -> Coverage {
    let mut row =
        Coverage { plugin: "kubernetes".to_owned(), location, ..Coverage::new(path, status, reason) };
    row.compare(None);
    row
}

/// A report with one of everything.
pub(crate) fn report() -> Report {
    let mut caused = finding(FindingStatus::Failed, Severity::High, "app/pod.yaml", 7, "shares it");
    let cause = at("app/base.yaml", 3, 1);
    let note = "default of variable `net`".to_owned();
    caused.cause.push(Cause { path: cause.path.clone(), start: cause.start, end: cause.end, note });
    caused.cause.push(Cause { path: cause.path, start: cause.start, end: cause.end, note: String::new() });
    caused.fix = Some(fix("app/pod.yaml", 7, 5));
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
        summary: Summary {
            uncovered: vec![uncovered("aws_eip", 1), uncovered("aws_vpc", 2)],
            ..Summary::count(&coverage, 6, &results, 41)
        },
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

fn suppression(state: SuppressionState, by: SuppressedBy, expires: Option<&str>) -> Suppression {
    let reason = "the team @net knows | [why](x)".to_owned();
    Suppression {
        by,
        state,
        reason,
        expires: expires.map(str::to_owned),
        path: "app/pod.yaml".to_owned(),
        line: 39,
    }
}

fn add(report: &mut Report, status: FindingStatus, line: u32, severity: Severity) -> &mut Finding {
    let mut it = finding(status, severity, "app/pod.yaml", line, "shares it");
    it.fingerprint = format!("{line:032x}");
    report.results.push(it);
    report.results.last_mut().unwrap()
}

/// The same compared with a base, with suppressions in every state and with environments.
pub(crate) fn compared() -> Report {
    let mut report = report();
    report.target.base = Some("9a8b".to_owned());
    let (comment, annotation) = (SuppressedBy::Comment, SuppressedBy::Annotation);
    let accepted = add(&mut report, FindingStatus::Suppressed, 40, Severity::High);
    accepted.suppression = Some(suppression(SuppressionState::Accepted, comment, Some("2027-01-31")));
    let endless = add(&mut report, FindingStatus::Suppressed, 41, Severity::Low);
    endless.suppression = Some(Suppression {
        reason: String::new(),
        ..suppression(SuppressionState::Accepted, annotation, None)
    });
    let pending = add(&mut report, FindingStatus::Failed, 42, Severity::High);
    pending.suppression = Some(suppression(SuppressionState::Pending, comment, None));
    pending.environments = vec!["prod".to_owned(), "staging".to_owned()];
    let expired = add(&mut report, FindingStatus::Failed, 43, Severity::Medium);
    expired.suppression = Some(suppression(SuppressionState::Expired, annotation, Some("2025-12-31")));
    expired.control = "kubernetes-a-privileged".into();
    expired.resource.instance = "container/web".to_owned();
    for line in [44, 45] {
        add(&mut report, FindingStatus::Failed, line, Severity::Critical).new = false;
    }
    report.results.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    report.summary = Summary::count(&report.coverage, 12, &report.results, 41);
    report
}

/// A report of a large tree with `count` violations.
pub(crate) fn many(count: u32) -> Report {
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let results: Vec<Finding> = (0..count)
        .map(|it| {
            let path = format!("environments/region-{}/service-{}/main.tf", it % 17, it / 40);
            let severity = severities[(it % 4) as usize];
            let mut finding = finding(FindingStatus::Failed, severity, &path, it % 300 + 1, "");
            finding.control = format!("kubernetes-control-{}", it % 90).into();
            finding.message = format!("container `sidecar-{}` may change the node it runs on", it % 7);
            // As random as a digest, so that it does not compress better.
            let mixed = |part: u64| {
                let it = (u64::from(it) * 2 + part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                it ^ (it >> 29)
            };
            finding.fingerprint = format!("{:016x}{:016x}", mixed(1), mixed(2));
            finding
        })
        .collect();
    let summary = Summary::count(&[], 9_000, &results, 0);
    Report { results, summary, complete: true, ..empty() }
}

/// A control with every field set.
pub(crate) fn control(text: &str) -> Control {
    let text = text.to_owned();
    let remedy =
        |format: &str| Remedy { format: format.to_owned(), text: "Remove `hostNetwork`.\n\n- really".into() };
    Control {
        id: text.clone().into(),
        title: text.clone().into(),
        severity: Severity::High,
        scope: Scope::Component,
        kinds: vec!["Pod".to_owned(), text.clone()],
        shapes: Vec::new(),
        related: Vec::new(),
        formats: vec![text.clone()],
        aliases: ["CKV_K8S_19".to_owned(), text.clone()].into(),
        policies: [text.clone()].into(),
        docs: Docs {
            why: "It sees *all* of the node.".to_owned(),
            impact: "Ports change.".into(),
            remedies: vec![remedy(""), remedy("helm")],
            failing_example: format!("spec:\n\thostNetwork: true\n{text}\n"),
            passing_example: "spec: {}\n".to_owned(),
        },
        parameters: vec![Parameter {
            name: text.clone(),
            title: text.clone(),
            schema: "{}".to_owned(),
            default: text.clone(),
            stricter: Stricter::FewerItems,
        }],
        safe_fixes: vec!["false".to_owned(), text.clone()],
        pack: text,
    }
}

/// A report without findings.
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

/// A report with one violation at a range of lines and columns.
pub(crate) fn placed(path: &str, from: (u32, u32), to: (u32, u32)) -> Report {
    let mut report = many(1);
    let it = &mut report.results[0];
    it.message = "shares it".to_owned();
    it.control = "kubernetes-host-network".into();
    let position = |(line, column)| Position { line, column };
    it.location = Some(Location { path: path.to_owned(), start: position(from), end: position(to) });
    report
}

/// A report with all untrusted texts replaced.
pub(crate) fn hostile(text: &str) -> Report {
    hostile_of(report(), text)
}

/// A compared report with all untrusted texts replaced.
pub(crate) fn hostile_compared(text: &str) -> Report {
    hostile_of(compared(), text)
}

fn hostile_of(mut report: Report, text: &str) -> Report {
    let replace = |place: &mut String| text.clone_into(place);
    for it in &mut report.results {
        for place in [
            &mut it.message,
            &mut it.fingerprint,
            &mut it.resource.address,
            &mut it.resource.kind,
            &mut it.resource.provider,
            &mut it.resource.format,
            &mut it.resource.instance,
            &mut it.resource.content,
        ] {
            replace(place);
        }
        for place in [&mut it.control, &mut it.title, &mut it.remediation, &mut it.change_impact] {
            *place = text.into();
        }
        for list in [&mut it.aliases, &mut it.policies] {
            *list = list.iter().map(|_| text.to_owned()).collect();
        }
        it.environments.iter_mut().for_each(replace);
        for place in it.location.iter_mut().chain(&mut it.resource.location) {
            replace(&mut place.path);
        }
        for cause in &mut it.cause {
            replace(&mut cause.path);
            replace(&mut cause.note);
        }
        if let Some(fix) = &mut it.fix {
            replace(&mut fix.description);
            for edit in &mut fix.edits {
                for place in [&mut edit.path, &mut edit.replacement, &mut edit.before, &mut edit.after] {
                    replace(place);
                }
            }
        }
        if let Some(suppression) = &mut it.suppression {
            replace(&mut suppression.reason);
            replace(&mut suppression.path);
            suppression.expires.iter_mut().for_each(replace);
        }
    }
    for it in &mut report.coverage {
        for place in [&mut it.path, &mut it.plugin, &mut it.reason] {
            replace(place);
        }
        it.location.iter_mut().for_each(|it| replace(&mut it.path));
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
        it.location.iter_mut().for_each(|it| replace(&mut it.path));
    }
    replace(&mut report.target.path);
    report
}
