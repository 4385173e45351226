//! Values that cannot be known before the infrastructure exists.

use std::rc::Rc;

use crate::{Text, Type, Value};

/// An unknown value, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// The expression that caused it, as written in the file (`aws_s3_bucket.logs.arn`).
    pub expression: Rc<str>,
    /// The reason, for users (`known after apply`).
    pub reason: Rc<str>,
    /// Its type, if known.
    pub ty: Type,
    /// Whether it is certainly not null.
    pub not_null: bool,
    /// The known prefix of the text.
    pub prefix: Rc<str>,
    /// Ids of the evaluator for what it refers to.
    pub references: Vec<u32>,
    /// The parts of a text with known and unknown parts.
    pub parts: Vec<Part>,
    /// The document of a JSON text that has unknown values.
    pub decoded: Option<Value>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A known part.
    Known(Text),
    /// An unknown part.
    Unknown(Rc<Unknown>),
}

impl Unknown {
    /// An unknown value of which only expression, reason and type are known.
    pub fn new(expression: &str, reason: &str, ty: Type) -> Unknown {
        Unknown {
            expression: expression.into(),
            reason: reason.into(),
            ty,
            not_null: false,
            prefix: "".into(),
            references: Vec::new(),
            parts: Vec::new(),
            decoded: None,
        }
    }

    /// The result of a calculation with this value: another type, the same cause, and further references.
    #[must_use]
    pub fn derive(&self, ty: Type, others: impl IntoIterator<Item = u32>) -> Unknown {
        let mut references = self.references.clone();
        references.extend(others);
        references.sort_unstable();
        references.dedup();
        Unknown {
            expression: Rc::clone(&self.expression),
            reason: Rc::clone(&self.reason),
            ty,
            not_null: false,
            prefix: "".into(),
            references,
            parts: Vec::new(),
            decoded: None,
        }
    }

    /// The same value, which is not null.
    #[must_use]
    pub fn never_null(mut self) -> Unknown {
        self.not_null = true;
        self
    }

    /// The result of several values: the cause of the first unknown one, and the references of all unknown ones. None
    /// if all are known.
    pub fn of_all<'a>(values: impl IntoIterator<Item = &'a Value>, ty: Type) -> Option<Unknown> {
        let mut all = Vec::new();
        values.into_iter().for_each(|it| it.collect_unknown(&mut all));
        let (first, rest) = all.split_first()?;
        Some(first.derive(ty, rest.iter().flat_map(|it| it.references.iter().copied())))
    }
}
