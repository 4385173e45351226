//! Reads files of the scanned tree, for the code in reports.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use palisade_report::Sources;
use palisade_source::{Snapshot, TreePath};

/// The files of a tree, each read once, whatever the number of reports.
pub(crate) struct TreeSources {
    tree: Arc<dyn Snapshot>,
    read: RefCell<HashMap<String, Option<Arc<str>>>>,
}

impl TreeSources {
    pub(crate) fn new(tree: Arc<dyn Snapshot>) -> TreeSources {
        TreeSources { tree, read: RefCell::default() }
    }

    fn read(&self, path: &str) -> Option<Arc<str>> {
        let content = self.tree.read(&TreePath::parse(path).ok()?).ok()?;
        content.text().ok().map(Arc::from)
    }
}

impl Sources for TreeSources {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let text = self.read(path);
        self.read.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }
}
