//! The plugins inside this program.

use palisade_source::Digest;

/// One of them: the component, and its code as compiled when the program was built.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// The component, for its manifest.
    pub component: &'static [u8],
    /// Its digest.
    pub digest: Digest,
    /// The code.
    pub code: &'static [u8],
}

/// All of them, by name. A `static`, since the bytes of a constant are copied into every place that uses it.
pub(crate) static BUILTIN: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The core module that becomes a pack once it has read a folder of Rego.
#[derive(Clone, Copy)]
pub struct RegoEngine {
    /// The module.
    pub module: &'static [u8],
    /// Its digest.
    pub digest: Digest,
}

/// The one inside this program; none where it was built without.
pub static REGO_ENGINE: Option<RegoEngine> = include!(concat!(env!("OUT_DIR"), "/rego_engine.rs"));

#[cfg(test)]
mod tests {
    use super::{BUILTIN, Digest};

    #[test]
    fn the_digests_are_those_of_the_components() {
        for builtin in BUILTIN {
            assert_eq!(builtin.digest, Digest::of(builtin.component));
        }
    }
}
