//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use palisade_domain::Severity;
use palisade_modules::AllowedHost;
use palisade_scan::Assignment;

/// The self-hosted gate for infrastructure code.
#[derive(Debug, Parser)]
#[command(name = "palisade", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Shared {
    /// When to use colours; NO_COLOR, FORCE_COLOR and TERM=dumb are honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Say nothing but errors on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say what each plugin does and what it takes, on standard error
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan a folder, or a commit of the Git repository there
    ///
    /// Exit status: 0 clean; 1 violations at or above the threshold; 2 wrong use or configuration; 3 the scan
    /// is incomplete, whatever it found.
    Scan(Box<ScanOptions>),
    /// Stop after parsing: resources and coverage, no controls
    Parse(Box<ParseOptions>),
    /// List controls, or explain one
    Controls(ControlsOptions),
    /// Write, test and build packs of policies in Rego
    #[command(subcommand)]
    Pack(PackCommand),
    /// Look at, check, install and build plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Look at what a scan would use
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Run the service: take webhooks, evaluate pull requests, scan repositories
    ///
    /// Configured by `server.toml`, by environment variables (`PALISADE_PUBLIC_URL` is the key `public-url`), and by
    /// the options here, each above the one before. The first start writes the token of an administrator into the
    /// data folder.
    Serve(ServerOptions),
    /// Copy the service's database into a file, while it runs or not
    Backup(BackupOptions),
    /// Give access to the service from its host
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Change the key that seals the service's secrets
    #[command(subcommand)]
    Key(KeyCommand),
    /// Say what is wrong with this set-up, and the mend
    ///
    /// Exit status: 0 where a scan can be done, 2 where something must be mended first.
    Doctor(DoctorOptions),
    /// Write what lets a shell complete commands and options
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages
    Man {
        /// Write the page of every command into this folder; without it the main page to standard output
        #[arg(short, long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
}

/// How the service runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerOptions {
    /// The configuration [default: `server.toml`, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder that belongs to the service [default: palisade-data]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// Where people and providers reach the service [default: port 8080 of this machine]
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
}

/// What to copy.
#[derive(Clone, Debug, Args)]
pub(crate) struct BackupOptions {
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// The file, which is not there yet
    pub(crate) output: PathBuf,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Make a token of the API for a user, while the service runs or not
    ///
    /// The token is printed once, or written to a file that its owner alone can read. Where no administrator is left, one
    /// is created. Run it as the user that the service runs as.
    Token(TokenOptions),
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Seal all secrets with a new key, while the service is stopped
    ///
    /// The key file has both keys until all secrets are sealed with the new one, so that a crash loses nothing; run it
    /// again then. Run it as the user that the service runs as. Where several hosts share a database, stop all of them,
    /// and copy the key file to each before it starts again.
    Rotate {
        #[command(flatten)]
        server: ServerOptions,
        /// Keep the old keys in the file, below the new one: backups that were made before need them
        #[arg(long)]
        keep_old: bool,
    },
}

