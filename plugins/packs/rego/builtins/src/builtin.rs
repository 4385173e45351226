//! A row of the table of builtins.

/// A builtin that OPA documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its name, with dots.
    pub name: &'static str,
    /// The family that OPA's reference lists it in.
    pub family: &'static str,
    /// How many arguments it takes; nothing where it takes any number.
    pub arity: Option<u8>,
    /// Whether OPA 1.x keeps it only for policies of Rego v0.
    pub deprecated: bool,
    /// Where it comes from, if there is one.
    pub status: Status,
}

/// Where a builtin comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The engine's own is used.
    Native,
    /// The engine has none; it is added.
    Added,
    /// The engine has one, and another is used in its place.
    Replaced {
        /// What the other does better.
        reason: &'static str,
    },
    /// The language layer writes the answer in the place of the call when a pack is built.
    Constant {
        /// What is known then.
        reason: &'static str,
    },
    /// There is none. A call ends the evaluation with the reason.
    Absent {
        /// Why.
        reason: &'static str,
    },
}

impl Status {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Added => "added",
            Self::Replaced { .. } => "replaced",
            Self::Constant { .. } => "constant",
            Self::Absent { .. } => "absent",
        }
    }

    /// What there is to say of it.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Native | Self::Added => None,
            Self::Replaced { reason } | Self::Constant { reason } | Self::Absent { reason } => Some(reason),
        }
    }
}

/// The arity of what takes any number of arguments.
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
