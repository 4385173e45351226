//! `palisade pack`: creates, tests and builds packs of Rego.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use palisade_packs::{
    Answer, Built, Covered, Folder, PackBuilder, PackError, Remark, Template, Tested, template,
};
use palisade_report::{clean, counted};
use serde::Serialize;

use crate::args::{PackCommand, PackFolder, PlainFormat, Shared};
use crate::failure::Failure;
use crate::notice::complain;
use crate::output;
use crate::scan::is_path;
use crate::setup;

/// Exit status: a test failed, or there are warnings.
const NOT_GOOD: u8 = 1;

pub(crate) fn pack(command: &PackCommand, shared: Shared) -> Result<u8, Failure> {
    match command {
        PackCommand::New { folder, documents } => new(folder, *documents),
        PackCommand::Build { pack, output } => build(pack, output.as_deref(), shared),
        PackCommand::Test { pack, format, coverage } => test(pack, *format, *coverage),
        PackCommand::Lint { pack, format } => lint(pack, *format),
    }
}

fn new(folder: &Path, documents: bool) -> Result<u8, Failure> {
    if folder.exists() {
        return Err(Failure::wrong_use(anyhow!("`{}` exists: name another folder", folder.display())));
    }
    let kind = if documents { Template::Documents } else { Template::Resources };
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("policies");
    let files = template(kind, &palisade_packs::plain_name(name));
    let mut text = String::new();
    for (path, content) in &files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot create `{}`", parent.display()))
                .map_err(Failure::wrong_use)?;
        }
        output::write(&path, content.as_bytes())?;
        let _ = writeln!(text, "{}", path.display());
    }
    let shown = folder.display().to_string();
    let here = if is_path(&shown) { "" } else { "./" };
    let _ =
        writeln!(text, "\nNext: palisade pack test {shown}\n      palisade scan --pack {here}{shown} PATH");
    output::print(&text)?;
    Ok(0)
}

fn read(pack: &PackFolder) -> Result<Folder, Failure> {
    let mut folder = Folder::read(&pack.folder).map_err(Failure::wrong_use)?;
    if !pack.namespace.is_empty() {
        folder.pack.namespaces.clone_from(&pack.namespace);
    }
    Ok(folder)
}

/// Runs `work` with a builder that shares the cache of later scans.
fn work<T>(
    with: impl AsyncFnOnce(&PackBuilder<'_>) -> Result<T, PackError>,
) -> Result<Result<T, PackError>, Failure> {
    let home = setup::home();
    let host = setup::host(1, home.as_ref(), true)?;
    setup::run(1, async { Ok(with(&PackBuilder::new(&host, home.as_ref())).await) })
}

fn build(pack: &PackFolder, file: Option<&Path>, shared: Shared) -> Result<u8, Failure> {
    let folder = read(pack)?;
    let built = work(async |builder| builder.build(&folder).await)?.map_err(Failure::wrong_use)?;
    let packed = built.file().context("cannot pack the component").map_err(Failure::incomplete)?;
    let Built { name, answer, .. } = built;
    let file = file.map_or_else(|| PathBuf::from(format!("{name}.wasm")), Path::to_owned);
    output::write(&file, &packed)?;
    let answer = answer.unwrap_or_default();
    for it in answer.warnings.iter().filter(|_| !shared.quiet) {
        complain(&format!("warning: {it}"));
    }
    let controls = counted(answer.controls.len() as u64, "control");
    let text = format!("{}: {controls}, {} bytes\n", file.display(), packed.len());
    output::print(&text)?;
    Ok(0)
}

/// Results of tests in JSON.
#[derive(Serialize)]
struct Run<'a> {
    passed: usize,
    failed: usize,
    skipped: usize,
    percent: f64,
    tests: &'a [Tested],
    coverage: &'a [Covered],
}

