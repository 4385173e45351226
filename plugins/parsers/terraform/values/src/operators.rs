//! Operators. The result for an unknown operand is unknown, unless the other operand decides.

use crate::{Data, Number, Type, Unknown, Value, convert};

/// Why an operator cannot be applied to its operands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// An operand is of the wrong type.
    #[error("an operand does not fit: {0}")]
    Operand(#[from] crate::ConvertError),
    /// An operand is null.
    #[error("an operand is null; test for null before")]
    Null,
    /// Division of zero by zero.
    #[error("division of zero by zero")]
    Zero,
    /// Division by zero, for which Terraform returns an infinite number.
    #[error("division by zero; infinite numbers are unsupported")]
    Infinite,
    /// The number of digits of the result exceeds the limit.
    #[error("the result has too many digits")]
    TooLong,
}

type Result<T = Value> = std::result::Result<T, OperatorError>;

/// `==`: whether type and value are equal, without conversion.
pub fn equal(one: &Value, other: &Value) -> Value {
    match equality(one, other) {
        Some(it) => it.into(),
        None => unknown(&[one, other], Type::Bool),
    }
}

/// Whether two values are equal; none if unknown values decide.
pub fn equality(one: &Value, other: &Value) -> Option<bool> {
    match (&one.data, &other.data) {
        (Data::Unknown(_), Data::Unknown(_)) => None,
        (Data::Unknown(unknown), known) | (known, Data::Unknown(unknown)) => differs(unknown, known),
        // Unknown items may be equal to others, so the sizes of the sets are unknown.
        (Data::Set(_), Data::Set(_)) if one.first_unknown().or(other.first_unknown()).is_some() => None,
        (Data::List(one), Data::List(other))
        | (Data::Set(one), Data::Set(other))
        | (Data::Tuple(one), Data::Tuple(other)) => {
            if one.len() != other.len() {
                return Some(false);
            }
            all(one.iter().zip(other.iter()).map(|(one, other)| equality(one, other)))
        }
        (Data::Map(one), Data::Map(other)) | (Data::Object(one), Data::Object(other)) => {
            if !one.keys().eq(other.keys()) {
                return Some(false);
            }
            all(one.values().zip(other.values()).map(|(one, other)| equality(one, other)))
        }
        (one, other) => Some(one == other),
    }
}

/// The known prefix, type or nullness of an unknown value may already exclude equality.
fn differs(unknown: &Unknown, known: &Data) -> Option<bool> {
    let begins = &*unknown.prefix;
    match known {
        Data::String(text) if !text.as_str().starts_with(begins) => Some(false),
        Data::Bool(_) | Data::Number(_) | Data::String(_)
            if is_single(&unknown.ty) && is_other(&unknown.ty, known) =>
        {
            Some(false)
        }
        Data::Null(_) if unknown.not_null || !begins.is_empty() || unknown.decoded.is_some() => Some(false),
        _ => None,
    }
}

fn is_single(ty: &Type) -> bool {
    matches!(ty, Type::Bool | Type::Number | Type::String)
}

/// Whether a value has another type than this single-value type.
fn is_other(ty: &Type, known: &Data) -> bool {
    !matches!(
        (ty, known),
        (Type::Bool, Data::Bool(_)) | (Type::Number, Data::Number(_)) | (Type::String, Data::String(_))
    )
}

fn all(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut whole = Some(true);
    for one in each {
        match one {
            Some(true) => {}
            Some(false) => return Some(false),
            None => whole = None,
        }
    }
    whole
}

fn unknown(operands: &[&Value], ty: Type) -> Value {
    match Unknown::of_all(operands.iter().copied(), ty) {
        Some(unknown) => unknown.never_null().into(),
        None => Value::null(),
    }
}

fn boolean(operand: Value) -> Result {
    settled(convert(operand, &Type::Bool)?)
}

fn settled(operand: Value) -> Result {
    if operand.is_null() { Err(OperatorError::Null) } else { Ok(operand) }
}

/// `!`.
pub fn not(operand: Value) -> Result {
    let operand = boolean(operand)?;
    Ok(match operand.data {
        Data::Bool(it) => (!it).into(),
        _ => unknown(&[&operand], Type::Bool),
    })
}

/// `&&`: false if one operand is false.
pub fn and(one: Value, other: Value) -> Result {
    Ok(decided(&boolean(one)?, &boolean(other)?, false))
}

/// `||`: true if one operand is true.
pub fn or(one: Value, other: Value) -> Result {
    Ok(decided(&boolean(one)?, &boolean(other)?, true))
}

fn decided(one: &Value, other: &Value, by: bool) -> Value {
    match (&one.data, &other.data) {
        (Data::Bool(it), _) | (_, Data::Bool(it)) if *it == by => by.into(),
        (Data::Bool(_), Data::Bool(_)) => (!by).into(),
        _ => unknown(&[one, other], Type::Bool),
    }
}

fn numbers(one: Value, other: Value, ty: Type, calculate: impl FnOnce(&Number, &Number) -> Result) -> Result {
    let one = settled(convert(one, &Type::Number)?)?;
    let other = settled(convert(other, &Type::Number)?)?;
    match (&one.data, &other.data) {
        (Data::Number(one), Data::Number(other)) => calculate(one, other),
        _ => Ok(unknown(&[&one, &other], ty)),
    }
}

fn calculated(it: Option<Number>) -> Result {
    it.map(Value::from).ok_or(OperatorError::TooLong)
}

/// `<`. For `>`, swap the operands.
pub fn less(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Bool, |one, other| Ok((one < other).into()))
}

/// `<=`. For `>=`, swap the operands.
pub fn less_or_equal(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Bool, |one, other| Ok((one <= other).into()))
}

/// `+`.
pub fn add(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Number, |one, other| calculated(one.add(other)))
}

/// Binary `-`.
pub fn subtract(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Number, |one, other| calculated(one.subtract(other)))
}

/// `*`.
pub fn multiply(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Number, |one, other| calculated(one.multiply(other)))
}

/// `/`.
pub fn divide(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Number, |one, other| {
        if other.is_zero() {
            return Err(if one.is_zero() { OperatorError::Zero } else { OperatorError::Infinite });
        }
        calculated(one.divide(other))
    })
}

/// `%`: the remainder, with the sign of the first operand; for a zero divisor the first operand.
pub fn modulo(one: Value, other: Value) -> Result {
    numbers(one, other, Type::Number, |one, other| calculated(one.modulo(other)))
}

/// Unary `-`.
pub fn negate(operand: Value) -> Result {
    let operand = settled(convert(operand, &Type::Number)?)?;
    match &operand.data {
        Data::Number(number) => Ok(number.negate().into()),
        _ => Ok(unknown(&[&operand], Type::Number)),
    }
}
