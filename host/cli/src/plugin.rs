//! `palisade plugin`: lists, inspects, checks, installs and builds plugins.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use palisade_capabilities::SettingsText;
use palisade_catalog::{
    Admission, Admitted, Capability, Grants, Home, Installed, Lock, Manifest, Role, Step, compile_child,
    component_of, manifest_of, may_replace, replaces, world_of,
};
use palisade_report::clean;
use palisade_source::Digest;
use serde::Serialize;

use crate::args::{PlainFormat, PluginCommand};
use crate::failure::Failure;
use crate::notice::complain;
use crate::{output, setup};

pub(crate) fn plugin(command: &PluginCommand) -> Result<u8, Failure> {
    match command {
        PluginCommand::List { format } => list(*format),
        PluginCommand::Inspect { file, format } => inspect(file, *format),
        PluginCommand::Check { file, grant, replace } => check(file, grant, replace.as_deref()),
        PluginCommand::Install { file, grant, replace } => install(file, grant, replace.as_deref()),
        PluginCommand::Remove { name } => remove(name),
        PluginCommand::Build { module, manifest, output } => build(module, manifest, output),
        PluginCommand::CompileChild => {
            compile_child().map_err(|why| Failure::incomplete(anyhow!(why)))?;
            Ok(0)
        }
    }
}

/// A plugin in the JSON list.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(rename = "from")]
    origin: &'static str,
    sha256: String,
    size: u64,
    /// Whether it replaces a built-in one.
    replaces: bool,
    #[serde(rename = "plugin")]
    manifest: &'a Manifest,
}

fn listed(plugin: &Admitted) -> Listed<'_> {
    Listed {
        origin: if plugin.built_in { "built-in" } else { "installed" },
        sha256: plugin.digest.to_string(),
        size: plugin.size,
        replaces: replaces(&plugin.manifest, plugin.digest),
        manifest: &plugin.manifest,
    }
}

fn list(format: Option<PlainFormat>) -> Result<u8, Failure> {
    let jobs = setup::jobs(None);
    let catalog = setup::run(jobs, setup::catalog(jobs, &[], &[]))?;
    let text = match output::plain_format(format) {
        PlainFormat::Json => output::json(&catalog.plugins().iter().map(listed).collect::<Vec<_>>())?,
        PlainFormat::Table => {
            let mut text = String::new();
            for plugin in catalog.plugins() {
                let it = &plugin.manifest;
                let from = if plugin.built_in { "built in" } else { "installed" };
                let (world, title) = (it.world.name(), clean(&it.title));
                let note = if replaces(&plugin.manifest, plugin.digest) {
                    ", replaces the built-in one"
                } else {
                    ""
                };
                let _ = writeln!(text, "{world:8} {:24} {:8} {from:9}  {title}{note}", it.name, it.version);
            }
            text
        }
    };
    output::print(&text)?;
    Ok(0)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file)
        .with_context(|| format!("cannot read `{}`", file.display()))
        .map_err(Failure::wrong_use)
}

/// The component in a plugin file.
fn read_component(file: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = read(file)?;
    component_of(&bytes)
        .map(Cow::into_owned)
        .with_context(|| format!("`{}`", file.display()))
        .map_err(Failure::wrong_use)
}

/// The manifest of a plugin file in JSON.
#[derive(Serialize)]
struct Inspected<'a> {
    sha256: String,
    size: usize,
    made_for: Option<&'static str>,
    #[serde(rename = "plugin")]
    manifest: &'a Manifest,
}

fn inspect(file: &Path, format: Option<PlainFormat>) -> Result<u8, Failure> {
    let component = read_component(file)?;
    let manifest = manifest_of(&component)
        .with_context(|| format!("`{}`", file.display()))
        .map_err(Failure::wrong_use)?;
    let world = world_of(&component);
    let digest = Digest::of(&component);
    let text = match output::plain_format(format) {
        PlainFormat::Json => output::json(&Inspected {
            sha256: digest.to_string(),
            size: component.len(),
            made_for: world.as_ref().ok().map(|world| world.name()),
            manifest: &manifest,
        })?,
        PlainFormat::Table => {
            let mut text = String::new();
            let made_for = world.map_or_else(|why| why, |world| world.name().to_owned());
            let join =
                |items: Vec<String>| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
            let limits = &manifest.limits;
            let limit = |name: &str, value: Option<u64>| value.map(|value| format!("{name} {value}"));
            let limits = [
                limit("cpu-ms", limits.cpu_ms),
                limit("wall-ms", limits.wall_ms),
                limit("memory-mib", limits.memory_mib),
                limit("table-elements", limits.table_elements),
                limit("output-mib", limits.output_mib),
                limit("findings", limits.findings),
                limit("log-lines", limits.log_lines),
            ];
            for (name, value) in [
                ("name", manifest.name.clone()),
                ("version", manifest.version.clone()),
                ("title", manifest.title.clone()),
                ("description", manifest.description.clone()),
                ("license", manifest.license.clone()),
                ("homepage", manifest.homepage.clone()),
                ("world", manifest.world.to_string()),
                ("built for", made_for),
                ("reaches", join(manifest.reach().iter().map(ToString::to_string).collect())),
                ("hosts", join(manifest.hosts.iter().cloned().collect())),
                ("credentials", join(manifest.credentials.iter().cloned().collect())),
                ("limits", join(limits.into_iter().flatten().collect())),
                ("settings", manifest.settings.schema.clone().unwrap_or_else(|| "none".to_owned())),
                ("size", format!("{} bytes", component.len())),
                ("sha256", digest.to_string()),
            ] {
                if !value.is_empty() {
                    let _ = writeln!(text, "{name:12} {}", clean(&value));
                }
            }
            text
        }
    };
    output::print(&text)?;
    Ok(0)
}

