//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use palisade_domain::Severity;
use palisade_modules::AllowedHost;
use palisade_scan::Assignment;

/// Headings of options in help texts.
const SELECTION: &str = "Selection";
const ENVIRONMENTS: &str = "Environments";
const PLUGINS: &str = "Plugins";
const CONTROLS: &str = "Controls";
const COMPARISON: &str = "Comparison";
const EXIT_STATUS: &str = "Exit status";
const OUTPUT: &str = "Output";
const MODULES: &str = "Modules";
const RESOURCES: &str = "Resources and cache";
const GLOBAL: &str = "Global options";

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
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Print only errors on standard error
    #[arg(short, long, global = true, help_heading = GLOBAL, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print every plugin call with its CPU time and memory on standard error
    #[arg(short, long, global = true, help_heading = GLOBAL)]
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
    /// Exit status: 0 no violations at or above the threshold; 1 violations at or above the threshold; 2 invalid
    /// options or configuration; 3 the scan is incomplete, with or without violations.
    Scan(Box<ScanOptions>),
    /// Print the parsed resources and the coverage, without running controls
    Parse(Box<ParseOptions>),
    /// List controls, or explain one
    Controls(ControlsOptions),
    /// Create, test and build packs of policies in Rego
    #[command(subcommand)]
    Pack(PackCommand),
    /// List, inspect, check, install and build plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Show the settings of a scan
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Run the service: receive webhooks, evaluate pull requests, scan repositories
    ///
    /// Settings come from `server.toml`, from environment variables (`PALISADE_PUBLIC_URL` is the key `public-url`) and
    /// from these options; each takes precedence over the one before. The first start writes an administrator's token
    /// into the data folder.
    Serve(ServerOptions),
    /// Copy the service's database to a file, while the service runs or is stopped
    Backup(BackupOptions),
    /// Create access to the service on its host
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Manage the key that encrypts the service's secrets
    #[command(subcommand)]
    Key(KeyCommand),
    /// Diagnose the installation and suggest fixes
    ///
    /// Exit status: 0 no problems that prevent a scan; 2 at least one problem must be fixed first.
    Doctor(DoctorOptions),
    /// Generate shell completions
    Completions {
        /// Shell to generate completions for
        shell: clap_complete::Shell,
    },
    /// Generate manual pages
    Man {
        /// Write one page for each command into this folder [default: print the main page]
        #[arg(short, long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
}

/// How the service runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerOptions {
    /// Configuration of the service [default: `server.toml`, if it exists]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of the service [default: palisade-data]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// URL at which users and providers reach the service [default: port 8080 of this machine]
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
}

/// What to copy.
#[derive(Clone, Debug, Args)]
pub(crate) struct BackupOptions {
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// File to write; it must not exist
    pub(crate) output: PathBuf,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Create an API token for a user, while the service runs or is stopped
    ///
    /// The token is printed once, or written to a file that only its owner can read. If no administrator is left, one is
    /// created. Run it as the user that the service runs as.
    Token(TokenOptions),
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Encrypt all secrets with a new key, while the service is stopped
    ///
    /// The key file has both keys until all secrets are encrypted with the new one, so that a crash loses nothing: run
    /// the command again after a crash. Run it as the user that the service runs as. If several hosts share a database,
    /// stop all of them, and copy the key file to each before it starts again.
    Rotate {
        #[command(flatten)]
        server: ServerOptions,
        /// Keep the old keys in the file, below the new one; backups from before the rotation need them
        #[arg(long)]
        keep_old: bool,
    },
}

