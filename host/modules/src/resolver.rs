//! Resolvers of needs.

use std::sync::Arc;

use palisade_source::Snapshot;

use crate::error::ModuleError;

/// The result of a need: a module's package.
#[derive(Clone)]
pub struct Package {
    /// A unique path.
    pub name: String,
    /// The module's folder in the package; empty for the whole package.
    pub folder: String,
    /// The content.
    pub tree: Arc<dyn Snapshot>,
}

/// Resolves needs of some kinds from outside of the tree.
pub trait Resolver: Send + Sync {
    /// The supported kinds of needs, as parsers name them.
    fn kinds(&self) -> &'static [&'static str];

    /// Resolves a source with a version constraint. This blocks on the network: do not call it on a thread that serves
    /// others.
    ///
    /// # Errors
    /// The module was not found or could not be fetched.
    fn resolve(&self, kind: &str, source: &str, constraint: &str) -> Result<Package, ModuleError>;
}

/// Resolvers, looked up by the kind of a need.
#[derive(Clone, Default)]
pub struct Resolvers(Vec<Arc<dyn Resolver>>);

impl Resolvers {
    /// Adds a resolver for the kinds that no earlier one supports.
    #[must_use]
    pub fn with(mut self, resolver: Arc<dyn Resolver>) -> Resolvers {
        self.0.push(resolver);
        self
    }

    /// Resolves a need: see [`Resolver::resolve`].
    ///
    /// # Errors
    /// [`ModuleError::Kind`] if no resolver supports the kind.
    pub fn resolve(&self, kind: &str, source: &str, constraint: &str) -> Result<Package, ModuleError> {
        let resolver = self.0.iter().find(|it| it.kinds().contains(&kind));
        let resolver = resolver.ok_or_else(|| ModuleError::Kind(kind.escape_debug().to_string()))?;
        resolver.resolve(kind, source, constraint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns its name instead of a package.
    struct Named(&'static str, &'static [&'static str]);

    impl Resolver for Named {
        fn kinds(&self) -> &'static [&'static str] {
            self.1
        }
        fn resolve(&self, _: &str, _: &str, _: &str) -> Result<Package, ModuleError> {
            Err(ModuleError::Source(self.0.to_owned()))
        }
    }

    #[test]
    fn a_need_is_met_by_its_kind() {
        let all = Resolvers::default()
            .with(Arc::new(Named("one", &["chart", "library"])))
            .with(Arc::new(Named("other", &["base", "chart"])));
        let who = |kind: &str| match all.resolve(kind, "", "") {
            Err(ModuleError::Source(name)) => name,
            Err(other) => other.to_string(),
            Ok(_) => String::new(),
        };
        assert_eq!(["chart", "library", "base"].map(who), ["one", "one", "other"]);
        assert_eq!(who("x\n"), ModuleError::Kind("x\\n".to_owned()).to_string());
    }
}