impl<'a> Run<'a> {
    fn of(answer: &'a Answer) -> Run<'a> {
        let count = |wanted| answer.tests.iter().filter(|it| it.passed == wanted).count();
        let lines = |of: fn(&Covered) -> usize| answer.coverage.iter().map(of).sum::<usize>();
        let (reached, missed) = (lines(|it| it.reached.len()), lines(|it| it.missed.len()));
        let all = u32::try_from(reached + missed).unwrap_or(u32::MAX).max(1);
        let reached = u32::try_from(reached).unwrap_or(u32::MAX);
        Run {
            passed: count(Some(true)),
            failed: count(Some(false)),
            skipped: count(None),
            percent: (f64::from(reached) * 1_000.0 / f64::from(all)).round() / 10.0,
            tests: &answer.tests,
            coverage: &answer.coverage,
        }
    }

    fn table(&self) -> String {
        let mut text = String::new();
        for it in self.tests {
            let word = match it.passed {
                Some(true) => "ok",
                Some(false) => "FAILED",
                None => "skipped",
            };
            let _ = writeln!(text, "{word:8} {}:{} {}", clean(&it.file), it.line, clean(&it.name));
            if !it.error.is_empty() {
                let _ = writeln!(text, "         {}", clean(&it.error));
            }
        }
        for it in self.coverage.iter().filter(|it| !it.missed.is_empty()) {
            let lines: Vec<String> = it.missed.iter().map(u32::to_string).collect();
            let name = if lines.len() == 1 { "line" } else { "lines" };
            let _ = writeln!(text, "not covered: {} {name} {}", clean(&it.file), lines.join(", "));
        }
        let Run { passed, failed, skipped, percent, .. } = self;
        let _ = writeln!(
            text,
            "{passed} passed, {failed} failed, {skipped} skipped; {percent} % of the rules' lines covered"
        );
        text
    }
}

fn test(pack: &PackFolder, format: Option<PlainFormat>, least: Option<u8>) -> Result<u8, Failure> {
    let folder = read(pack)?;
    let answer = work(async |builder| builder.test(&folder).await)?.map_err(Failure::wrong_use)?;
    let run = Run::of(&answer);
    if run.tests.is_empty() {
        return Err(Failure::wrong_use(anyhow!(
            "no tests found in `{}`: write rules `test_…` in files `…_test.rego`",
            pack.folder.display()
        )));
    }
    output::print(&match output::plain_format(format) {
        PlainFormat::Json => output::json(&run)?,
        PlainFormat::Table => run.table(),
    })?;
    let short = least.is_some_and(|least| run.percent < f64::from(least));
    if let Some(least) = least.filter(|_| short) {
        complain(&format!("tests cover {} % of the rules' lines, less than {least} %", run.percent));
    }
    Ok(if run.failed > 0 || short { NOT_GOOD } else { 0 })
}

/// Problems of a pack in JSON.
#[derive(Serialize)]
struct Linted<'a> {
    problems: &'a [Remark],
    warnings: &'a [Remark],
    controls: &'a [palisade_packs::Found],
}

fn lint(pack: &PackFolder, format: Option<PlainFormat>) -> Result<u8, Failure> {
    let folder = read(pack)?;
    let answer = match work(async |builder| builder.test(&folder).await)? {
        Ok(answer) => answer,
        Err(PackError::Problems(problems)) => Answer { problems, ..Answer::default() },
        Err(error) => return Err(Failure::wrong_use(error)),
    };
    let Answer { problems, warnings, controls, .. } = &answer;
    output::print(&match output::plain_format(format) {
        PlainFormat::Json => output::json(&Linted { problems, warnings, controls })?,
        PlainFormat::Table => {
            let mut text = String::new();
            for it in problems {
                let _ = writeln!(text, "error: {}", clean(&it.to_string()));
            }
            for it in warnings {
                let _ = writeln!(text, "warning: {}", clean(&it.to_string()));
            }
            let _ = writeln!(
                text,
                "{}, {}, {}",
                counted(controls.len() as u64, "control"),
                counted(problems.len() as u64, "error"),
                counted(warnings.len() as u64, "warning")
            );
            text
        }
    })?;
    Ok(match (problems.is_empty(), warnings.is_empty()) {
        (true, true) => 0,
        (true, false) => NOT_GOOD,
        (false, _) => 2,
    })
}
