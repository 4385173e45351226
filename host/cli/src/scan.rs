//! `palisade scan` and `palisade parse`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use jiff::civil::Date;
use palisade_catalog::{Catalog, Role};
use palisade_domain::{Gate, Missing, Report, Verdict};
use palisade_report::{SarifFor, Sources, Style, clean, counted, some_of};
use palisade_scan::{Environments, ParsedTree, Request, Selection};
use palisade_source::Snapshot;

use crate::args::{Format, ParseOptions, PlainFormat, ScanOptions, Shared, Threshold, TreeOptions};
use crate::base::{self, Judged};
use crate::failure::Failure;
use crate::notice::complain;
use crate::output;
use crate::progress::Progress;
use crate::settings::Settings;
use crate::setup;
use crate::sources::TreeSources;

/// The given date, or today in UTC. Its beginning must be representable as the time that plugins get.
pub(crate) fn day(asked: Option<Date>) -> Result<Date, Failure> {
    let utc = jiff::tz::Offset::UTC;
    let day = asked.unwrap_or_else(|| utc.to_datetime(jiff::Timestamp::now()).date());
    utc.to_timestamp(day.at(0, 0, 0, 0)).context("`--now` is out of range").map_err(Failure::wrong_use)?;
    Ok(day)
}

fn request(
    options: &TreeOptions,
    base: Option<&dyn Snapshot>,
    selection: Selection,
    gate: (Option<Threshold>, bool),
    now: Option<Date>,
    shared: Shared,
    progress: &Progress,
) -> Result<Request, Failure> {
    let (snapshot, path) = setup::tree(options)?;
    let (fail_on, list_passed) = gate;
    let settings = Settings::resolve(options, fail_on, snapshot.as_ref(), base, &path)?;
    let environments =
        Environments::find(snapshot.as_ref(), &path, &options.env).map_err(Failure::wrong_use)?;
    let today = day(now)?;
    Ok(Request {
        gate: Gate {
            fail_on: settings.fail_on.value,
            missing: if settings.strict.value { Missing::All } else { Missing::Failed },
        },
        environments,
        resolvers: Some(settings.resolvers(options)?),
        cache: settings.results(options),
        config: settings.repository,
        parameters: settings.user.parameters,
        selection,
        list_passed,
        jobs: settings.jobs.value,
        observer: progress.observer(shared),
        ..Request::new(snapshot, path, today)
    })
}

/// Whether the name of a pack is a path: a path contains a `/`, everything else is a name. A folder of a scanned tree
/// must not replace a pack of the same name.
pub(crate) fn is_path(pack: &str) -> bool {
    pack.contains(std::path::is_separator)
}

/// The requested packs: paths and names.
fn packs(asked: &[String]) -> (Vec<PathBuf>, Vec<String>) {
    let (files, names): (Vec<_>, Vec<_>) = asked.iter().cloned().partition(|it| is_path(it));
    (files.into_iter().map(PathBuf::from).collect(), names)
}

/// Names of the requested packs: those given by name, and the last plugins that were given to the catalog.
fn only_packs(catalog: &Catalog, files: &[PathBuf], mut names: Vec<String>) -> Result<Vec<String>, Failure> {
    let is_pack = |name: &String| {
        catalog.plugins().iter().any(|it| it.manifest.name == *name && matches!(it.role, Role::Pack { .. }))
    };
    if let Some(name) = names.iter().find(|name| !is_pack(name)) {
        let known: Vec<&str> = catalog
            .plugins()
            .iter()
            .filter(|it| matches!(it.role, Role::Pack { .. }))
            .map(|it| it.manifest.name.as_str())
            .collect();
        let path = if Path::new(name).exists() {
            format!("; for the file or folder of that name, write `./{name}`")
        } else {
            String::new()
        };
        return Err(Failure::wrong_use(anyhow!(
            "pack `{name}` not found: installed are {}{path}",
            known.join(", ")
        )));
    }
    let of_files = catalog.given().iter().rev().take(files.len()).rev();
    names.extend(of_files.cloned());
    Ok(names)
}

/// Checks that the patterns match controls: a scan without any control would look like one without violations.
fn all_known(catalog: &Catalog, patterns: &[String]) -> Result<(), Failure> {
    let packs = catalog.plugins().iter().filter_map(|plugin| match &plugin.role {
        Role::Pack { info, .. } => Some(&info.controls),
        Role::Parser { .. } | Role::Provider { .. } => None,
    });
    let controls: Vec<_> = packs.flatten().collect();
    for pattern in patterns {
        let of_pattern =
            Selection::new(std::slice::from_ref(pattern), &[], None).map_err(Failure::wrong_use)?;
        if !controls.iter().any(|control| of_pattern.takes(control)) {
            return Err(Failure::wrong_use(anyhow!(
                "`--control {pattern}` matches no control: see `palisade controls` for ids and aliases"
            )));
        }
    }
    Ok(())
}

