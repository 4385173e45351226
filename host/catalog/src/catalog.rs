//! All plugins of a scan.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use palisade_bundle::{Manifest, World};
use palisade_capabilities::SettingsText;
use palisade_shapes::{Conflict, Shapes};
use palisade_source::Digest;
use thiserror::Error;

use crate::admission::{Admission, Admitted, Host, Refusal, Role};
use crate::builtin::BUILTIN;
use crate::formats::Formats;
use crate::grants::Grants;
use crate::home::Home;
use crate::installed::{InstallError, Lock};

/// Why a catalog could not be loaded.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// A plugin was refused. A scan without it would silently find less, so no catalog is loaded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The installed plugins cannot be read.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// Two plugins have the same name.
    #[error("two plugins are named `{0}`: uninstall one with `palisade plugin remove`, or omit `--plugin`")]
    Twice(String),
    /// A plugin has the name of a built-in one.
    #[error(
        "`{name}` is a built-in {world}, and a plugin has the same name: rename the plugin, or let it take that place with \
         `--replace {name}`"
    )]
    BuiltIn {
        /// The name.
        name: String,
        /// World of the built-in plugin.
        world: World,
    },
    /// A plugin has the name of a built-in one of another world.
    #[error("`{name}` is a built-in {world}, and no {other} can take its place: rename the plugin")]
    BuiltInWorld {
        /// The name.
        name: String,
        /// World of the built-in plugin.
        world: World,
        /// World of the plugin.
        other: World,
    },
    /// A control has the id of another control as an alias: a directive for one would apply to both.
    #[error(
        "control `{control}` of `{plugin}` has the alias `{alias}`, which is the id of a control of `{other}`: remove \
         the alias"
    )]
    AliasTaken {
        /// The plugin.
        plugin: String,
        /// Its control.
        control: String,
        /// The alias.
        alias: String,
        /// The plugin of the control that has this id.
        other: String,
    },
    /// Tables of shapes conflict.
    #[error(transparent)]
    Shapes(#[from] Conflict),
    /// Two packs have a control with the same id.
    #[error("control `{control}` is in `{one}` and in `{other}`: omit one of the packs")]
    ControlTwice {
        /// The id.
        control: String,
        /// A pack.
        one: String,
        /// Another.
        other: String,
    },
}

/// A plugin that is used in addition to the built-in and installed ones.
#[derive(Clone, Debug)]
pub enum Given {
    /// A plugin file.
    File(PathBuf),
    /// A component that was just built.
    Made {
        /// Folder that it was built from, for messages.
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

/// The world and the digest of the built-in plugin of a name.
fn built_in(name: &str) -> Option<(World, Digest)> {
    let mut all = BUILTIN.iter().filter_map(|it| Some((Manifest::parse(it.manifest).ok()?, it.digest)));
    all.find(|(it, _)| it.name == name).map(|(it, digest)| (it.world, digest))
}

/// Whether a plugin has the name of a built-in plugin and another digest.
pub fn replaces(manifest: &Manifest, digest: Digest) -> bool {
    built_in(&manifest.name).is_some_and(|(_, own)| own != digest)
}

/// Whether a plugin may have its name: not that of a built-in plugin, unless `may` is set and both are of the same
/// world.
pub fn may_replace(manifest: &Manifest, digest: Digest, may: bool) -> Result<(), CatalogError> {
    let name = manifest.name.clone();
    let Some((world, own)) = built_in(&name) else { return Ok(()) };
    if own == digest || (may && world == manifest.world) {
        Ok(())
    } else if world == manifest.world {
        Err(CatalogError::BuiltIn { name, world })
    } else {
        Err(CatalogError::BuiltInWorld { name, world, other: manifest.world })
    }
}

/// The enabled plugins, by name.
#[derive(Clone, Default)]
pub struct Catalog {
    plugins: Vec<Admitted>,
    /// Names of the given plugins, in the given order.
    given: Vec<String>,
    /// The shapes of this program and of all plugins.
    shapes: Arc<Shapes>,
    /// What the formats of all parsers declare.
    formats: Formats,
}

impl Catalog {
    /// The built-in plugins, the installed ones, and those given. A given plugin replaces an installed one of the same
    /// name. It replaces a built-in one only if it is named in `replace` or was installed so, and only within the same
    /// world: users who can name a plugin must not be able to disable another one.
    pub async fn load(
        host: &Host,
        home: Option<&Home>,
        given: &[Given],
        replace: &[String],
    ) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog::default();
        for builtin in BUILTIN {
            let plugin = Admission::new(host, "built in").built_in(builtin).await?;
            catalog.add(plugin);
        }
        if let Some(home) = home {
            for installed in Lock::read(home)?.plugins {
                let path = Lock::file(home, &installed);
                let plugin = Admission::new(host, &installed.name)
                    .file(&path, installed.digest(), &installed.grants, SettingsText::default())
                    .await?;
                catalog.replace(plugin, installed.replaces)?;
            }
        }
        for it in given {
            let plugin = it.admit(host).await?;
            if catalog.given.contains(&plugin.manifest.name) {
                return Err(CatalogError::Twice(plugin.manifest.name.clone()));
            }
            catalog.given.push(plugin.manifest.name.clone());
            let may = replace.contains(&plugin.manifest.name);
            catalog.replace(plugin, may)?;
        }
        catalog.check()?;
        Ok(catalog)
    }

    /// A catalog of these plugins.
    pub fn of(plugins: Vec<Admitted>) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog::default();
        for plugin in plugins {
            catalog.add(plugin);
        }
        catalog.check()?;
        Ok(catalog)
    }

