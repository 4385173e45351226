//! `palisade config show`: the settings of a scan, and where each comes from.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, ValueEnum as _};
use palisade_report::clean;
use palisade_scan::Assignment;
use palisade_source::find_root;
use serde::Serialize;
use serde_json::Value;

use crate::args::{Arguments, Color, Command, ConfigCommand, PlainFormat, ScanOptions, Shared};
use crate::failure::Failure;
use crate::scan::day;
use crate::settings::{self, Origin, Settings, Sourced, shown};
use crate::{output, setup};

/// The version of the output; a change of meaning needs a new one.
const SCHEMA: &str = "palisade/settings/v1";

pub(crate) fn config(command: &ConfigCommand, shared: Shared) -> Result<u8, Failure> {
    let ConfigCommand::Show { format, scan } = command;
    show(*format, scan, shared)
}

/// A setting in JSON. A setting with several values has several rows.
#[derive(Serialize)]
struct Row {
    name: String,
    value: Value,
    origin: Origin,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    settings: Vec<Row>,
}

fn row(name: &str, it: Sourced<impl Into<Value>>) -> Row {
    Row { name: name.to_owned(), value: it.value.into(), origin: it.origin }
}

/// Parses the arguments of the scan, as if they had been typed.
fn typed(scan: &[OsString], shared: Shared) -> Result<(ArgMatches, Box<ScanOptions>, Shared), Failure> {
    let mut words: Vec<OsString> = vec!["palisade".into(), "scan".into()];
    words.extend(match shared.color {
        Color::Auto => None,
        Color::Always => Some("--color=always".into()),
        Color::Never => Some("--color=never".into()),
    });
    words.extend(shared.quiet.then(|| "--quiet".into()));
    words.extend(shared.verbose.then(|| "--verbose".into()));
    words.extend(scan.iter().cloned());
    // Errors are reported as `palisade scan` reports them.
    let matches = Arguments::command().try_get_matches_from(words).unwrap_or_else(|error| error.exit());
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match (arguments.command, matches.subcommand_matches("scan")) {
        (Command::Scan(options), Some(of_scan)) => Ok((of_scan.clone(), options, arguments.shared)),
        _ => Err(Failure::wrong_use(anyhow::anyhow!("expected PATH and options of `palisade scan`"))),
    }
}

/// An option that can be set on the command line only.
fn plain(argument: &clap::Arg, matches: &ArgMatches) -> Vec<Row> {
    let id = argument.get_id().as_str();
    let long = argument.get_long();
    let origin = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => {
            let name = long.map_or_else(|| id.to_uppercase(), |long| format!("--{long}"));
            Origin::Option { name }
        }
        _ => Origin::Default,
    };
    let name = long.unwrap_or(id).to_owned();
    let row = |value: Value| Row { name: name.clone(), value, origin: origin.clone() };
    if !argument.get_action().takes_values() {
        return vec![row(Value::Bool(matches.get_flag(id)))];
    }
    let values: Vec<Row> = matches
        .get_raw(id)
        .into_iter()
        .flatten()
        .map(|it| row(Value::String(it.to_string_lossy().into_owned())))
        .collect();
    if values.is_empty() { vec![row(Value::Null)] } else { values }
}

/// Settings that are not options.
fn beside(settings: &Settings) -> Vec<Row> {
    let file = |it: &palisade_scan::Setting<String>| {
        Sourced::file(it.value.clone(), &settings.repository.path, it.line)
    };
    let mut rows: Vec<Row> = settings.repository.exclusions().map(|it| row("exclude", file(it))).collect();
    if let Some(home) = &settings.home {
        rows.push(row("home", home.clone().map(|it| shown(&it.data()))));
    }
    let user = settings.user.path.as_deref().filter(|_| settings.user.found).map(shown);
    rows.push(row("user-config", Sourced::default(user)));
    for it in settings::credentials() {
        rows.push(row("credential", Sourced::variable(format!("set, for {}", it.host), &it.name)));
    }
    rows
}

/// Parameters of controls, the later ones above the earlier ones; of the repository's, only stricter ones apply.
fn parameters<'a>(
    settings: &'a Settings,
    options: &'a [Assignment],
) -> impl Iterator<Item = Sourced<String>> + 'a {
    let text = |it: &Assignment| format!("{}.{}={}", it.control, it.name, it.value);
    let files = settings.user.parameters.iter().chain(&settings.repository.parameters);
    let of_files = files.map(move |it| {
        let (path, line) = it.place.rsplit_once(':').unwrap_or((&it.place, ""));
        Sourced { value: text(it), origin: Origin::File { path: path.to_owned(), line: line.parse().ok() } }
    });
    of_files.chain(options.iter().map(move |it| Sourced::option(text(it), "--set")))
}