/// Which token.
#[derive(Clone, Debug, Args)]
pub(crate) struct TokenOptions {
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Name of the user [default: the first administrator; `admin`, where none is left]
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Name of the token, for lists and the audit log
    #[arg(long, value_name = "NAME", default_value = "command line")]
    pub(crate) name: String,
    /// A scope of the token: read, triage, integrate or administer; may be repeated [default: all of the user's role]
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,
    /// Days until the token expires [default: never]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) expires: Option<u16>,
    /// Write the token to this file, which does not exist yet, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Which tree, and which plugins.
#[derive(Clone, Debug, Args)]
pub(crate) struct TreeOptions {
    /// Folder or file to scan
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Scan this commit of the repository instead of the files in the folder; it is read, never checked out
    #[arg(long, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// Root of the tree; without it the top of the Git repository around PATH, or PATH itself
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    /// Configuration of the repository; without it the nearest `palisade.toml` above PATH, inside the tree
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A plugin file, or a folder of Rego, to use beside the built-in and installed ones
    #[arg(long, value_name = "FILE|FOLDER")]
    pub(crate) plugin: Vec<PathBuf>,
    /// Let a given plugin take the place of the built-in one of this name; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) replace: Vec<String>,
    /// Parse, and judge, with this input, such as `prod=prod.tfvars`; may be repeated
    ///
    /// Files of one NAME add up in order. FILE stands in the tree, and is looked for from PATH, then from the
    /// tree's root. It is for the unit with the deepest root above it, else for all units of its format.
    #[arg(long, value_name = "NAME=FILE", value_parser = environment)]
    pub(crate) env: Vec<(String, String)>,
    /// How many files at a time; without it as many as there are processors
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Never use the network: of modules, what earlier scans have kept is used
    #[arg(long)]
    pub(crate) offline: bool,
    /// Let modules be fetched from this host, such as `registry.terraform.io`; may be repeated [default: none]
    ///
    /// Over HTTPS; `http://HOST` allows plain HTTP, `HOST:PORT` another port, `*.HOST` every public host below it.
    /// `allow-modules` in the user's `config.toml` adds to it; a repository cannot. Tokens come from
    /// `TF_TOKEN_host_name` for registries and `PALISADE_GIT_TOKEN_host_name` for Git.
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_modules: Vec<AllowedHost>,
    /// Where fetched modules and the results of scans are kept [default: in the user's cache]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Do everything anew: neither use nor keep the results of scans
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Exit with 3 where a file is not wholly judged, and with 1 where a control at or above the threshold is unknown
    ///
    /// With `--base` this is the default, and only what the change makes so counts; `--strict=false` turns it off.
    #[arg(
        long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        action = clap::ArgAction::Set
    )]
    pub(crate) strict: Option<bool>,
    /// Largest file that is read, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u64).range(1..=256))]
    pub(crate) max_file_size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for terminals, with the code of each finding
    Table,
    Json,
    /// One line for each finding, which begins with its place
    Compact,
    /// SARIF 2.1.0; with `--show-suppressed` the copy for archives, else the one for code scanning
    Sarif,
    Junit,
    Markdown,
    /// Annotations, as GitHub's workflow commands
    Github,
    /// Code quality, as GitLab reads it
    Gitlab,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    Table,
    Json,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ScanOptions {
    #[command(flatten)]
    pub(crate) tree: TreeOptions,
    /// Format on standard output; may be repeated [default: table on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Vec<Format>,
    /// Write a report to a file, such as `-o json=report.json`; may be repeated
    #[arg(short, long, value_name = "FORMAT=FILE", value_parser = output)]
    pub(crate) output: Vec<(Format, PathBuf)>,
    /// Judge with this pack only: its name, or a path such as `./policy`; may be repeated [default: all]
    #[arg(long, value_name = "NAME|FILE|FOLDER")]
    pub(crate) pack: Vec<String>,
    /// Only controls whose id or alias matches; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) control: Vec<String>,
    /// Leave out controls whose id or alias matches; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) skip: Vec<String>,
    /// Only controls of at least this severity
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<Severity>,
    /// Set a parameter of a control, such as `kubernetes-low-user-id.minimum=1000`; may be repeated
    ///
    /// `palisade controls CONTROL` lists the parameters. It takes precedence over `[parameters.CONTROL]` in the user's
    /// `config.toml`; a repository's `palisade.toml` can only set a stricter value.
    #[arg(long, value_name = "CONTROL.NAME=JSON", value_parser = assignment)]
    pub(crate) set: Vec<Assignment>,
    /// Violations of at least this severity fail the scan; `none` for no threshold [default: high]
    #[arg(long, value_name = "SEVERITY", value_parser = threshold)]
    pub(crate) fail_on: Option<Threshold>,
    /// Compare with where the change began: the commit that REV and what is scanned have in common
    ///
    /// What the base has already is not new and fails nothing. Files that the change leaves as they are, with all that
    /// they depend on, are counted, and their findings are not listed.
    #[arg(long, value_name = "REV", conflicts_with = "baseline")]
    pub(crate) base: Option<String>,
    /// Compare with a report that `--format json` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// With `--base`: let suppressions count that the change itself adds
    #[arg(long, requires = "base")]
    pub(crate) allow_new_suppressions: bool,
    /// With `--base`: list the findings in files that the change leaves as they are, too
    #[arg(long, requires = "base")]
    pub(crate) include_unchanged: bool,
    /// List suppressed violations too
    #[arg(long)]
    pub(crate) show_suppressed: bool,
    /// List the controls that were fulfilled too
    #[arg(long)]
    pub(crate) include_passed: bool,
    /// The day that decides expiries [default: today, in UTC]
    #[arg(long, value_name = "DATE")]
    pub(crate) now: Option<jiff::civil::Date>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ParseOptions {
    #[command(flatten)]
    pub(crate) tree: TreeOptions,
    /// Format on standard output [default: table on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<PlainFormat>,
}

/// How controls are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ControlsFormat {
    Table,
    Json,
    Markdown,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ControlsOptions {
    /// The control to explain, by id or alias; without it all are listed
    pub(crate) id: Option<String>,
    /// Format on standard output [default: table on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ControlsFormat>,
    /// Write a page of Markdown for each control, and one that leads to them, into this folder
    #[arg(short, long, value_name = "FOLDER", conflicts_with_all = ["id", "format"])]
    pub(crate) output: Option<PathBuf>,
    /// A plugin file, or a folder of Rego, to use beside the built-in and installed ones
    #[arg(long, value_name = "FILE|FOLDER")]
    pub(crate) plugin: Vec<PathBuf>,
    /// Let a given plugin take the place of the built-in one of this name; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) replace: Vec<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting that a scan would use here, and where it comes from
    ///
    /// Of credentials only that they are set is shown.
    Show {
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
        /// PATH and options of the `palisade scan` that is meant, after those of this command
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "SCAN OPTIONS")]
        scan: Vec<std::ffi::OsString>,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorOptions {
    /// Folder that would be scanned
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Configuration of a service to look at as well [default: `server.toml`, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) server: Option<PathBuf>,
    /// Format on standard output [default: table on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<PlainFormat>,
}

/// A folder of policies.
#[derive(Clone, Debug, Args)]
pub(crate) struct PackFolder {
    /// The folder: files of Rego, data in files called `data` or in a folder `data`, and `pack.toml`, if there is one
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// A package whose rules `deny`, `violation` and `warn` are controls, `*` for all; may be repeated [default: main]
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) namespace: Vec<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Write a folder with a first control and its tests
    New {
        /// The folder, which is not there yet
        folder: PathBuf,
        /// Judge whole documents, as Conftest does, instead of resources
        #[arg(long)]
        documents: bool,
    },
    /// Make a folder one plugin file, which parses no Rego when it scans
    Build {
        #[command(flatten)]
        pack: PackFolder,
        /// The file to write [default: NAME.wasm]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Run the tests of a folder: rules `test_…` in files `…_test.rego`
    ///
    /// Exit status: 0 where all hold, 1 where one does not, 2 where the folder is not right.
    Test {
        #[command(flatten)]
        pack: PackFolder,
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
        /// Fail where tests reach less of the rules' lines than this
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
        coverage: Option<u8>,
    },
    /// Say what is wrong with a folder, and what could be better
    ///
    /// Exit status: 0 where nothing is, 1 where something could be better, 2 where it is no pack.
    Lint {
        #[command(flatten)]
        pack: PackFolder,
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
    },
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the plugins that take part in a scan
    List {
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
    },
    /// Show what a plugin file says of itself, without running it
    Inspect {
        /// The plugin file
        file: PathBuf,
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
    },
    /// Try whether a plugin file would be admitted, step by step
    Check {
        /// The plugin file
        file: PathBuf,
        /// Grant a capability, such as `http`, or `own`: keep files from built-in parsers; may be repeated
        #[arg(long, value_name = "CAPABILITY")]
        grant: Vec<String>,
        /// Let it take the place of the built-in plugin of this name
        #[arg(long, value_name = "NAME")]
        replace: Option<String>,
    },
    /// Admit a plugin file and keep it for every scan
    Install {
        /// The plugin file
        file: PathBuf,
        /// Grant a capability, such as `http`, or `own`: keep files from built-in parsers; may be repeated
        #[arg(long, value_name = "CAPABILITY")]
        grant: Vec<String>,
        /// Let it take the place of the built-in plugin of this name
        #[arg(long, value_name = "NAME")]
        replace: Option<String>,
    },
    /// Take an installed plugin out
    Remove {
        /// Its name
        name: String,
    },
    /// Make a plugin file from a core module and its manifest
    Build {
        /// What `cargo build --target wasm32-unknown-unknown` made
        module: PathBuf,
        /// The manifest
        #[arg(long, value_name = "FILE", default_value = "plugin.toml")]
        manifest: PathBuf,
        /// The plugin file to write
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Compile a component from standard input, within limits: what the other commands start as a child
    #[command(hide = true)]
    CompileChild,
}

/// When a scan fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threshold {
    None,
    At(Severity),
}

impl Threshold {
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            Threshold::None => None,
            Threshold::At(severity) => Some(severity),
        }
    }
}

