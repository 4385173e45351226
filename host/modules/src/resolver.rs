//! Who meets which needs.

use std::sync::Arc;

use palisade_source::Snapshot;

use crate::error::ModuleError;

/// What a need is met with: a module's package.
#[derive(Clone)]
pub struct Package {
    /// A path that names it and no other.
    pub name: String,
    /// The module's folder in it; empty for the whole.
    pub folder: String,
    /// What it holds.
    pub tree: Arc<dyn Snapshot>,
}

/// Meets needs of some kinds from outside of the tree.
pub trait Resolver: Send + Sync {
    /// The kinds of needs that it meets, as parsers name them.
    fn kinds(&self) -> &'static [&'static str];

    /// Finds what a source and a version's constraint stand for. Waits for the network: not for a thread that has others
    /// to serve.
    ///
    /// # Errors
    /// Why it was not found or not fetched.
    fn resolve(&self, kind: &str, source: &str, constraint: &str) -> Result<Package, ModuleError>;
}

/// Resolvers, looked up by the kind of a need.
#[derive(Clone, Default)]
pub struct Resolvers(Vec<Arc<dyn Resolver>>);

impl Resolvers {
    /// The same, and another one for the kinds that none before it meets.
    #[must_use]
    pub fn with(mut self, resolver: Arc<dyn Resolver>) -> Resolvers {
        self.0.push(resolver);
        self
    }

    /// Finds what is needed: see [`Resolver::resolve`].
    ///
    /// # Errors
    /// [`ModuleError::Kind`] where no resolver meets such needs.
    pub fn resolve(&self, kind: &str, source: &str, constraint: &str) -> Result<Package, ModuleError> {
        let resolver = self.0.iter().find(|it| it.kinds().contains(&kind));
        let resolver = resolver.ok_or_else(|| ModuleError::Kind(kind.escape_debug().to_string()))?;
        resolver.resolve(kind, source, constraint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says its name instead of finding anything.
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
