//! Every known way to introduce a violation unnoticed, and its honest twin: see [`palisade_tests::gate`].

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use palisade_catalog::Catalog;
use palisade_domain::{Gate, Missing, Report, Severity, Verdict};
use palisade_scan::{Cache, Change, Evaluated, Request};
use palisade_source::{FolderSnapshot, Limits, Snapshot, TreePath};
use palisade_tests::gate::{Case, For, answers, cases};

fn request(snapshot: &Arc<dyn Snapshot>) -> Request {
    let whole = Request::new(Arc::clone(snapshot), TreePath::root(), jiff::civil::date(2026, 1, 1));
    Request { gate: gate(Missing::Failed), jobs: 2, ..whole }
}

fn gate(missing: Missing) -> Gate {
    Gate { fail_on: Some(Severity::High), missing }
}

fn open(folder: &Path) -> Arc<dyn Snapshot> {
    Arc::new(FolderSnapshot::open(folder, Limits::default()).unwrap())
}

/// Evaluates a tree as a change of another one. New findings and the verdict are the same whether unchanged units are
/// listed or counted.
async fn evaluate(catalog: &Catalog, head: &Arc<dyn Snapshot>, base: &Arc<dyn Snapshot>) -> Evaluated {
    let kept = tempfile::tempdir().unwrap();
    let cache = Arc::new(Cache::open(kept.path().join("cache"), &[7; 32], Cache::LIMIT));
    let change = |list_unchanged| Change { list_unchanged, ..Change::new(Arc::clone(base), "base") };
    let request = Request { gate: gate(Missing::All), cache: Some(cache), ..request(head) };
    let listed = change(true).evaluate(catalog, &request).await.unwrap();
    let counted = change(false).evaluate(catalog, &request).await.unwrap();
    let new = |it: &Evaluated| it.report.results.iter().filter(|it| it.new).cloned().collect::<Vec<_>>();
    let counts = |it: &Evaluated| (it.report.summary.outcomes, it.report.coverage.clone());
    assert_eq!(new(&listed), new(&counted));
    assert_eq!((listed.verdict, counts(&listed)), (counted.verdict, counts(&counted)));
    listed
}

/// The verdicts of a tree alone, with `--strict`, and as a change of another one; and the report of the change.
async fn verdicts(catalog: &Catalog, head: &Path, base: &Path) -> ([Verdict; 3], Report) {
    let (head, base) = (open(head), open(base));
    let whole = palisade_scan::scan(catalog, &request(&head)).await.unwrap();
    let Evaluated { report, verdict, .. } = evaluate(catalog, &head, &base).await;
    ([gate(Missing::Failed).judge(&whole), gate(Missing::All).judge(&whole), verdict], report)
}

/// The expectations of a case that are not met.
fn faults(case: &Case, change: [Verdict; 3], twin: [Verdict; 3]) -> Vec<&'static str> {
    let [plain, strict, base] = change.map(|it| it != Verdict::Clean);
    let mut faults = Vec::new();
    if !plain && case.green.is_none() {
        faults.push("GREEN by default");
    }
    if plain && case.green.is_some() {
        faults.push("caught by default, the case says otherwise");
    }
    if !strict && !case.strictly {
        faults.push("GREEN with --strict");
    }
    if !base {
        faults.push("GREEN with --base");
    }
    let [plain, _, base] = twin.map(|it| it != Verdict::Clean);
    if plain {
        faults.push("the twin FAILS by default");
    }
    if base != case.twin_fails.is_some() {
        faults.push("the twin as a change is not what the case says");
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_known_way_around_the_gate_is_green_and_every_honest_twin_is() {
    let host = palisade_tests::host(2);
    let catalog = Catalog::load(&host, None, &[], &[]).await.unwrap();
    let answers = answers().unwrap();
    let mut table = String::new();
    let mut wrong = String::new();
    for case in cases().unwrap() {
        let folder = tempfile::tempdir().unwrap();
        let [head, twin, base] = ["head", "twin", "base"].map(|it| folder.path().join(it));
        for it in [&head, &twin, &base] {
            std::fs::create_dir(it).unwrap();
        }
        case.write(&head, For::Us).unwrap();
        case.write_twin(&twin).unwrap();
        case.write_base(&base).unwrap();
        let (change, report) = verdicts(&catalog, &head, &base).await;
        let (honest, of_twin) = verdicts(&catalog, &twin, &base).await;
        let show = |it: [Verdict; 3]| it.map(|it| it.exit_status().to_string()).join(" ");
        let tool = case.tool.split([' ', ',']).next().unwrap_or_default();
        let answer = answers.get(&case.id).map_or(case.tool.as_str(), String::as_str);
        writeln!(
            table,
            "{:<9} {}  twin {}  {} | {tool}: {answer}",
            case.id,
            show(change),
            show(honest),
            case.title
        )
        .unwrap();
        if tool != "none" && case.green.is_none() && !answer.contains("0.0.0.0/0") && !answer.contains("true")
        {
            writeln!(wrong, "{}: no answer of {tool} shows what is wrong", case.id).unwrap();
        }
        for fault in faults(&case, change, honest) {
            let report = if fault.contains("twin") { &of_twin } else { &report };
            let rows =
                report.coverage.iter().map(|it| format!("{} {}: {}", it.status.name(), it.path, it.reason));
            let found = report.results.iter().map(|it| format!("{:?} {}", it.status, it.control));
            let all: Vec<String> = rows.chain(found).collect();
            writeln!(wrong, "{} ({}): {fault}\n    {}", case.id, case.title, all.join("\n    ")).unwrap();
        }
    }
    insta::assert_snapshot!("gate_table", table);
    assert!(wrong.is_empty(), "{wrong}");
}
