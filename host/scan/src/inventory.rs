//! The files of a tree, and those that are set aside before any parser is asked.

use palisade_domain::{Coverage, Status};
use palisade_source::{
    Entry, EntryKind, ReadError, SkipRules, Snapshot, TreePath, WalkError, WalkItem, walk,
};
use serde::{Deserialize, Serialize};

use crate::config::RepositoryConfig;

/// The files of a tree.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// Files that a parser may claim, in the order of their paths.
    pub files: Vec<String>,
    /// Their sizes in bytes, in the same order.
    pub sizes: Vec<u64>,
    /// Files that no parser is asked about, and why.
    pub aside: Vec<Coverage>,
    /// Links without a target: they count if a parser would read a file of that name.
    pub dangling: Vec<String>,
    /// Whether the tree has links.
    pub has_links: bool,
}

impl Inventory {
    /// Lists everything under a path.
    pub fn take(
        snapshot: &dyn Snapshot,
        from: &TreePath,
        config: &RepositoryConfig,
        skip: &SkipRules,
    ) -> Result<Inventory, WalkError> {
        let mut inventory = Inventory::default();
        walk(snapshot, from, skip, &mut |item| inventory.add(item, config))?;
        Ok(inventory)
    }

    /// A link to a file is read under the name of the link, a folder at its own place.
    fn link(&mut self, path: &str, to: Result<Option<Entry>, ReadError>, config: &RepositoryConfig) {
        self.has_links = true;
        if config.excludes(path).is_some() {
            return self.file(path, 0, config);
        }
        let (status, reason) = match to {
            Ok(Some(entry)) if entry.kind == EntryKind::File => return self.file(path, entry.size, config),
            Ok(Some(entry)) if entry.kind == EntryKind::Folder => {
                (Status::Ignored, "a link to a folder, whose files are scanned where they are")
            }
            Ok(Some(_)) => {
                (Status::Unsupported, "a link into a submodule, which is another repository: scan it there")
            }
            Err(ReadError::Outside) => {
                (Status::Unsupported, "a link that leads out of the tree: make it a plain file")
            }
            Ok(None) | Err(_) => {
                return self.dangling.push(path.to_owned());
            }
        };
        self.aside.push(Coverage::new(path, status, reason));
    }

    fn file(&mut self, path: &str, size: u64, config: &RepositoryConfig) {
        if let Some(pattern) = config.excludes(path) {
            let reason = format!("excluded by `{pattern}` in {}", config.path);
            self.aside.push(Coverage::new(path, Status::Ignored, reason));
        } else {
            self.files.push(path.to_owned());
            self.sizes.push(size);
        }
    }

    fn add(&mut self, item: WalkItem, config: &RepositoryConfig) {
        match item {
            WalkItem::File { path, size } => self.file(path.as_str(), size, config),
            WalkItem::Link { path, to } => self.link(path.as_str(), to, config),
            WalkItem::Submodule { path } => self.aside.push(Coverage::new(
                format!("{path}/"),
                Status::Unsupported,
                "a submodule, which is another repository: scan it there",
            )),
            WalkItem::SkippedFolder { path, rule } => self.aside.push(Coverage::new(
                format!("{path}/"),
                Status::Ignored,
                format!("Git ignores this folder `{rule}`"),
            )),
            WalkItem::UnreadableFolder { path, error } => {
                self.aside.push(Coverage::new(format!("{path}/"), Status::Failed, error.to_string()));
            }
        }
    }
}
