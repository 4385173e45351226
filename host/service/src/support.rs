//! What the plugins bring: adapters, formats, controls.

use palisade_catalog::Role;
use palisade_domain::{Control, Format, ProviderInfo};

use crate::service::Service;

/// A plugin, for people who look after an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is made for, such as `parser`.
    pub world: &'static str,
    /// SHA-256 of the component, hexadecimal.
    pub digest: String,
    /// Whether it came with the program.
    pub built_in: bool,
}

impl Service {
    fn roles(&self) -> impl Iterator<Item = &Role> {
        self.0.catalog.plugins().iter().map(|it| &it.role)
    }

    /// The plugins, by name.
    pub fn plugins(&self) -> Vec<PluginInfo> {
        let all = self.0.catalog.plugins().iter();
        all.map(|it| PluginInfo {
            name: it.manifest.name.clone(),
            version: it.manifest.version.clone(),
            world: it.manifest.world.name(),
            digest: it.digest.to_string(),
            built_in: it.built_in,
        })
        .collect()
    }

    /// The adapters.
    pub fn providers(&self) -> Vec<&ProviderInfo> {
        self.roles()
            .filter_map(|it| if let Role::Provider { info, .. } = it { Some(info.as_ref()) } else { None })
            .collect()
    }

    /// The formats that are read.
    pub fn formats(&self) -> Vec<&Format> {
        let parsers = self
            .roles()
            .filter_map(|it| if let Role::Parser { formats, .. } = it { Some(formats) } else { None });
        parsers.flatten().collect()
    }

    /// All controls, by pack. Each of them judges each source.
    pub fn controls(&self) -> Vec<&Control> {
        let packs =
            self.roles().filter_map(|it| if let Role::Pack { info, .. } = it { Some(info) } else { None });
        packs.flat_map(|it| &it.controls).collect()
    }
}
