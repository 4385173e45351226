//! A row of the table of builtins.

/// A builtin that OPA documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its name, with dots.
    pub name: &'static str,
    /// Its family in OPA's reference.
    pub family: &'static str,
    /// The number of its arguments; `None` if it is variadic.
    pub arity: Option<u8>,
    /// Whether OPA 1.x has it only for policies of Rego v0.
    pub deprecated: bool,
    /// Its implementation, if there is one.
    pub status: Status,
}

/// The implementation of a builtin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// That of the engine.
    Native,
    /// Ours; the engine has none.
    Added,
    /// Ours, instead of that of the engine.
    Replaced {
        /// What is better than in the engine.
        reason: &'static str,
    },
    /// The language layer replaces the call by its result when a pack is built.
    Constant {
        /// What is known at that time.
        reason: &'static str,
    },
    /// None. A call ends the evaluation with the reason.
    Absent {
        /// Why it is not available.
        reason: &'static str,
    },
}

impl Status {
    /// The name of the status.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Added => "added",
            Self::Replaced { .. } => "replaced",
            Self::Constant { .. } => "constant",
            Self::Absent { .. } => "absent",
        }
    }

    /// The reason of the status, if it has one.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Native | Self::Added => None,
            Self::Replaced { reason } | Self::Constant { reason } | Self::Absent { reason } => Some(reason),
        }
    }
}

/// The arity of variadic functions.
pub(crate) const VARIADIC: u8 = u8::MAX;

const fn row(
    family: &'static str,
    name: &'static str,
    arity: u8,
    deprecated: bool,
    status: Status,
) -> Builtin {
    let arity = if arity == VARIADIC { None } else { Some(arity) };
    Builtin { name, family, arity, deprecated, status }
}

pub(crate) const fn native(family: &'static str, name: &'static str, arity: u8) -> Builtin {
    row(family, name, arity, false, Status::Native)
}

pub(crate) const fn added(family: &'static str, name: &'static str, arity: u8) -> Builtin {
    row(family, name, arity, false, Status::Added)
}

pub(crate) const fn deprecated(family: &'static str, name: &'static str, arity: u8) -> Builtin {
    row(family, name, arity, true, Status::Added)
}

pub(crate) const fn replaced(
    family: &'static str,
    name: &'static str,
    arity: u8,
    reason: &'static str,
) -> Builtin {
    row(family, name, arity, false, Status::Replaced { reason })
}

pub(crate) const fn constant(
    family: &'static str,
    name: &'static str,
    arity: u8,
    reason: &'static str,
) -> Builtin {
    row(family, name, arity, false, Status::Constant { reason })
}

pub(crate) const fn absent(
    family: &'static str,
    name: &'static str,
    arity: u8,
    reason: &'static str,
) -> Builtin {
    row(family, name, arity, false, Status::Absent { reason })
}