/// Which token.
#[derive(Clone, Debug, Args)]
pub(crate) struct TokenOptions {
    #[command(flatten)]
    pub(crate) server: ServerOptions,
    /// Name of the user [default: the first administrator, or `admin` if none is left]
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Name of the token, for lists and the audit log
    #[arg(long, value_name = "NAME", default_value = "command line")]
    pub(crate) name: String,
    /// Scope of the token: read, triage, integrate or administer; may be repeated [default: all of the user's role]
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,
    /// Days until the token expires [default: never]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) expires: Option<u16>,
    /// Write the token to this file instead of standard output; it must not exist
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Which tree, and which plugins.
#[derive(Clone, Debug, Args)]
pub(crate) struct TreeOptions {
    /// Folder or file to scan
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Scan this commit of the repository instead of the files in the folder; nothing is checked out
    #[arg(long, help_heading = SELECTION, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// Root of the tree [default: the top of the Git repository around PATH, else PATH]
    #[arg(long, help_heading = SELECTION, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    /// Configuration of the repository [default: the nearest `palisade.toml` at or above PATH, inside the tree]
    #[arg(long, help_heading = SELECTION, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use this plugin file or folder of Rego in addition to the built-in and installed plugins; may be repeated
    #[arg(long, help_heading = PLUGINS, value_name = "FILE|FOLDER")]
    pub(crate) plugin: Vec<PathBuf>,
    /// Let a plugin of `--plugin` replace the built-in plugin of this name; may be repeated
    #[arg(long, help_heading = PLUGINS, value_name = "NAME")]
    pub(crate) replace: Vec<String>,
    /// Evaluate an environment with this file of values, such as `prod=prod.tfvars`; may be repeated
    ///
    /// Files of the same NAME are combined in order. FILE must be in the tree; it is looked up relative to PATH, then
    /// relative to the tree's root. It applies to the unit with the deepest root above it, else to all units of its
    /// format.
    #[arg(long, help_heading = ENVIRONMENTS, value_name = "NAME=FILE", value_parser = environment)]
    pub(crate) env: Vec<(String, String)>,
    /// Number of files to process in parallel [default: number of processors]
    #[arg(long, help_heading = RESOURCES, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Disable network access; only cached modules are used
    #[arg(long, help_heading = MODULES)]
    pub(crate) offline: bool,
    /// Allow modules to be fetched from this host, such as `registry.terraform.io`; may be repeated [default: none]
    ///
    /// HOST allows HTTPS, `http://HOST` plain HTTP, `HOST:PORT` another port, `*.HOST` every public host below it.
    /// `allow-modules` in the user's `config.toml` adds hosts; a repository cannot add any. Tokens come from the
    /// environment variables `TF_TOKEN_host_name` for registries and `PALISADE_GIT_TOKEN_host_name` for Git.
    #[arg(long, help_heading = MODULES, value_name = "HOST")]
    pub(crate) allow_modules: Vec<AllowedHost>,
    /// Folder for fetched modules and cached scan results [default: in the user's cache]
    #[arg(long, help_heading = RESOURCES, value_name = "FOLDER")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Neither read nor write cached scan results
    #[arg(long, help_heading = RESOURCES)]
    pub(crate) no_cache: bool,
    /// Exit with 3 if a file is not fully judged, and with 1 if a control at or above the threshold is unknown
    ///
    /// With `--base` this is the default and counts only what the change introduces; `--strict=false` disables it.
    #[arg(
        long, help_heading = EXIT_STATUS, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        action = clap::ArgAction::Set
    )]
    pub(crate) strict: Option<bool>,
    /// Maximum size of a file, in MiB; larger files are not read
    #[arg(
        long, help_heading = SELECTION, value_name = "MIB", default_value_t = 32,
        value_parser = clap::value_parser!(u64).range(1..=256)
    )]
    pub(crate) max_file_size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for terminals, with the code of each finding
    Table,
    Json,
    /// One line for each finding, which begins with its place
    Compact,
    /// SARIF 2.1.0: for code scanning, or with `--show-suppressed` for archives
    Sarif,
    Junit,
    Markdown,
    /// Annotations as GitHub workflow commands
    Github,
    /// GitLab Code Quality report
    Gitlab,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    Table,
    Json,
}

