//! What is in the tree, and what is set aside before any parser is asked.

use palisade_domain::{Coverage, Status};
use palisade_source::{SkipRules, Snapshot, TreePath, WalkError, WalkItem, walk};

use crate::config::RepositoryConfig;

/// What there is.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Files that a parser may claim, in the order of their paths.
    pub files: Vec<String>,
    /// Their sizes in bytes, in the same order.
    pub sizes: Vec<u64>,
    /// What no parser is asked about, and why.
    pub aside: Vec<Coverage>,
}

fn aside(path: String, status: Status, reason: impl Into<String>) -> Coverage {
    Coverage { path, status, plugin: String::new(), reason: reason.into(), location: None }
}

impl Inventory {
    /// Looks at everything under a path.
    pub fn take(
        snapshot: &dyn Snapshot,
        from: &TreePath,
        config: &RepositoryConfig,
    ) -> Result<Inventory, WalkError> {
        let mut inventory = Inventory::default();
        walk(snapshot, from, &SkipRules::default(), &mut |item| inventory.add(item, config))?;
        Ok(inventory)
    }

    fn add(&mut self, item: WalkItem, config: &RepositoryConfig) {
        match item {
            WalkItem::File { path, size } => {
                if let Some(pattern) = config.excludes(path.as_str()) {
                    let reason = format!("excluded by `{pattern}` in {}", config.path);
                    self.aside.push(aside(path.as_str().to_owned(), Status::Ignored, reason));
                } else {
                    self.files.push(path.as_str().to_owned());
                    self.sizes.push(size);
                }
            }
            WalkItem::Link { path } => self.aside.push(aside(
                path.as_str().to_owned(),
                Status::Ignored,
                "a link, which is not followed: what it leads to is scanned where it stands, if that is in the tree",
            )),
            WalkItem::Submodule { path } => self.aside.push(aside(
                format!("{path}/"),
                Status::Ignored,
                "a submodule: scan its own repository",
            )),
            WalkItem::SkippedFolder { path, rule } => self.aside.push(aside(
                format!("{path}/"),
                Status::Ignored,
                format!("folders called `{rule}` are not entered"),
            )),
            WalkItem::UnreadableFolder { path, error } => {
                self.aside.push(aside(format!("{path}/"), Status::Failed, error.to_string()));
            }
        }
    }
}
