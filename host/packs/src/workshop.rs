//! Where folders become packs.

use std::time::Duration;

use palisade_catalog::{Home, Host, REGO_ENGINE};
use palisade_rego_order::{ANSWER, Answer, Order, ROOM, Remark, TAKE, Task, read, write};
use palisade_sandbox::{Door, Fault, Limits, Preparation, PrepareError, Prepared};
use palisade_source::Digest;
use thiserror::Error;

use crate::folder::Folder;
use crate::kept::Kept;

/// How the engine is spoken with.
const DOOR: Door = Door { room: ROOM, take: TAKE, answer: ANSWER };

/// What reading a folder may take: a stranger wrote it.
const READING: Limits =
    Limits { cpu: Duration::from_secs(30), wall: Duration::from_mins(3), memory: 1 << 30, ..Limits::DEFAULT };

/// Why there is no pack.
#[derive(Debug, Error)]
pub enum PackError {
    /// This program was built without the engine.
    #[error("this program was built without the Rego engine: build it with `cargo xtask build`")]
    NoEngine,
    /// The folder is not right.
    #[error("{}", said(.0))]
    Problems(Vec<Remark>),
    /// Reading it broke a bound.
    #[error("the Rego engine {0} while it read the folder")]
    Fault(Fault),
    /// The engine is none.
    #[error("the Rego engine cannot be used: {0}; this is a fault of palisade itself; please report it")]
    Engine(String),
}

fn said(remarks: &[Remark]) -> String {
    let lines = remarks.iter().map(|it| match (it.file.as_str(), it.line) {
        ("", _) => it.text.clone(),
        (file, 0) => format!("{file}: {}", it.text),
        (file, line) => format!("{file}:{line}:{}: {}", it.column, it.text),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A pack that was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// The plugin file.
    pub component: Vec<u8>,
    /// What the engine found; none where the pack was built before and kept.
    pub answer: Option<Answer>,
}

/// Where folders become packs.
pub struct Workshop<'a> {
    host: &'a Host,
    home: Option<&'a Home>,
}

impl<'a> Workshop<'a> {
    /// A workshop that keeps what it builds in a home, where there is one that can be used.
    pub fn new(host: &'a Host, home: Option<&'a Home>) -> Workshop<'a> {
        Workshop { host, home }
    }

    /// What was built before. The home is touched only where something is built.
    fn kept(&self) -> Option<Kept> {
        Kept::open(self.home?).ok()
    }

    /// Makes a folder a pack, or takes the one that was made of the same.
    pub async fn pack(&self, folder: &Folder) -> Result<Built, PackError> {
        let made_of = made_of(folder)?;
        if let Some(component) = self.kept().and_then(|kept| kept.load(made_of)) {
            return Ok(Built { name: folder.pack.name.clone(), component, answer: None });
        }
        self.build(folder).await
    }

    /// Makes a folder a pack.
    pub async fn build(&self, folder: &Folder) -> Result<Built, PackError> {
        let (answer, module) = self.tell(folder, Task::Build).await?;
        let module = module.ok_or_else(|| PackError::Engine("it gave no module".to_owned()))?;
        let manifest = folder.pack.manifest().map_err(PackError::Engine)?;
        let component = palisade_bundle::build(&module, &manifest)
            .map_err(|error| PackError::Engine(error.to_string()))?;
        if let Some(kept) = self.kept() {
            kept.keep(made_of(folder)?, &component);
        }
        Ok(Built { name: folder.pack.name.clone(), component, answer: Some(answer) })
    }

    /// Reads a folder with its tests and runs them.
    pub async fn test(&self, folder: &Folder) -> Result<Answer, PackError> {
        Ok(self.tell(folder, Task::Test).await?.0)
    }

    /// The engine, compiled once for an installation.
    fn preparation(&self, engine: &'static [u8]) -> Result<Preparation<'static>, PrepareError> {
        let digest = Digest::of(engine);
        let kept = self.host.cache.as_ref().and_then(|cache| cache.load(digest));
        let preparation = Preparation::new(&self.host.sandbox, engine, kept.as_deref())?;
        if let (Some(cache), None) = (&self.host.cache, &kept) {
            // Without a place to keep it it is compiled again next time; nothing else is lost.
            let _ = cache.keep(digest, &preparation.code()?);
        }
        Ok(preparation)
    }

    async fn tell(&self, folder: &Folder, task: Task) -> Result<(Answer, Option<Vec<u8>>), PackError> {
        let engine = REGO_ENGINE.ok_or(PackError::NoEngine)?;
        let sandbox = &self.host.sandbox;
        let broken = |error: String| PackError::Engine(error);
        let preparation = self.preparation(engine).map_err(|error| broken(error.to_string()))?;
        let message = write(&order(folder, task)).map_err(|error| broken(error.to_string()))?;
        let call = preparation.tell(sandbox, DOOR, &message, READING, task == Task::Build).await;
        let Prepared { answer, module } = call.result.map_err(PackError::Fault)?;
        let answer: Answer = read(&answer).map_err(|error| broken(error.to_string()))?;
        if answer.problems.is_empty() {
            Ok((answer, module))
        } else {
            Err(PackError::Problems(answer.problems))
        }
    }
}

fn order(folder: &Folder, task: Task) -> Order {
    Order {
        task,
        title: folder.pack.title.clone(),
        namespaces: folder.pack.namespaces.clone(),
        files: folder.files.clone(),
    }
}

/// What decides the bytes of a pack: the engine, the folder and what it says of itself.
fn made_of(folder: &Folder) -> Result<Digest, PackError> {
    let broken = |error: String| PackError::Engine(error);
    let order = write(&order(folder, Task::Build)).map_err(|error| broken(error.to_string()))?;
    let manifest = folder.pack.manifest().map_err(PackError::Engine)?;
    let parts =
        [Digest::of(REGO_ENGINE.unwrap_or_default()), Digest::of(&order), Digest::of(manifest.as_bytes())];
    Ok(Digest::of(&parts.map(|it| it.0).concat()))
}
