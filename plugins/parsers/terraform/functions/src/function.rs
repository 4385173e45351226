//! The type of the rows in the tables of functions.

use palisade_terraform_values::{Type, Unknown, Value, convert};

use crate::arguments::{Arguments, Outcome};
use crate::{FunctionError, Host};

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Its parameters, in order.
    pub parameters: &'static [Parameter],
    /// How many of the last parameters are optional.
    pub optional: usize,
    /// The type of any number of additional arguments.
    pub rest: Option<Parameter>,
    /// The type of its result.
    pub gives: Gives,
    run: fn(&Arguments<'_>) -> Outcome,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type; arguments are converted to it.
    pub takes: Takes,
    /// Whether it may be null.
    pub null: bool,
    /// How much of it must be known for the function to run.
    pub known: Known,
}

/// How much of an argument must be known for a function to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The value and all values in it.
    Wholly,
    /// The value, but not the values in it.
    Itself,
    /// Nothing.
    Nothing,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any.
    Any,
    /// `string`.
    Text,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list(string)`.
    Texts,
    /// A list, set or tuple with items of any type.
    Items,
    /// A map or object with values of any type.
    Entries,
    /// `map(list(string))`.
    TextsByKey,
}

/// The type of a result, if it is the same for all calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// It depends on the call.
    Any,
    /// `string`.
    Text,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list(string)`.
    Texts,
    /// `set(string)`.
    TextSet,
}

impl Gives {
    /// The corresponding type of values.
    pub fn ty(self) -> Type {
        match self {
            Gives::Any => Type::Any,
            Gives::Text => Type::String,
            Gives::Number => Type::Number,
            Gives::Bool => Type::Bool,
            Gives::Texts => Type::List(Box::new(Type::String)),
            Gives::TextSet => Type::Set(Box::new(Type::String)),
        }
    }
}

impl Takes {
    fn ty(self) -> Type {
        match self {
            Takes::Any | Takes::Items | Takes::Entries => Type::Any,
            Takes::Text => Type::String,
            Takes::Number => Type::Number,
            Takes::Bool => Type::Bool,
            Takes::Texts => Type::List(Box::new(Type::String)),
            Takes::TextsByKey => Type::Map(Box::new(Type::List(Box::new(Type::String)))),
        }
    }
}

/// A parameter of a type. The values in a collection must be known, unless the parameter is `in_part`.
pub(crate) const fn takes(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, takes, null: false, known: Known::Wholly }
}

/// A text.
pub(crate) const fn text(name: &'static str) -> Parameter {
    takes(name, Takes::Text)
}

/// A number.
pub(crate) const fn number(name: &'static str) -> Parameter {
    takes(name, Takes::Number)
}

/// A list, set or tuple.
pub(crate) const fn items(name: &'static str) -> Parameter {
    takes(name, Takes::Items)
}

/// A map or object.
pub(crate) const fn entries(name: &'static str) -> Parameter {
    takes(name, Takes::Entries)
}

/// Anything.
pub(crate) const fn any(name: &'static str) -> Parameter {
    takes(name, Takes::Any)
}

impl Parameter {
    /// Accepts null.
    pub(crate) const fn or_null(mut self) -> Parameter {
        self.null = true;
        self
    }

    /// Accepts a collection with unknown values.
    pub(crate) const fn in_part(mut self) -> Parameter {
        self.known = Known::Itself;
        self
    }

    /// Accepts an unknown value.
    pub(crate) const fn or_unknown(mut self) -> Parameter {
        self.known = Known::Nothing;
        self
    }

    fn lacks(&self, value: &Value) -> bool {
        match self.known {
            Known::Wholly => value.first_unknown().is_some(),
            Known::Itself => value.as_unknown().is_some(),
            Known::Nothing => false,
        }
    }

    fn fit(&self, value: Value) -> Outcome {
        let blame = |problem: &str| FunctionError::Argument { parameter: self.name, problem: problem.into() };
        if value.is_null() {
            return if self.null { Ok(value) } else { Err(blame("must not be null")) };
        }
        if value.as_unknown().is_none() {
            match self.takes {
                Takes::Items if value.items().is_none() => {
                    return Err(blame("a list, set or tuple is required"));
                }
                Takes::Entries if value.entries().is_none() => {
                    return Err(blame("a map or object is required"));
                }
                _ => {}
            }
        }
        match self.takes.ty() {
            Type::Any => Ok(value),
            ty => convert(value, &ty).map_err(|error| blame(&error.to_string())),
        }
    }
}

impl Function {
    pub(crate) const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        gives: Gives,
        run: fn(&Arguments<'_>) -> Outcome,
    ) -> Function {
        Function { name, parameters, optional: 0, rest: None, gives, run }
    }

    /// Makes the last parameters optional.
    pub(crate) const fn optional(mut self, count: usize) -> Function {
        self.optional = count;
        self
    }

    /// Accepts any number of additional arguments.
    pub(crate) const fn rest(mut self, parameter: Parameter) -> Function {
        self.rest = Some(parameter);
        self
    }

    /// Calls it.
    pub fn call(&self, arguments: Vec<Value>, host: &dyn Host) -> Result<Value, FunctionError> {
        self.check_arity(arguments.len())?;
        let mut values = Vec::with_capacity(arguments.len());
        let mut stopped = false;
        for (index, value) in arguments.into_iter().enumerate() {
            let Some(parameter) = self.parameter(index) else { continue };
            let value = parameter.fit(value)?;
            stopped |= parameter.lacks(&value);
            values.push(value);
        }
        if stopped && let Some(mut unknown) = Unknown::of_all(&values, self.gives.ty()) {
            // A function with a fixed result type never returns null.
            unknown.not_null = self.gives != Gives::Any;
            return Ok(unknown.into());
        }
        (self.run)(&Arguments { function: self, values, host })
    }

    /// The parameter of the argument at an index.
    pub(crate) fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.rest.as_ref())
    }

    fn check_arity(&self, given: usize) -> Outcome<()> {
        let most = self.parameters.len();
        let least = most.saturating_sub(self.optional);
        if given >= least && (given <= most || self.rest.is_some()) {
            return Ok(());
        }
        let plural =
            |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
        let takes = match (self.rest.is_some(), least == most) {
            (true, _) => format!("at least {}", plural(least)),
            (false, true) => plural(most),
            (false, false) => format!("{least} to {}", plural(most)),
        };
        Err(FunctionError::Arity { takes, given })
    }
}
