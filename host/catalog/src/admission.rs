//! Admission of plugins: a sequence of steps, each with its own refusal.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use palisade_bundle::{Manifest, UnpackError, World};
use palisade_capabilities::SettingsText;
use palisade_domain::{Format, ProviderInfo};
use palisade_sandbox::{Code, Limits, MAXIMA, Pack, PackInfo, Parser, Provider, Sandbox};
use palisade_shapes::Conflict;
use palisade_source::Digest;
use thiserror::Error;

use crate::builtin::Builtin;
use crate::code_cache::CodeCache;
use crate::compiler::Compiler;
use crate::contract;
use crate::grants::Grants;
use crate::parameters;

/// The largest component that is accepted, in bytes.
const MAX_COMPONENT: u64 = 64 << 20;

/// The component in the bytes of a plugin file, packed or not, of at most 64 MiB.
pub fn component_of(file: &[u8]) -> Result<Cow<'_, [u8]>, UnpackError> {
    palisade_bundle::unpack(file, MAX_COMPONENT)
}

/// The limits of a call of `describe`.
const DESCRIBE: Limits = Limits {
    cpu: Duration::from_secs(1),
    wall: Duration::from_secs(10),
    memory: 128 << 20,
    output: 16 << 20,
    ..Limits::DEFAULT
};

/// A step of admission, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The file exists and is within the size limits.
    Size,
    /// Its digest is the locked one.
    Digest,
    /// It is a valid component.
    Validity,
    /// It implements a world of the contract, and imports nothing else.
    World,
    /// Its manifest is valid, names that world, and requests what it imports.
    Manifest,
    /// The administrator grants what it requests.
    Grants,
    /// It compiles within limits.
    Compile,
    /// It links against the exports of the host.
    Link,
    /// `describe` returns valid data within limits.
    Describe,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Step; 9] = [
        Step::Size,
        Step::Digest,
        Step::Validity,
        Step::World,
        Step::Manifest,
        Step::Grants,
        Step::Compile,
        Step::Link,
        Step::Describe,
    ];

    /// Name of the step.
    pub fn name(self) -> &'static str {
        match self {
            Step::Size => "size",
            Step::Digest => "digest",
            Step::Validity => "validity",
            Step::World => "world",
            Step::Manifest => "manifest",
            Step::Grants => "grants",
            Step::Compile => "compile",
            Step::Link => "link",
            Step::Describe => "describe",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a plugin was not admitted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("plugin `{plugin}` is refused at step `{step}`: {reason}")]
pub struct Refusal {
    /// The file, or the name of a built-in plugin.
    pub plugin: String,
    /// The step that failed.
    pub step: Step,
    /// Reason, and how to fix it.
    pub reason: String,
}

/// The world that a plugin implements.
#[derive(Clone)]
pub enum Role {
    /// Reads formats.
    Parser {
        /// Linked and ready.
        parser: Parser,
        /// The formats that it reads.
        formats: Vec<Format>,
    },
    /// Judges resources.
    Pack {
        /// Linked and ready.
        pack: Pack,
        /// Its description.
        info: PackInfo,
    },
    /// Connects to a Git provider.
    Provider {
        /// Linked and ready.
        provider: Provider,
        /// Its description.
        info: Box<ProviderInfo>,
    },
}

/// An admitted plugin.
#[derive(Clone)]
pub struct Plugin {
    /// Its manifest.
    pub manifest: Manifest,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// Size of the component, in bytes.
    pub size: u64,
    /// Whether it is part of the program.
    pub built_in: bool,
    /// Whether it may own files that a built-in parser reads too.
    pub owns: bool,
    /// The world that it implements.
    pub role: Role,
}

/// An admitted plugin, shared.
pub type Admitted = Arc<Plugin>;

/// Sandbox, code cache and compiler.
pub struct Host {
    /// The engine.
    pub sandbox: Arc<Sandbox>,
    /// Cache of compiled code; none if code is not kept.
    pub cache: Option<CodeCache>,
    /// Compiles the components of third parties.
    pub compiler: Compiler,
}