    /// Adds a plugin, in place of one of the same name if it may replace it.
    fn replace(&mut self, plugin: Admitted, may: bool) -> Result<(), CatalogError> {
        may_replace(&plugin.manifest, plugin.digest, may)?;
        self.add(plugin);
        Ok(())
    }

    fn add(&mut self, plugin: Admitted) {
        self.plugins.retain(|it| it.manifest.name != plugin.manifest.name);
        self.plugins.push(plugin);
        self.plugins.sort_by(|one, other| one.manifest.name.cmp(&other.manifest.name));
    }

    /// Merges the tables of shapes.
    fn merge_shapes(&mut self) -> Result<(), CatalogError> {
        let of_plugins = self.plugins.iter().map(|it| (it.manifest.name.as_str(), &it.manifest.shapes));
        self.shapes = Arc::new(palisade_shape_tables::shapes_with(of_plugins)?);
        Ok(())
    }

    /// Merges the declarations of the parsers.
    fn merge_formats(&mut self) {
        self.formats = Formats::default();
        for plugin in &self.plugins {
            if let Role::Parser { formats, .. } = &plugin.role {
                self.formats.add(formats, plugin.built_in || plugin.owns);
            }
        }
    }

    fn check(&mut self) -> Result<(), CatalogError> {
        self.merge_shapes()?;
        self.merge_formats();
        let mut seen = BTreeMap::new();
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
        for plugin in &self.plugins {
            let Role::Pack { info, .. } = &plugin.role else { continue };
            for control in &info.controls {
                for alias in control.aliases.iter().filter(|alias| ***alias != *control.id) {
                    if let Some(other) = seen.get(alias.as_str()) {
                        return Err(CatalogError::AliasTaken {
                            plugin: plugin.manifest.name.clone(),
                            control: control.id.to_string(),
                            alias: alias.clone(),
                            other: (*other).clone(),
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// The plugins that replace a built-in plugin of the same name.
    pub fn replacements(&self) -> impl Iterator<Item = &Admitted> {
        self.plugins.iter().filter(|it| !it.built_in && replaces(&it.manifest, it.digest))
    }

    /// Names of the given plugins, in the given order.
    pub fn given(&self) -> &[String] {
        &self.given
    }

    /// What the formats of all parsers declare.
    pub fn formats(&self) -> &Formats {
        &self.formats
    }

    /// The shapes that resources get once they are parsed.
    pub fn shapes(&self) -> &Arc<Shapes> {
        &self.shapes
    }

    /// All plugins, by name.
    pub fn plugins(&self) -> &[Admitted] {
        &self.plugins
    }
}
