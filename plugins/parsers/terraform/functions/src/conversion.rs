//! Type conversion functions, and functions that mark values.

use palisade_terraform_values::{Type, Unknown, Value, convert};

use crate::arguments::{Arguments, Outcome};
use crate::function::any;
use crate::{Function, FunctionError, Gives};

// Sensitive and ephemeral values are not tracked: a scan reads values in either case.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("ephemeralasnull", &[any("value").or_null().or_unknown()], Gives::Any, same),
    Function::new("flip_sensitive", &[any("value").or_null().or_unknown()], Gives::Any, same),
    Function::new("issensitive", &[any("value").or_null().or_unknown()], Gives::Bool, |it| {
        let reason = "which values are sensitive is not tracked";
        let mut unknown = Unknown::new("issensitive(…)", reason, Type::Bool);
        unknown.references = Unknown::of_all(&it.values, Type::Bool).map_or(Vec::new(), |it| it.references);
        Ok(unknown.into())
    }),
    Function::new("nonsensitive", &[any("value").or_null().or_unknown()], Gives::Any, same),
    Function::new("sensitive", &[any("value").or_null().or_unknown()], Gives::Any, same),
    Function::new("tobool", &[any("v").or_null().or_unknown()], Gives::Bool, |it| to(it, &Type::Bool)),
    Function::new("tolist", &[any("v").or_null().or_unknown()], Gives::Any, |it| {
        to(it, &Type::List(Box::new(Type::Any)))
    }),
    Function::new("tomap", &[any("v").or_null().or_unknown()], Gives::Any, |it| {
        to(it, &Type::Map(Box::new(Type::Any)))
    }),
    Function::new("tonumber", &[any("v").or_null().or_unknown()], Gives::Number, |it| to(it, &Type::Number)),
    Function::new("toset", &[any("v").or_null().or_unknown()], Gives::Any, |it| {
        to(it, &Type::Set(Box::new(Type::Any)))
    }),
    Function::new("tostring", &[any("v").or_null().or_unknown()], Gives::Text, |it| to(it, &Type::String)),
];

fn same(arguments: &Arguments<'_>) -> Outcome {
    arguments.value(0).cloned()
}

fn to(arguments: &Arguments<'_>, ty: &Type) -> Outcome {
    let value: Value = arguments.value(0)?.clone();
    convert(value, ty).map_err(|error| FunctionError::failed(error.to_string()))
}
