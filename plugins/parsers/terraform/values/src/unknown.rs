//! Values that cannot be known before the infrastructure exists.

use std::rc::Rc;

use crate::{Text, Type, Value};

/// What is known of a value that cannot be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// The expression that stopped it, as the file says it (`aws_s3_bucket.logs.arn`).
    pub expression: Rc<str>,
    /// Why, for a reader (`known after apply`).
    pub reason: Rc<str>,
    /// Its type, as far as known.
    pub ty: Type,
    /// Whether it is certainly not null.
    pub not_null: bool,
    /// What the text certainly begins with.
    pub prefix: Rc<str>,
    /// What it refers to, in numbers that only the evaluator understands.
    pub references: Vec<u32>,
    /// Where it is a text put together of known and unknown parts: these parts.
    pub parts: Vec<Part>,
    /// Where it is the text of a JSON document some of whose values are unknown: that document.
    pub decoded: Option<Value>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// It is known.
    Known(Text),
    /// It is not.
    Unknown(Rc<Unknown>),
}

impl Unknown {
    /// One of which nothing but expression, reason and type is known.
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

    /// What comes of this one in a calculation: another type, the same cause, and what else was referred to.
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

    /// The same, certainly not null.
    #[must_use]
    pub fn never_null(mut self) -> Unknown {
        self.not_null = true;
        self
    }

    /// What comes of several values: the cause of the first that cannot be known, and what all such refer to.
    /// Nothing where all are known.
    pub fn of_all<'a>(values: impl IntoIterator<Item = &'a Value>, ty: Type) -> Option<Unknown> {
        let mut all = Vec::new();
        values.into_iter().for_each(|it| it.collect_unknown(&mut all));
        let (first, rest) = all.split_first()?;
        Some(first.derive(ty, rest.iter().flat_map(|it| it.references.iter().copied())))
    }
}
