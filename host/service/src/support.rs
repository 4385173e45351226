//! The status of the service, and what its plugins support: adapters, formats, controls.

use std::collections::BTreeMap;

use palisade_catalog::Role;
use palisade_domain::{Control, Format};
use palisade_store::Database;

use crate::error::ServiceError;
use crate::service::Service;
use crate::view;

fn format(it: &Format, controls: &[&Control]) -> view::Format {
    let judges = |control: &&&Control| control.formats.is_empty() || control.formats.contains(&it.id);
    view::Format {
        id: it.id.clone(),
        title: it.title.clone(),
        globs: it.globs.clone(),
        controls: controls.iter().filter(judges).count(),
    }
}

impl Service {
    fn roles(&self) -> impl Iterator<Item = &Role> {
        self.0.catalog.plugins().iter().map(|it| &it.role)
    }

    /// All controls, by pack. Each control judges every source.
    fn all_controls(&self) -> Vec<&Control> {
        let packs =
            self.roles().filter_map(|it| if let Role::Pack { info, .. } = it { Some(info) } else { None });
        packs.flat_map(|it| &it.controls).collect()
    }

    /// Returns the status of the service.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn status(&self) -> Result<view::Status, ServiceError> {
        let store = &self.0.store;
        Ok(view::Status {
            version: env!("CARGO_PKG_VERSION"),
            instance: store.instance().await?,
            database: match store.database() {
                Database::Sqlite(_) => "sqlite",
                Database::Postgres(_) => "postgres",
            },
            plugins: self.plugins(),
            counts: store.counts().await?.into(),
        })
    }

    /// Checks whether the database responds.
    ///
    /// # Errors
    /// If it does not respond.
    pub async fn check_database(&self) -> Result<(), ServiceError> {
        self.0.store.instance().await?;
        Ok(())
    }

    /// Lists the plugins, by name.
    pub fn plugins(&self) -> Vec<view::Plugin> {
        let all = self.0.catalog.plugins().iter();
        all.map(|it| view::Plugin {
            name: it.manifest.name.clone(),
            version: it.manifest.version.clone(),
            digest: it.digest.to_string(),
            world: it.manifest.world.name(),
            built_in: it.built_in,
        })
        .collect()
    }

    /// Lists the adapters.
    pub fn providers(&self) -> Vec<view::Provider> {
        let adapters = self
            .roles()
            .filter_map(|it| if let Role::Provider { info, .. } = it { Some(info) } else { None });
        adapters.map(|it| view::Provider::from(it.as_ref())).collect()
    }

    /// Lists the controls.
    pub fn controls(&self) -> Vec<view::Control> {
        self.all_controls().into_iter().map(view::Control::from).collect()
    }

    /// Lists summaries of the controls that judge a source.
    ///
    /// # Errors
    /// If the source does not exist.
    pub async fn policies_of(&self, source: &str) -> Result<Vec<view::Policy>, ServiceError> {
        self.0.store.sources().get(source).await?;
        Ok(self.all_controls().into_iter().map(view::Policy::from).collect())
    }

    /// Lists the requirements with their controls.
    pub fn policies(&self) -> Vec<view::Requirement> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for control in self.all_controls() {
            for name in control.policies.iter() {
                all.entry(name.clone()).or_default().push(control.id.to_string());
            }
        }
        all.into_iter().map(|(name, controls)| view::Requirement { name, controls }).collect()
    }

    /// Returns the supported formats, kinds and packs.
    pub fn support(&self) -> view::Support {
        let controls = self.all_controls();
        let mut packs: BTreeMap<String, usize> = BTreeMap::new();
        for control in &controls {
            *packs.entry(control.pack.clone()).or_default() += 1;
        }
        let parsers = self
            .roles()
            .filter_map(|it| if let Role::Parser { formats, .. } = it { Some(formats) } else { None });
        view::Support {
            formats: parsers.flatten().map(|it| format(it, &controls)).collect(),
            kinds: controls.iter().flat_map(|it| &it.kinds).cloned().collect(),
            packs,
            controls: controls.len(),
        }
    }
}