fn grants(asked: &[String]) -> Result<Grants, Failure> {
    let mut grants = Grants::default();
    for name in asked {
        if let Some(host) = name.strip_prefix("http=") {
            grants.capabilities.insert(Capability::Http);
            grants.hosts.insert(host.to_owned());
        } else if let Some(credential) = name.strip_prefix("credentials=") {
            grants.capabilities.insert(Capability::Credentials);
            grants.credentials.insert(credential.to_owned());
        } else if name == "own" {
            grants.own = true;
        } else {
            let capability = Capability::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| {
                let known: Vec<&str> = Capability::ALL.iter().map(|it| it.name()).collect();
                Failure::wrong_use(anyhow!(
                    "invalid value `{name}` for `--grant`: expected {}, `own`, `http=HOST` or `credentials=NAME`",
                    known.join(", ")
                ))
            })?;
            grants.capabilities.insert(capability);
        }
    }
    Ok(grants)
}

/// Admits a file, and prints each step.
fn admit(file: &Path, grants: &Grants) -> Result<Admitted, Failure> {
    let jobs = setup::jobs(None);
    setup::run(jobs, async {
        let host = setup::host(jobs, setup::home().as_ref(), true)?;
        let mut admission = Admission::new(&host, file.display().to_string());
        let admitted = admission.file(file, None, grants, SettingsText::default()).await;
        let mut text = String::new();
        for (step, what) in admission.passed() {
            let _ = writeln!(text, "ok       {step:9} {}", clean(what));
        }
        if let Err(refusal) = &admitted {
            let _ = writeln!(text, "refused  {:9} {}", refusal.step, clean(&refusal.reason));
            for step in Step::ALL.into_iter().filter(|step| *step > refusal.step) {
                let _ = writeln!(text, "-        {step}");
            }
        }
        output::print(&text)?;
        admitted.map_err(Failure::wrong_use)
    })
}

fn check(file: &Path, grant: &[String], replace: Option<&str>) -> Result<u8, Failure> {
    let plugin = admit(file, &grants(grant)?)?;
    takes_place(&plugin, replace)?;
    untitled(&plugin);
    Ok(0)
}

/// Whether it replaces a built-in plugin; an error if it must not.
fn takes_place(plugin: &Admitted, replace: Option<&str>) -> Result<bool, Failure> {
    let Manifest { name, world, .. } = &plugin.manifest;
    if let Some(other) = replace.filter(|it| it != name) {
        return Err(Failure::wrong_use(anyhow!(
            "plugin `{name}` cannot replace `{other}`: the names differ"
        )));
    }
    may_replace(&plugin.manifest, plugin.digest, replace.is_some()).map_err(Failure::wrong_use)?;
    let replaces = replaces(&plugin.manifest, plugin.digest);
    if replaces {
        output::print(&format!("replaces the built-in {world} `{name}`\n"))?;
    }
    Ok(replaces)
}

/// Warns about controls without a title: reports would not describe them.
fn untitled(plugin: &Admitted) {
    if let Role::Pack { info, .. } = &plugin.role {
        for control in info.controls.iter().filter(|it| it.title.trim().is_empty()) {
            complain(&clean(&format!("warning: control `{}` has no title", control.id)));
        }
    }
}

fn needed_home() -> Result<Home, Failure> {
    setup::home().ok_or_else(|| Failure::wrong_use(anyhow!("home folder not found: set PALISADE_HOME")))
}

fn install(file: &Path, grant: &[String], replace: Option<&str>) -> Result<u8, Failure> {
    let home = needed_home()?;
    let grants = grants(grant)?;
    let plugin = admit(file, &grants)?;
    let replaces = takes_place(&plugin, replace)?;
    let component = read_component(file)?;
    // The file may have changed since: the installed component must be the admitted one.
    if Digest::of(&component) != plugin.digest {
        return Err(Failure::wrong_use(anyhow!("`{}` changed during the checks: try again", file.display())));
    }
    let installed = Installed {
        name: plugin.manifest.name.clone(),
        version: plugin.manifest.version.clone(),
        sha256: plugin.digest.to_string(),
        grants,
        replaces,
    };
    Lock::install(&home, installed, &component).map_err(Failure::wrong_use)?;
    output::print(&format!("installed {} {}\n", plugin.manifest.name, plugin.manifest.version))?;
    Ok(0)
}

fn remove(name: &str) -> Result<u8, Failure> {
    let removed = Lock::remove(&needed_home()?, name).map_err(Failure::wrong_use)?;
    output::print(&format!("removed {} {}\n", removed.name, removed.version))?;
    Ok(0)
}

fn build(module: &Path, manifest: &Path, to: &Path) -> Result<u8, Failure> {
    let text = read(manifest)?;
    let text = String::from_utf8(text)
        .with_context(|| format!("`{}` is not UTF-8", manifest.display()))
        .map_err(Failure::wrong_use)?;
    let component = palisade_catalog::build(&read(module)?, &text)
        .with_context(|| format!("cannot build a plugin from `{}`", module.display()))
        .map_err(Failure::wrong_use)?;
    output::write(to, &component)?;
    Ok(0)
}
