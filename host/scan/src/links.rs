//! Findings in files that were read through a link are reported at the file itself, where readers and annotations
//! expect them.

use std::collections::HashMap;

use palisade_domain::Finding;
use palisade_source::{Snapshot, TreePath};

/// Replaces links in places by the files themselves.
pub(crate) fn resolve<'f>(tree: &dyn Snapshot, findings: impl Iterator<Item = &'f mut Finding>) {
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    let mut real = |path: &mut String| {
        let found = known.entry(path.clone()).or_insert_with_key(|path| {
            let real = tree.real(&TreePath::parse(path).ok()?).ok().flatten()?;
            (real.as_str() != path).then(|| real.as_str().to_owned())
        });
        if let Some(found) = found {
            path.clone_from(found);
        }
    };
    for finding in findings {
        finding.location.iter_mut().for_each(|it| real(&mut it.path));
        finding.resource.location.iter_mut().for_each(|it| real(&mut it.path));
        finding.cause.iter_mut().for_each(|it| real(&mut it.path));
    }
}
