//! Modules that `terraform init` has installed: `.terraform/modules/modules.json`.

use palisade_sdk::parser::Tree;

use crate::path;
use crate::syntax::json::{self, Value};

/// The modules that `terraform init` has listed.
#[derive(Default)]
pub(crate) struct Installed {
    /// Key, source and folder of each.
    modules: Vec<(String, String, String)>,
}

impl Installed {
    /// Reads the list in the folder of the root module; empty if it is missing or unreadable.
    pub(crate) fn read(tree: &dyn Tree, root: &str) -> Installed {
        let list = path::join(root, ".terraform/modules/modules.json");
        let text = list.and_then(|list| tree.read_text(&list).ok());
        let Some(document) = text.and_then(|text| json::document(&text).ok()) else {
            return Installed::default();
        };
        let entries = document.get("Modules").map_or(&[][..], Value::items);
        let field = |entry: &Value, name: &str| Some(entry.get(name)?.as_str()?.to_owned());
        let module = |entry: &Value| {
            let folder = path::join(root, &field(entry, "Dir")?.replace('\\', "/"))?;
            let key = field(entry, "Key").filter(|key| !key.is_empty())?;
            tree.stat(&folder)?;
            Some((key, field(entry, "Source")?, folder))
        };
        Installed { modules: entries.iter().filter_map(module).collect() }
    }

    /// The folder of a call, if it was installed from the same source.
    pub(crate) fn find(&self, key: &str, source: &str) -> Option<&str> {
        let same = |installed: &str| {
            // The list includes the host of the registry even if the configuration omits it.
            installed == source || installed.strip_prefix("registry.terraform.io/") == Some(source)
        };
        let mut found = self.modules.iter().filter(|(own, of, _)| own == key && same(of));
        found.next().map(|(_, _, folder)| folder.as_str())
    }
}