#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct ScanOptions {
    #[command(flatten)]
    pub(crate) tree: TreeOptions,
    /// Format on standard output; may be repeated [default: table on a terminal, else json]
    #[arg(long, help_heading = OUTPUT, value_name = "FORMAT")]
    pub(crate) format: Vec<Format>,
    /// Write a report to a file, such as `-o json=report.json`; may be repeated
    #[arg(short, long, help_heading = OUTPUT, value_name = "FORMAT=FILE", value_parser = output)]
    pub(crate) output: Vec<(Format, PathBuf)>,
    /// Run only this pack: a name, or a path such as `./policy`; may be repeated [default: all]
    #[arg(long, help_heading = CONTROLS, value_name = "NAME|FILE|FOLDER")]
    pub(crate) pack: Vec<String>,
    /// Run only controls whose id or alias matches; may be repeated [default: all]
    #[arg(long, help_heading = CONTROLS, value_name = "GLOB")]
    pub(crate) control: Vec<String>,
    /// Skip controls whose id or alias matches; may be repeated
    #[arg(long, help_heading = CONTROLS, value_name = "GLOB")]
    pub(crate) skip: Vec<String>,
    /// Run only controls of at least this severity: critical, high, medium or low [default: all]
    #[arg(long, help_heading = CONTROLS, value_name = "SEVERITY")]
    pub(crate) severity: Option<Severity>,
    /// Set a parameter of a control, such as `kubernetes-low-user-id.minimum=1000`; may be repeated
    ///
    /// `palisade controls CONTROL` lists the parameters. It takes precedence over `[parameters.CONTROL]` in the user's
    /// `config.toml`; a repository's `palisade.toml` can only set a stricter value.
    #[arg(long, help_heading = CONTROLS, value_name = "CONTROL.NAME=JSON", value_parser = assignment)]
    pub(crate) set: Vec<Assignment>,
    /// Fail the scan on violations of at least this severity: critical, high, medium or low; `none` for no
    /// threshold [default: high]
    #[arg(long, help_heading = EXIT_STATUS, value_name = "SEVERITY", value_parser = threshold)]
    pub(crate) fail_on: Option<Threshold>,
    /// Compare with the merge base of REV and the scanned commit
    ///
    /// Findings that the base has already are not new and do not fail the scan. Files that the change leaves as they are,
    /// with all that they depend on, are counted, and their findings are not listed.
    #[arg(long, help_heading = COMPARISON, value_name = "REV", conflicts_with = "baseline")]
    pub(crate) base: Option<String>,
    /// Compare with a report that was saved with `--format json`
    #[arg(long, help_heading = COMPARISON, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Honour suppressions that the change adds; requires `--base`
    #[arg(long, help_heading = COMPARISON, requires = "base")]
    pub(crate) allow_new_suppressions: bool,
    /// List the findings in unchanged files, too; requires `--base`
    #[arg(long, help_heading = COMPARISON, requires = "base")]
    pub(crate) include_unchanged: bool,
    /// Include suppressed violations in reports
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) show_suppressed: bool,
    /// Include passed controls in reports
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) include_passed: bool,
    /// Date at which the expiry of suppressions is decided [default: today, in UTC]
    #[arg(long, help_heading = CONTROLS, value_name = "DATE")]
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
    /// Control to explain, by id or alias [default: list all]
    pub(crate) id: Option<String>,
    /// Format on standard output [default: table on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ControlsFormat>,
    /// Write a Markdown page for each control, and an index, into this folder
    #[arg(short, long, value_name = "FOLDER", conflicts_with_all = ["id", "format"])]
    pub(crate) output: Option<PathBuf>,
    /// Use this plugin file or folder of Rego in addition to the built-in and installed plugins; may be repeated
    #[arg(long, help_heading = PLUGINS, value_name = "FILE|FOLDER")]
    pub(crate) plugin: Vec<PathBuf>,
    /// Let a plugin of `--plugin` replace the built-in plugin of this name; may be repeated
    #[arg(long, help_heading = PLUGINS, value_name = "NAME")]
    pub(crate) replace: Vec<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting that a scan would use, and where it comes from
    ///
    /// Credentials are shown only as set or unset.
    Show {
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
        /// PATH and options of `palisade scan`, after the options of this command
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "SCAN OPTIONS")]
        scan: Vec<std::ffi::OsString>,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorOptions {
    /// Folder that would be scanned
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Configuration of a service to diagnose as well [default: `server.toml`, if it exists]
    #[arg(long, value_name = "FILE")]
    pub(crate) server: Option<PathBuf>,
    /// Format on standard output [default: table on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<PlainFormat>,
}