/// The admission of one plugin.
pub struct Admission<'a> {
    host: &'a Host,
    name: String,
    passed: Vec<(Step, String)>,
}

impl<'a> Admission<'a> {
    /// An admission at its first step.
    pub fn new(host: &'a Host, name: impl Into<String>) -> Admission<'a> {
        Admission { host, name: name.into(), passed: Vec::new() }
    }

    /// The steps that were passed, and the result of each.
    pub fn passed(&self) -> &[(Step, String)] {
        &self.passed
    }

    fn refuse(&self, step: Step, reason: impl Into<String>) -> Refusal {
        Refusal { plugin: self.name.clone(), step, reason: reason.into() }
    }

    fn pass(&mut self, step: Step, what: impl Into<String>) {
        self.passed.push((step, what.into()));
    }

    /// Admits a component from a file. `locked` is the digest it must have, if it was installed.
    pub async fn file(
        &mut self,
        path: &Path,
        locked: Option<Digest>,
        grants: &Grants,
        settings: SettingsText,
    ) -> Result<Admitted, Refusal> {
        let component = self.read(path).await?;
        self.component(&component, locked, grants, settings).await
    }

    async fn read(&mut self, path: &Path) -> Result<Vec<u8>, Refusal> {
        let metadata = tokio::fs::metadata(path)
            .await
            .map_err(|error| self.refuse(Step::Size, format!("`{}`: {error}", path.display())))?;
        if !metadata.is_file() {
            return Err(self.refuse(Step::Size, format!("`{}` is not a file", path.display())));
        }
        let size = metadata.len();
        if size > MAX_COMPONENT {
            let limit = MAX_COMPONENT >> 20;
            return Err(self.refuse(Step::Size, format!("it has {size} bytes, more than {limit} MiB")));
        }
        tokio::fs::read(path)
            .await
            .map_err(|error| self.refuse(Step::Size, format!("`{}`: {error}", path.display())))
    }

    /// Admits the component of a third party, packed or not. The digest and the size are those of the unpacked
    /// component, since that is what runs.
    pub async fn component(
        &mut self,
        file: &[u8],
        locked: Option<Digest>,
        grants: &Grants,
        settings: SettingsText,
    ) -> Result<Admitted, Refusal> {
        if file.len() as u64 > MAX_COMPONENT {
            let limit = MAX_COMPONENT >> 20;
            let reason = format!("it has {} bytes, more than {limit} MiB", file.len());
            return Err(self.refuse(Step::Size, reason));
        }
        let component = component_of(file).map_err(|error| self.refuse(Step::Size, error.to_string()))?;
        let size = match &component {
            Cow::Borrowed(_) => format!("{} bytes", component.len()),
            Cow::Owned(_) => format!("{} bytes, packed in {}", component.len(), file.len()),
        };
        self.pass(Step::Size, size);

        let component = component.as_ref();
        let digest = Digest::of(component);
        if let Some(locked) = locked.filter(|locked| *locked != digest) {
            let reason = format!(
                "sha256 is {digest}, expected {locked} as in the lock: the file was changed; install it again if \
                 the change is yours"
            );
            return Err(self.refuse(Step::Digest, reason));
        }
        self.pass(Step::Digest, format!("sha256 {digest}"));

        self.validity(component)?;
        let world = contract::world_of(component).map_err(|why| self.refuse(Step::World, why))?;
        self.pass(Step::World, world.name());
        let manifest = self.manifest(component, world)?;
        self.grants(&manifest, grants)?;

        let code = self.compile(component, digest).await?;
        self.admit(manifest, digest, component.len() as u64, (false, grants.own), &code, settings).await
    }

    /// Admits a plugin that was built and compiled with this program. The build has checked it, so a start does not.
    pub async fn built_in(&mut self, builtin: &Builtin) -> Result<Admitted, Refusal> {
        let manifest = Manifest::parse(builtin.manifest)
            .map_err(|error| self.refuse(Step::Manifest, error.to_string()))?;
        let code = builtin.code().map_err(|error| self.refuse(Step::Compile, error.to_string()))?;
        let code = self
            .host
            .sandbox
            .load_trusted(&code)
            .map_err(|error| self.refuse(Step::Compile, error.to_string()))?;
        let from = (true, true);
        self.admit(manifest, builtin.digest, builtin.size, from, &code, SettingsText::default()).await
    }

    fn validity(&mut self, component: &[u8]) -> Result<(), Refusal> {
        let header = wasmparser::Parser::is_component(component);
        if wasmparser::Parser::is_core_wasm(component) {
            let reason = "a core module, not a component: build one with `palisade plugin build`";
            return Err(self.refuse(Step::Validity, reason));
        }
        if !header {
            return Err(self.refuse(Step::Validity, "not a WebAssembly component"));
        }
        // Features that the engine does not have: threads, whose waits nothing could end, and 64-bit memories.
        let features = wasmparser::WasmFeatures::default()
            - wasmparser::WasmFeatures::THREADS
            - wasmparser::WasmFeatures::MEMORY64
            - wasmparser::WasmFeatures::RELAXED_SIMD;
        wasmparser::Validator::new_with_features(features)
            .validate_all(component)
            .map_err(|error| self.refuse(Step::Validity, format!("not a valid component: {error}")))?;
        self.pass(Step::Validity, "a valid component");
        Ok(())
    }

    fn manifest(&mut self, component: &[u8], world: World) -> Result<Manifest, Refusal> {
        let refuse = |reason: String| Refusal { plugin: self.name.clone(), step: Step::Manifest, reason };
        let manifest = palisade_bundle::manifest_of(component).map_err(|error| refuse(error.to_string()))?;
        if manifest.world != world {
            let declared = manifest.world;
            return Err(refuse(format!(
                "the manifest declares the world `{declared}`, but the component implements `{world}`"
            )));
        }
        let used = contract::capabilities_of(component).map_err(&refuse)?;
        let reach = manifest.reach();
        if let Some(extra) = used.difference(&reach).next() {
            return Err(refuse(format!(
                "the component imports `{extra}`, which its manifest does not request: add it to `capabilities`"
            )));
        }
        tables(&manifest).map_err(&refuse)?;
        self.pass(Step::Manifest, format!("{} {}", manifest.name, manifest.version));
        Ok(manifest)
    }

    fn grants(&mut self, manifest: &Manifest, grants: &Grants) -> Result<(), Refusal> {
        let missing = grants.missing(manifest);
        if !missing.is_empty() {
            let reason = format!(
                "it requests {}, which is not granted: grant it with `palisade plugin install --grant …` if \
                 you trust the plugin",
                missing.join(", ")
            );
            return Err(self.refuse(Step::Grants, reason));
        }
        let reach: Vec<&str> = manifest.reach().iter().map(|it| it.name()).collect();
        self.pass(Step::Grants, reach.join(", "));
        Ok(())
    }

    async fn compile(&mut self, component: &[u8], digest: Digest) -> Result<Code, Refusal> {
        let sandbox = &self.host.sandbox;
        let kept = self.host.cache.as_ref().and_then(|cache| cache.load(digest));
        // An authentic entry that does not load was made by another build of the same version.
        if let Some(code) = kept.and_then(|code| sandbox.load_trusted(&code).ok()) {
            self.pass(Step::Compile, "compiled before");
            return Ok(code);
        }
        let compiled =
            self.host.compiler.compile(component).await.map_err(|why| self.refuse(Step::Compile, why))?;
        if let Some(cache) = &self.host.cache {
            // If the code cannot be kept, it is compiled again next time.
            let _ = cache.keep(digest, &compiled);
        }
        let code =
            sandbox.load_trusted(&compiled).map_err(|error| self.refuse(Step::Compile, error.to_string()))?;
        self.pass(Step::Compile, format!("{} bytes of code", compiled.len()));
        Ok(code)
    }

    async fn admit(
        &mut self,
        manifest: Manifest,
        digest: Digest,
        size: u64,
        (built_in, owns): (bool, bool),
        code: &Code,
        settings: SettingsText,
    ) -> Result<Admitted, Refusal> {
        let limits = limits(&manifest);
        let sandbox = &self.host.sandbox;
        let role = match manifest.world {
            World::Parser => {
                let parser = Parser::link(sandbox, code, limits)
                    .map_err(|error| self.refuse(Step::Link, error.to_string()))?;
                self.pass(Step::Link, "linked");
                let formats = parser
                    .describe(DESCRIBE)
                    .await
                    .result
                    .map_err(|fault| self.refuse(Step::Describe, fault.to_string()))?;
                for format in &formats {
                    for glob in format.globs.iter().chain(&format.inputs) {
                        if let Err(error) = globset::Glob::new(glob) {
                            let reason = format!("invalid pattern of its format `{}`: {error}", format.id);
                            return Err(self.refuse(Step::Describe, reason));
                        }
                    }
                }
                let names: Vec<&str> = formats.iter().map(|it| it.id.as_str()).collect();
                self.pass(Step::Describe, format!("reads {}", names.join(", ")));
                Role::Parser { parser, formats }
            }
            World::Pack => {
                let pack = Pack::link(sandbox, code, limits, settings)
                    .map_err(|error| self.refuse(Step::Link, error.to_string()))?;
                self.pass(Step::Link, "linked");
                let info = pack
                    .describe(&manifest.name, DESCRIBE)
                    .await
                    .result
                    .map_err(|fault| self.refuse(Step::Describe, fault.to_string()))?;
                parameters::check(&info.controls).map_err(|why| self.refuse(Step::Describe, why))?;
                self.pass(Step::Describe, format!("{} controls", info.controls.len()));
                Role::Pack { pack, info }
            }
            World::Provider => {
                let provider = Provider::link(sandbox, code, limits)
                    .map_err(|error| self.refuse(Step::Link, error.to_string()))?;
                self.pass(Step::Link, "linked");
                let info = provider
                    .describe(DESCRIBE)
                    .await
                    .result
                    .map_err(|fault| self.refuse(Step::Describe, fault.to_string()))?;
                self.pass(Step::Describe, format!("connects to {}", info.title));
                Role::Provider { provider, info: Box::new(info) }
            }
            other => {
                let reason = format!("plugins of the world `{other}` are not supported by this version");
                return Err(self.refuse(Step::Link, reason));
            }
        };
        Ok(Arc::new(Plugin { manifest, digest, size, built_in, owns, role }))
    }
}

/// Whether the tables of shapes are compatible with those of this program. They may extend those of another plugin.
fn tables(manifest: &Manifest) -> Result<(), String> {
    if manifest.shapes.is_empty() {
        return Ok(());
    }
    match palisade_shape_tables::shapes_with([(manifest.name.as_str(), &manifest.shapes)]) {
        Ok(_) | Err(Conflict::Undefined { .. }) => Ok(()),
        Err(conflict) => Err(conflict.to_string()),
    }
}

/// The limits that the manifest requests, at most the maxima of the host.
fn limits(manifest: &Manifest) -> Limits {
    let asked = &manifest.limits;
    let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let mib = |value: u64| size(value.saturating_mul(1 << 20));
    let default = Limits::DEFAULT;
    Limits {
        cpu: asked.cpu_ms.map_or(default.cpu, Duration::from_millis),
        wall: asked.wall_ms.map_or(default.wall, Duration::from_millis),
        memory: asked.memory_mib.map_or(default.memory, mib),
        table_elements: asked.table_elements.map_or(default.table_elements, size),
        output: asked.output_mib.map_or(default.output, mib),
        findings: asked.findings.map_or(default.findings, size),
        log_lines: asked.log_lines.map_or(default.log_lines, size),
        host_calls: default.host_calls,
    }
    .within(MAXIMA)
}