fn threshold(text: &str) -> Result<Threshold, String> {
    if text == "none" {
        return Ok(Threshold::None);
    }
    text.parse()
        .map(Threshold::At)
        .map_err(|_| format!("`{text}` is no threshold: use critical, high, medium, low or none"))
}

fn environment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_owned(), file.to_owned())),
        _ => Err("write NAME=FILE, such as prod=prod.tfvars".to_owned()),
    }
}

/// The last dot is before the name: ids of controls have dots too.
fn assignment(text: &str) -> Result<Assignment, String> {
    let expected = "expected CONTROL.NAME=JSON, such as kubernetes-low-user-id.minimum=1000";
    let (key, json) = text.split_once('=').ok_or(expected)?;
    let (control, name) = key.rsplit_once('.').filter(|(it, _)| !it.is_empty()).ok_or(expected)?;
    let value = serde_json::from_str(json).map_err(|error| {
        format!("value `{json}` is invalid JSON: {error}; write texts in double quotes, lists in brackets")
    })?;
    Ok(Assignment { control: control.to_owned(), name: name.to_owned(), value, place: "--set".to_owned() })
}

fn output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("write FORMAT=FILE, such as json=report.json")?;
    if file.is_empty() {
        return Err("the file has no name: write FORMAT=FILE, such as json=report.json".to_owned());
    }
    let format = Format::from_str(format, false)
        .map_err(|_| format!("invalid format `{format}`: use table, json, compact, sarif, junit, markdown, github or gitlab, such as json=report.json"))?;
    Ok((format, PathBuf::from(file)))
}
