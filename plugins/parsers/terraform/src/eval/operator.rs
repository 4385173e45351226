//! Operators.

use palisade_terraform_values::operators::{self, OperatorError};
use palisade_terraform_values::{Data, Type, Value, convert};

use super::{Evaluated, Evaluator, Scope};
use crate::syntax::{BinaryOperator, Expr, Span, UnaryOperator};

impl Evaluator<'_> {
    pub(super) fn unary(
        &self,
        operator: UnaryOperator,
        operand: Value,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let origin = self.derive(scope, span, &[&operand]);
        let result = match operator {
            UnaryOperator::Negate => operators::negate(operand),
            UnaryOperator::Not => operators::not(operand),
        };
        match result {
            Ok(value) => Ok(value.at(origin)),
            Err(error) => scope.fail(span, error.to_string()),
        }
    }

    pub(super) fn binary(
        &self,
        operator: BinaryOperator,
        operands: &[Expr; 2],
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let [one, other] = operands;
        let (one, other) = (self.evaluate(one, scope), self.evaluate(other, scope));
        if let BinaryOperator::Or | BinaryOperator::And = operator
            && let Some(decided) = decided(operator, &one, &other)
        {
            let value: Value = match decided {
                Decided::Known(value) => value.into(),
                Decided::Unknown(reason) => self.unknown_at(span, scope, &reason).into(),
            };
            let operands: Vec<&Value> = [&one, &other].into_iter().flatten().collect();
            return Ok(value.at(self.derive(scope, span, &operands)));
        }
        let (one, other) = (one?, other?);
        let origin = self.derive(scope, span, &[&one, &other]);
        let result = match operator {
            BinaryOperator::Or => operators::or(one, other),
            BinaryOperator::And => operators::and(one, other),
            BinaryOperator::Equal => Ok(operators::equal(&one, &other)),
            BinaryOperator::NotEqual => operators::not(operators::equal(&one, &other)),
            BinaryOperator::Less => operators::less(one, other),
            BinaryOperator::LessOrEqual => operators::less_or_equal(one, other),
            BinaryOperator::Greater => operators::less(other, one),
            BinaryOperator::GreaterOrEqual => operators::less_or_equal(other, one),
            BinaryOperator::Add => operators::add(one, other),
            BinaryOperator::Subtract => operators::subtract(one, other),
            BinaryOperator::Multiply => operators::multiply(one, other),
            BinaryOperator::Divide => operators::divide(one, other),
            BinaryOperator::Modulo => operators::modulo(one, other),
        };
        match result {
            Ok(value) => Ok(value.at(origin)),
            Err(error @ (OperatorError::TooLong | OperatorError::Infinite)) => {
                scope.limit(span, error.to_string())
            }
            Err(error) => scope.fail(span, error.to_string()),
        }
    }
}

/// The result of `&&` and `||` although an operand fails.
enum Decided {
    /// The other operand decides.
    Known(bool),
    /// The first operand is unknown, so the other may fail.
    Unknown(String),
}

/// Whether one operand decides regardless of the other (since Terraform 1.12 and OpenTofu 1.11).
fn decided(operator: BinaryOperator, one: &Evaluated, other: &Evaluated) -> Option<Decided> {
    if one.is_ok() && other.is_ok() {
        return None;
    }
    let deciding = matches!(operator, BinaryOperator::Or);
    let known = |it: &Evaluated| match convert(it.as_ref().ok()?.clone(), &Type::Bool).ok()?.data {
        Data::Bool(it) => Some(it),
        _ => None,
    };
    if known(one) == Some(deciding) || known(other) == Some(deciding) {
        return Some(Decided::Known(deciding));
    }
    let unknown = one.as_ref().ok()?.as_unknown()?;
    Some(Decided::Unknown(unknown.reason.to_string()))
}