/// A folder of policies.
#[derive(Clone, Debug, Args)]
pub(crate) struct PackFolder {
    /// Folder with Rego files, data in files or a folder named `data`, and optionally `pack.toml`
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Package whose rules `deny`, `violation` and `warn` are controls, `*` for all; may be repeated [default: main]
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) namespace: Vec<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Create a folder with a first control and its tests
    New {
        /// Folder to create; it must not exist
        folder: PathBuf,
        /// Judge whole documents, as Conftest does, instead of resources
        #[arg(long)]
        documents: bool,
    },
    /// Build a plugin file from a folder; the Rego is parsed at build time
    Build {
        #[command(flatten)]
        pack: PackFolder,
        /// File to write [default: NAME.wasm]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Run the tests of a folder: rules `test_…` in files `…_test.rego`
    ///
    /// Exit status: 0 all tests pass; 1 a test fails, or the coverage is below `--coverage`; 2 not a valid pack.
    Test {
        #[command(flatten)]
        pack: PackFolder,
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
        /// Fail if the tests cover less than this percentage of the rules' lines
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
        coverage: Option<u8>,
    },
    /// Check a folder for errors and warnings
    ///
    /// Exit status: 0 no problems; 1 warnings; 2 not a valid pack.
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
    /// List the plugins that a scan uses
    List {
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
    },
    /// Show the manifest of a plugin file, without running it
    Inspect {
        /// Plugin file
        file: PathBuf,
        /// Format on standard output [default: table on a terminal, else json]
        #[arg(long, value_name = "FORMAT")]
        format: Option<PlainFormat>,
    },
    /// Check whether a plugin file would be admitted, step by step
    Check {
        /// Plugin file
        file: PathBuf,
        /// Grant a capability, such as `http`, or `own`: claim files exclusively that built-in parsers read too; may be repeated
        #[arg(long, value_name = "CAPABILITY")]
        grant: Vec<String>,
        /// Let it replace the built-in plugin of this name
        #[arg(long, value_name = "NAME")]
        replace: Option<String>,
    },
    /// Install a plugin file for all scans, after the same checks
    Install {
        /// Plugin file
        file: PathBuf,
        /// Grant a capability, such as `http`, or `own`: claim files exclusively that built-in parsers read too; may be repeated
        #[arg(long, value_name = "CAPABILITY")]
        grant: Vec<String>,
        /// Let it replace the built-in plugin of this name
        #[arg(long, value_name = "NAME")]
        replace: Option<String>,
    },
    /// Uninstall a plugin
    Remove {
        /// Name of the plugin
        name: String,
    },
    /// Build a plugin file from a core module and its manifest
    Build {
        /// Core module, as built by `cargo build --target wasm32-unknown-unknown`
        module: PathBuf,
        /// Manifest of the plugin
        #[arg(long, value_name = "FILE", default_value = "plugin.toml")]
        manifest: PathBuf,
        /// Plugin file to write
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Compile a component from standard input, within limits; the other commands start this as a child process
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
    text.parse().map(Threshold::At).map_err(|_| "expected critical, high, medium, low or none".to_owned())
}

fn environment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_owned(), file.to_owned())),
        _ => Err("expected NAME=FILE, such as prod=prod.tfvars".to_owned()),
    }
}

/// The last dot is before the name: ids of controls have dots too.
fn assignment(text: &str) -> Result<Assignment, String> {
    let expected = "expected CONTROL.NAME=JSON, such as kubernetes-low-user-id.minimum=1000";
    let (key, json) = text.split_once('=').ok_or(expected)?;
    let (control, name) = key.rsplit_once('.').filter(|(it, _)| !it.is_empty()).ok_or(expected)?;
    let value = serde_json::from_str(json).map_err(|error| {
        format!(
            "value `{json}` is invalid JSON: {error}; write strings in double quotes and lists in brackets"
        )
    })?;
    Ok(Assignment { control: control.to_owned(), name: name.to_owned(), value, place: "--set".to_owned() })
}

fn output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as json=report.json")?;
    if file.is_empty() {
        return Err(
            "the name of the file is empty: expected FORMAT=FILE, such as json=report.json".to_owned()
        );
    }
    let format = Format::from_str(format, false).map_err(|_| {
        format!(
            "unknown format `{format}`: expected table, json, compact, sarif, junit, markdown, github or gitlab"
        )
    })?;
    Ok((format, PathBuf::from(file)))
}