fn rows(matches: &ArgMatches, options: &ScanOptions, shared: Shared) -> Result<Vec<Row>, Failure> {
    let tree = &options.tree;
    let (snapshot, path) = setup::tree(tree)?;
    let base = setup::base(options)?;
    let settings = Settings::resolve(tree, options.fail_on, snapshot.as_ref(), base.as_deref(), &path)?;
    let found = find_root(&tree.path).map_err(Failure::wrong_use)?;
    let fail_on = |it: Option<palisade_domain::Severity>| it.map_or("none".to_owned(), |it| it.to_string());
    let config = Some(settings.repository.path.clone()).filter(|it| !it.is_empty());

    let mut command = Arguments::command();
    command.build();
    let scan = command.find_subcommand("scan").into_iter().flat_map(clap::Command::get_arguments);
    let mut rows = Vec::new();
    for argument in scan.filter(|it| !it.is_hide_set()) {
        let name = argument.get_long().unwrap_or(argument.get_id().as_str());
        match name {
            "help" | "version" => {}
            "fail-on" => rows.push(row(name, settings.fail_on.clone().map(fail_on))),
            "strict" => rows.push(row(name, settings.strict.clone())),
            "jobs" => rows.push(row(name, settings.jobs.clone())),
            "color" => rows.push(row(name, output::colour_by(shared))),
            "cache-dir" => rows.extend(settings.cache.clone().map(|it| row(name, it.map(|it| shown(&it))))),
            "allow-modules" if !settings.allow_modules.is_empty() => {
                let hosts = settings.allow_modules.iter().cloned();
                rows.extend(hosts.map(|it| row(name, it.map(|it| it.to_string()))));
            }
            "set" => rows.extend(parameters(&settings, &options.set).map(|it| row(name, it))),
            "config" if tree.config.is_none() => rows.push(row(name, Sourced::default(config.clone()))),
            "root" if tree.root.is_none() => rows.push(row(name, Sourced::default(shown(&found.root)))),
            "format" if options.format.is_empty() && options.output.is_empty() => {
                let used = output::plain_format(None).to_possible_value();
                rows.push(row(name, Sourced::default(used.map(|it| it.get_name().to_owned()))));
            }
            "now" if options.now.is_none() => rows.push(row(name, Sourced::default(day(None)?.to_string()))),
            _ => rows.extend(plain(argument, matches)),
        }
    }
    rows.extend(beside(&settings));
    Ok(rows)
}

fn origin(it: &Origin) -> String {
    match it {
        Origin::Default => "default".to_owned(),
        Origin::Option { name } => format!("option {name}"),
        Origin::Variable { name } => format!("variable {name}"),
        Origin::File { path, line: Some(line) } => format!("{path}:{line}"),
        Origin::File { path, line: None } => path.clone(),
    }
}

fn table(rows: &[Row]) -> String {
    let value = |it: &Value| match it {
        Value::Null => "-".to_owned(),
        Value::String(text) => clean(text).into_owned(),
        other => other.to_string(),
    };
    let cells: Vec<[String; 3]> =
        rows.iter().map(|it| [it.name.clone(), value(&it.value), origin(&it.origin)]).collect();
    let width = |pick: fn(&[String; 3]) -> &String| cells.iter().map(|it| pick(it).chars().count()).max();
    let (names, values) = (width(|[name, ..]| name), width(|[_, value, _]| value));
    let (names, values) = (names.unwrap_or(0), values.unwrap_or(0));
    let mut text = String::new();
    for [name, value, origin] in &cells {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:names$}  {value:values$}  {}", clean(origin));
    }
    text
}

fn show(format: Option<PlainFormat>, scan: &[OsString], shared: Shared) -> Result<u8, Failure> {
    let (matches, options, shared) = typed(scan, shared)?;
    let settings = rows(&matches, &options, shared)?;
    output::print(&match output::plain_format(format) {
        PlainFormat::Table => table(&settings),
        PlainFormat::Json => output::json(&Document { schema: SCHEMA, settings })?,
    })?;
    Ok(0)
}
