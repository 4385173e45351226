//! All plugins of a scan.

use std::path::PathBuf;

use palisade_capabilities::SettingsText;
use thiserror::Error;

use crate::admission::{Admission, Admitted, Host, Refusal, Role};
use crate::builtin::BUILTIN;
use crate::grants::Grants;
use crate::home::Home;
use crate::installed::{InstallError, Lock};

/// Why there is no catalog.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// A plugin was refused. A scan without it would be silently smaller, so there is none.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What is installed cannot be read.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// Two plugins of one name.
    #[error(
        "two plugins are called `{0}`: remove one with `palisade plugin remove`, or leave out `--plugin`"
    )]
    Twice(String),
    /// Two packs have a control of one id.
    #[error("control `{control}` stands in `{one}` and in `{other}`: leave one pack out")]
    ControlTwice {
        /// The id.
        control: String,
        /// A pack.
        one: String,
        /// Another.
        other: String,
    },
}

/// A plugin that is given beside what is built in and installed.
#[derive(Clone, Debug)]
pub enum Given {
    /// A plugin file.
    File(PathBuf),
    /// One that was just made of something.
    Made {
        /// What it was made of, for readers.
        of: PathBuf,
        /// The component.
        component: Vec<u8>,
    },
}

impl Given {
    async fn admit(&self, host: &Host) -> Result<Admitted, Refusal> {
        let (grants, settings) = (Grants::default(), SettingsText::default());
        match self {
            Given::File(path) => {
                Admission::new(host, path.display().to_string()).file(path, None, &grants, settings).await
            }
            Given::Made { of, component } => {
                Admission::new(host, of.display().to_string())
                    .component(component, None, &grants, settings)
                    .await
            }
        }
    }
}

/// The plugins that take part, by name.
#[derive(Clone, Default)]
pub struct Catalog {
    plugins: Vec<Admitted>,
    /// The names of those that were given, in their order.
    given: Vec<String>,
}

impl Catalog {
    /// The built-in plugins, the installed ones, and those given. An installed plugin takes the place
    /// of a built-in one of the same name, and a given one that of both.
    pub async fn load(host: &Host, home: Option<&Home>, given: &[Given]) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog::default();
        for builtin in BUILTIN {
            let plugin = Admission::new(host, "built in").built_in(builtin).await?;
            catalog.replace(plugin);
        }
        if let Some(home) = home {
            for installed in Lock::read(home)?.plugins {
                let path = Lock::file(home, &installed);
                let plugin = Admission::new(host, &installed.name)
                    .file(&path, installed.digest(), &installed.grants, SettingsText::default())
                    .await?;
                catalog.replace(plugin);
            }
        }
        for it in given {
            let plugin = it.admit(host).await?;
            if catalog.given.contains(&plugin.manifest.name) {
                return Err(CatalogError::Twice(plugin.manifest.name.clone()));
            }
            catalog.given.push(plugin.manifest.name.clone());
            catalog.replace(plugin);
        }
        catalog.check()?;
        Ok(catalog)
    }

    /// A catalog of these plugins.
    pub fn of(plugins: Vec<Admitted>) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog::default();
        for plugin in plugins {
            catalog.replace(plugin);
        }
        catalog.check()?;
        Ok(catalog)
    }

    fn replace(&mut self, plugin: Admitted) {
        self.plugins.retain(|it| it.manifest.name != plugin.manifest.name);
        self.plugins.push(plugin);
        self.plugins.sort_by(|one, other| one.manifest.name.cmp(&other.manifest.name));
    }

    fn check(&self) -> Result<(), CatalogError> {
        let mut seen = std::collections::BTreeMap::new();
        for plugin in &self.plugins {
            let Role::Pack { info, .. } = &plugin.role else { continue };
            for control in &info.controls {
                if let Some(one) = seen.insert(&*control.id, &plugin.manifest.name) {
                    return Err(CatalogError::ControlTwice {
                        control: control.id.to_string(),
                        one: one.clone(),
                        other: plugin.manifest.name.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The names of the plugins that were given, in the order in which they were.
    pub fn given(&self) -> &[String] {
        &self.given
    }

    /// All plugins, by name.
    pub fn plugins(&self) -> &[Admitted] {
        &self.plugins
    }
}
