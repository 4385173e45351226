//! Builds packs from folders.

use std::time::Duration;

use palisade_catalog::{Home, Host, REGO_ENGINE, RegoEngine, SealedFiles};
use palisade_rego_order::{ANSWER, Answer, Order, ROOM, Remark, TAKE, Task, read, write};
use palisade_sandbox::{Exports, Fault, Limits, Preparation, PrepareError, Prepared};
use palisade_source::Digest;
use thiserror::Error;

use crate::folder::Folder;
use crate::kept;

/// Exports by which the engine is called.
const EXPORTS: Exports = Exports { room: ROOM, take: TAKE, answer: ANSWER };

/// Limits of reading a folder, which may come from a third party.
const READING: Limits =
    Limits { cpu: Duration::from_secs(30), wall: Duration::from_mins(3), memory: 1 << 30, ..Limits::DEFAULT };

/// Why a pack could not be built.
#[derive(Debug, Error)]
pub enum PackError {
    /// This program was built without the engine.
    #[error("this program was built without the Rego engine: build it with `cargo xtask build`")]
    NoEngine,
    /// The folder has errors.
    #[error("{}", lines(.0))]
    Problems(Vec<Remark>),
    /// The engine exceeded a limit or failed.
    #[error("the Rego engine {0} while it read the folder")]
    Fault(Fault),
    /// The engine is invalid.
    #[error("the Rego engine failed: {0}; this is an error of Palisade, please report it")]
    Engine(String),
}

fn lines(remarks: &[Remark]) -> String {
    remarks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A pack that was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// The component, with its manifest.
    pub component: Vec<u8>,
    /// Result of the engine; none if the pack was built before and kept.
    pub answer: Option<Answer>,
}

impl Built {
    /// The plugin file, packed to a quarter or a third of the component: each pack contains the Rego engine, and the
    /// memory with the rules is mostly zeros and addresses.
    pub fn file(&self) -> std::io::Result<Vec<u8>> {
        palisade_bundle::pack(&self.component)
    }
}

/// Builds packs from folders.
pub struct PackBuilder<'a> {
    host: &'a Host,
    home: Option<&'a Home>,
}

impl<'a> PackBuilder<'a> {
    /// A builder that keeps what it builds in a home, if there is a usable one.
    pub fn new(host: &'a Host, home: Option<&'a Home>) -> PackBuilder<'a> {
        PackBuilder { host, home }
    }

    /// Builds a pack from a folder, or returns the one that was built from the same input.
    pub async fn pack(&self, folder: &Folder) -> Result<Built, PackError> {
        let (work, kept) = (Work::new(folder, Task::Build)?, self.kept());
        match kept.as_ref().and_then(|kept| kept.load(work.made_of())) {
            Some(component) => Ok(Built { name: folder.pack.name.clone(), component, answer: None }),
            None => self.make(&work, kept).await,
        }
    }

    /// Builds a pack from a folder.
    pub async fn build(&self, folder: &Folder) -> Result<Built, PackError> {
        self.make(&Work::new(folder, Task::Build)?, self.kept()).await
    }

    /// Packs that were built before. The home is created only when a pack is built.
    fn kept(&self) -> Option<SealedFiles> {
        kept::packs(self.home?).ok()
    }

    async fn make(&self, work: &Work<'_>, kept: Option<SealedFiles>) -> Result<Built, PackError> {
        let (answer, module) = self.run(work).await?;
        let module = module.ok_or_else(|| PackError::Engine("it returned no module".to_owned()))?;
        let component = palisade_bundle::build(&module, &work.manifest).map_err(broken)?;
        if let Some(kept) = kept {
            // If the pack cannot be kept, it is built again next time.
            let _ = kept.keep(work.made_of(), &component);
        }
        Ok(Built { name: work.folder.pack.name.clone(), component, answer: Some(answer) })
    }

    /// Reads a folder with its tests, and runs them.
    pub async fn test(&self, folder: &Folder) -> Result<Answer, PackError> {
        Ok(self.run(&Work::new(folder, Task::Test)?).await?.0)
    }

    /// The compiled engine, compiled once for an installation.
    fn preparation<'m>(&self, module: &'m [u8], digest: Digest) -> Result<Preparation<'m>, PrepareError> {
        let kept = self.host.cache.as_ref().and_then(|cache| cache.load(digest));
        let preparation = Preparation::new(&self.host.sandbox, module, kept.as_deref())?;
        if let (Some(cache), None) = (&self.host.cache, &kept) {
            // If the code cannot be kept, the engine is compiled again next time.
            let _ = cache.keep(digest, &preparation.code()?);
        }
        Ok(preparation)
    }

    async fn run(&self, work: &Work<'_>) -> Result<(Answer, Option<Vec<u8>>), PackError> {
        let module = work.engine.module().map_err(broken)?;
        let preparation = self.preparation(&module, work.engine.digest).map_err(broken)?;
        let keep = work.task == Task::Build;
        let call = preparation.exchange(&self.host.sandbox, EXPORTS, &work.message, READING, keep).await;
        let Prepared { answer, module } = call.result.map_err(PackError::Fault)?;
        let answer: Answer = read(&answer).map_err(broken)?;
        if answer.problems.is_empty() {
            Ok((answer, module))
        } else {
            Err(PackError::Problems(answer.problems))
        }
    }
}

fn broken(error: impl Into<Box<dyn std::error::Error>>) -> PackError {
    PackError::Engine(error.into().to_string())
}

/// A folder as input of the engine.
struct Work<'f> {
    engine: RegoEngine,
    folder: &'f Folder,
    task: Task,
    /// The message to the engine.
    message: Vec<u8>,
    /// The manifest of the plugin.
    manifest: String,
}

impl<'f> Work<'f> {
    fn new(folder: &'f Folder, task: Task) -> Result<Work<'f>, PackError> {
        let order = Order {
            task,
            title: folder.pack.title.clone(),
            namespaces: folder.pack.namespaces.clone(),
            files: folder.files.clone(),
        };
        Ok(Work {
            engine: REGO_ENGINE.ok_or(PackError::NoEngine)?,
            folder,
            task,
            message: write(&order).map_err(broken)?,
            manifest: folder.pack.manifest().map_err(broken)?,
        })
    }

    /// Digest of everything that determines the bytes of a pack: the engine, the folder and its `pack.toml`.
    fn made_of(&self) -> Digest {
        let parts = [self.engine.digest, Digest::of(&self.message), Digest::of(self.manifest.as_bytes())];
        Digest::of(&parts.map(|it| it.0).concat())
    }
}
