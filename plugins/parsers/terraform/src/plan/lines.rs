//! The lines of the configuration beside a plan.

use std::collections::BTreeMap;
use std::rc::Rc;

use palisade_sdk::Span as Place;
use palisade_sdk::parser::{Tree, may_suppress};

use crate::files::Files;
use crate::installed::Installed;
use crate::module::{Module, argument, configuration};
use crate::path;
use crate::syntax::ExprKind;

/// A block of the configuration.
pub(super) struct Configured {
    pub(super) path: String,
    pub(super) header: Place,
    /// The place of each attribute, or of the first nested block of a kind.
    pub(super) attributes: BTreeMap<String, Place>,
}

/// The configuration in the folder of a plan.
pub(super) struct ConfigurationLines<'t> {
    files: Files<'t>,
    installed: Installed,
    root: String,
    modules: std::cell::RefCell<BTreeMap<String, Option<Rc<Module>>>>,
}

impl<'t> ConfigurationLines<'t> {
    /// The configuration beside a plan, if there is one.
    pub(super) fn beside(tree: &'t dyn Tree, plan: &str) -> Option<ConfigurationLines<'t>> {
        let files = Files::new(tree, "");
        let root = path::folder(plan).to_owned();
        if configuration(&files, &root).is_empty() {
            return None;
        }
        let installed = Installed::read(tree, &root);
        Some(ConfigurationLines { files, installed, root, modules: std::cell::RefCell::default() })
    }

    /// The module at an address; keys are ignored.
    fn module(&self, address: &str) -> Option<Rc<Module>> {
        if let Some(known) = self.modules.borrow().get(address) {
            return known.clone();
        }
        let found = self.find(address);
        self.modules.borrow_mut().insert(address.to_owned(), found.clone());
        found
    }

    fn find(&self, address: &str) -> Option<Rc<Module>> {
        let mut module = Rc::new(Module::load(&self.files, &self.root));
        let mut key = String::new();
        for part in super::configuration::calls(address) {
            if !key.is_empty() {
                key.push('.');
            }
            key.push_str(&part);
            let call = module.calls.get(part.as_str())?;
            let ExprKind::String(source) = &argument(&call.what.body, "source")?.kind else { return None };
            let folder = if source.starts_with('.') {
                path::join(&module.folder, source)?
            } else {
                self.installed.find(&key, source)?.to_owned()
            };
            module = Rc::new(Module::load(&self.files, &folder));
        }
        Some(module)
    }

    /// The comments of a file, and their places.
    pub(super) fn comments(&self, path: &str) -> Vec<(Place, String)> {
        let Some(source) = self.files.open(path).and_then(|file| self.files.get(file)) else {
            return Vec::new();
        };
        let comments = source.parsed.comments.iter().filter(|it| may_suppress(&it.text));
        comments.map(|it| (source.lines.span(it.span.start, it.span.end), it.text.to_string())).collect()
    }

    /// The block of a resource.
    pub(super) fn resource(&self, module: &str, data: bool, kind: &str, name: &str) -> Option<Configured> {
        let module = self.module(module)?;
        let prefix = if data { "data." } else { "" };
        let row = module.resource(&format!("{prefix}{kind}.{name}"))?;
        let declared = module.resources.get(row)?;
        let source = self.files.get(declared.file)?;
        let block = &declared.what.block;
        let place = |span: crate::syntax::Span| source.lines.span(span.start, span.end);
        let mut attributes = BTreeMap::new();
        // Attributes from an override file are in another file, so the place is the header.
        let here = |name: &str| declared.file_of(name) == declared.file;
        for it in block.body.blocks.iter().filter(|it| here(&it.kind)) {
            let kind = it.made();
            attributes.entry(kind.to_string()).or_insert_with(|| place(it.header));
        }
        for it in block.body.attributes.iter().filter(|it| here(&it.name)) {
            attributes.insert(it.name.to_string(), place(it.value.span));
        }
        Some(Configured { path: source.path.to_string(), header: place(block.header), attributes })
    }
}