pub(crate) fn scan(options: &ScanOptions, shared: Shared) -> Result<u8, Failure> {
    let selection = Selection::new(&options.control, &options.skip, options.severity)
        .context("a pattern of `--control` or `--skip` is invalid")
        .map_err(Failure::wrong_use)?;
    let progress = Progress::new(shared);
    let gate = (options.fail_on, options.include_passed);
    let base = setup::base(options)?;
    let mut request =
        request(&options.tree, base.as_deref(), selection, gate, options.now, shared, &progress)?;
    request.parameters.extend(options.set.iter().cloned());
    let Judged { report, verdict, gate } = setup::run(request.jobs, async {
        let (files, names) = packs(&options.pack);
        let plugins: Vec<PathBuf> = options.tree.plugin.iter().chain(&files).cloned().collect();
        let catalog = setup::catalog(request.jobs, &plugins, &options.tree.replace).await?;
        if !options.pack.is_empty() {
            let names = only_packs(&catalog, &files, names)?;
            request.selection = request.selection.clone().of_packs(names);
        }
        all_known(&catalog, &options.control)?;
        base::scan(&catalog, &request, base, options, shared).await
    })?;
    progress.end();
    let suppressed = options.show_suppressed;
    let mut formats = options.format.clone();
    if formats.is_empty() && options.output.is_empty() {
        formats.push(match output::plain_format(None) {
            PlainFormat::Table => Format::Table,
            PlainFormat::Json => Format::Json,
        });
    }
    let sources = TreeSources::new(Arc::clone(&request.snapshot));
    for (format, file) in &options.output {
        let look = Style { colour: false, suppressed };
        output::write_with(file, |out| render(&report, verdict, *format, look, &sources, out))?;
    }
    for format in formats {
        let look = Style { colour: output::colour(shared), suppressed };
        output::print_with(|out| render(&report, verdict, format, look, &sources, out))?;
    }
    if verdict == Verdict::Incomplete && !shared.quiet {
        let files = &report.summary.files;
        complain(&format!(
            "incomplete: {} failed, {} in part, {} unsupported, {}",
            counted(files.failed, "file"),
            files.partial,
            files.unsupported,
            counted(report.plugin_errors.len() as u64, "plugin error")
        ));
        if gate.missing == Missing::New {
            let new: Vec<String> =
                report.coverage.iter().filter(|it| it.new).map(|it| it.path.clone()).collect();
            complain(&clean(&format!(
                "the change leaves unjudged what the base judged, or for another reason: {}; `--strict=false` allows it",
                some_of(new.into_iter())
            )));
        }
    }
    Ok(verdict.exit_status())
}

/// The most characters of a summary: GitHub's limit for a comment and for the body of a check.
const LONGEST_SUMMARY: usize = 65_535;

fn render(
    report: &Report,
    verdict: Verdict,
    format: Format,
    look: Style,
    sources: &dyn Sources,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = match format {
        Format::Json => return palisade_report::write_json(report, out),
        Format::Table => palisade_report::table(report, verdict, look, sources),
        Format::Compact => palisade_report::compact(report, verdict, look),
        Format::Sarif if look.suppressed => palisade_report::sarif(report, SarifFor::Archive),
        Format::Sarif => palisade_report::sarif(report, SarifFor::CodeScanning),
        Format::Junit => palisade_report::junit(report),
        Format::Markdown => palisade_report::markdown(report, verdict, LONGEST_SUMMARY, sources),
        Format::Github => palisade_report::github(report),
        Format::Gitlab => palisade_report::gitlab(report),
    };
    out.write_all(text.as_bytes())
}

pub(crate) fn parse(options: &ParseOptions, shared: Shared) -> Result<u8, Failure> {
    let progress = Progress::new(shared);
    let request = request(&options.tree, None, Selection::default(), (None, false), None, shared, &progress)?;
    let tree = setup::run(request.jobs, async {
        let catalog = setup::catalog(request.jobs, &options.tree.plugin, &options.tree.replace).await?;
        palisade_scan::parse(&catalog, &request).await.map_err(Failure::from)
    })?;
    progress.end();
    let text = match output::plain_format(options.format) {
        PlainFormat::Json => {
            palisade_report::resources_json(&tree.batches, &tree.coverage, &tree.diagnostics)
        }
        PlainFormat::Table => palisade_report::resources_table(&tree.batches),
    };
    output::print(&text)?;
    Ok(parse_status(&tree, &request, shared))
}

fn parse_status(tree: &ParsedTree, request: &Request, shared: Shared) -> u8 {
    use palisade_domain::Status;
    let missing: Vec<_> = tree
        .coverage
        .iter()
        .filter(|it| match it.status {
            Status::Failed => true,
            Status::Partial | Status::Unsupported => request.gate.missing != Missing::Failed,
            Status::Scanned | Status::Ignored => false,
        })
        .collect();
    if missing.is_empty() && tree.errors.is_empty() {
        return Verdict::Clean.exit_status();
    }
    if !shared.quiet {
        for it in missing {
            complain(&clean(&format!("{} {}: {}", it.status.name(), it.path, it.reason)));
        }
        for it in &tree.errors {
            complain(&clean(&format!("plugin {}: {} {}", it.plugin, it.path, it.reason)));
        }
    }
    Verdict::Incomplete.exit_status()
}
