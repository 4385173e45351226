//! Operators.

use palisade_terraform_values::{Value, operators};

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
        let one = self.evaluate(one, scope)?;
        let other = self.evaluate(other, scope)?;
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
            Err(error) => scope.fail(span, error.to_string()),
        }
    }
}
