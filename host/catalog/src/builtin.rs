//! The plugins inside this program.

/// One of them: the component, and its code as compiled when the program was built.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// The component, for its manifest and digest.
    pub component: &'static [u8],
    /// The code.
    pub code: &'static [u8],
}

/// All of them, by name.
pub(crate) const BUILTIN: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
