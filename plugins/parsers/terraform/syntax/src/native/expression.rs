//! Expressions.

use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::{self, Expression, ObjectKey, TraversalOperator};

use super::Lowering;
use crate::{BinaryOperator, Expr, ExprKind, For, Span, Step, SyntaxError, UnaryOperator};

/// The maximum number of steps in a traversal: each is a level of the tree, whose depth must be limited.
const MOST_STEPS: usize = 128;

impl Lowering<'_> {
    pub(super) fn expression(&self, expression: &Expression) -> Result<Expr, SyntaxError> {
        let span = self.span(expression.span());
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(value) => ExprKind::Number(number(self.slice(value.span()))),
            Expression::String(value) => ExprKind::String(Rc::from(value.as_str())),
            Expression::Array(array) => {
                ExprKind::Tuple(array.iter().map(|item| self.expression(item)).collect::<Result<_, _>>()?)
            }
            Expression::Object(object) => {
                let items = object.iter().map(|(key, value)| {
                    let key = self.object_key(key)?;
                    Ok((key, self.expression(value.expr())?))
                });
                ExprKind::Object(items.collect::<Result<_, _>>()?)
            }
            Expression::StringTemplate(template) => self.quoted_template(template)?,
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc)?,
            // Parentheses only group, and the tree already does.
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Variable(name) => ExprKind::Variable(Rc::from(name.as_str())),
            Expression::Conditional(it) => ExprKind::Conditional(Box::new([
                self.expression(&it.cond_expr)?,
                self.expression(&it.true_expr)?,
                self.expression(&it.false_expr)?,
            ])),
            Expression::FuncCall(call) => self.call(call)?,
            Expression::Traversal(traversal) => return self.traversal(traversal, span),
            Expression::UnaryOp(it) => {
                let operator = match it.operator.value() {
                    expr::UnaryOperator::Neg => UnaryOperator::Negate,
                    expr::UnaryOperator::Not => UnaryOperator::Not,
                };
                ExprKind::Unary(operator, Box::new(self.expression(&it.expr)?))
            }
            Expression::BinaryOp(it) => {
                let sides = [self.expression(&it.lhs_expr)?, self.expression(&it.rhs_expr)?];
                ExprKind::Binary(binary(*it.operator.value()), Box::new(sides))
            }
            Expression::ForExpr(it) => self.for_expression(it)?,
        };
        Ok(Expr { kind, span })
    }

    /// The `providers` of a module call, whose keys are references that are not evaluated: `{ aws.a = aws.b }`.
    pub(super) fn providers(&self, expression: &Expression) -> Result<Expr, SyntaxError> {
        let Expression::Object(object) = expression else { return self.expression(expression) };
        let items = object.iter().map(|(key, value)| {
            let key = match key {
                ObjectKey::Expression(key @ Expression::Traversal(_)) => self.expression(key)?,
                key => self.object_key(key)?,
            };
            Ok((key, self.expression(value.expr())?))
        });
        let kind = ExprKind::Object(items.collect::<Result<_, _>>()?);
        Ok(Expr { kind, span: self.span(expression.span()) })
    }

    fn object_key(&self, key: &ObjectKey) -> Result<Expr, SyntaxError> {
        let expression = match key {
            ObjectKey::Ident(name) => {
                let kind = ExprKind::String(Rc::from(name.as_str()));
                return Ok(Expr { kind, span: self.span(name.span()) });
            }
            ObjectKey::Expression(expression) => expression,
        };
        let mut lowered = self.expression(expression)?;
        if matches!(expression, Expression::Traversal(_)) {
            // The language requires parentheses, so that the dot does not look like a part of a name.
            let message =
                "the key of an object is a name, or an expression in parentheses: write `(a.b) = …`";
            return Err(SyntaxError { at: lowered.span.start, message: message.to_owned() });
        }
        // Keywords are ordinary names here.
        let word = match (expression, &lowered.kind) {
            (Expression::Null(_), ExprKind::Null) => "null",
            (Expression::Bool(_), ExprKind::Bool(true)) => "true",
            (Expression::Bool(_), ExprKind::Bool(false)) => "false",
            _ => return Ok(lowered),
        };
        lowered.kind = ExprKind::String(Rc::from(word));
        Ok(lowered)
    }

    fn call(&self, call: &expr::FuncCall) -> Result<ExprKind, SyntaxError> {
        let name = if call.name.namespace.is_empty() {
            Rc::from(call.name.name.as_str())
        } else {
            let spaces = call.name.namespace.iter().map(|space| space.as_str());
            Rc::from(spaces.chain([call.name.name.as_str()]).collect::<Vec<_>>().join("::"))
        };
        let arguments = call.args.iter().map(|item| self.expression(item)).collect::<Result<_, _>>()?;
        Ok(ExprKind::Call { name, arguments, expand: call.args.expand_final() })
    }

    fn for_expression(&self, it: &expr::ForExpr) -> Result<ExprKind, SyntaxError> {
        Ok(ExprKind::For(Box::new(For {
            key_name: it.intro.key_var.as_ref().map(|name| Rc::from(name.as_str())),
            value_name: Rc::from(it.intro.value_var.as_str()),
            collection: self.expression(&it.intro.collection_expr)?,
            key: it.key_expr.as_ref().map(|key| self.expression(key)).transpose()?,
            value: self.expression(&it.value_expr)?,
            condition: it.cond.as_ref().map(|it| self.expression(&it.expr)).transpose()?,
            grouping: it.grouping,
        })))
    }

    fn traversal(&self, traversal: &expr::Traversal, span: Span) -> Result<Expr, SyntaxError> {
        if let Some(step) = traversal.operators.get(MOST_STEPS) {
            let at = self.span(step.span()).start;
            return Err(SyntaxError { at, message: format!("more than {MOST_STEPS} steps after one value") });
        }
        let mut of = self.expression(&traversal.expr)?;
        let mut operators = traversal.operators.iter().peekable();
        while let Some(operator) = operators.next() {
            let mut end = self.span(operator.span()).end;
            let kind = match operator.value() {
                TraversalOperator::GetAttr(name) => {
                    ExprKind::Attribute(Box::new(of), Rc::from(name.as_str()))
                }
                TraversalOperator::Index(index) => {
                    let index = self.expression(index)?;
                    ExprKind::Index(Box::new(of), Box::new(index))
                }
                TraversalOperator::LegacyIndex(index) => {
                    ExprKind::Index(Box::new(of), Box::new(self.legacy(index)))
                }
                TraversalOperator::AttrSplat(_) => {
                    let mut steps = Vec::new();
                    // `.0` applies to each item like `.name`, while `[0]` applies to the resulting list.
                    while let Some(next) = operators.peek() {
                        steps.push(match next.value() {
                            TraversalOperator::GetAttr(name) => Step::Attribute(Rc::from(name.as_str())),
                            TraversalOperator::LegacyIndex(index) => Step::Index(self.legacy(index)),
                            _ => break,
                        });
                        end = self.span(next.span()).end;
                        operators.next();
                    }
                    ExprKind::AttributeSplat(Box::new(of), steps)
                }
                TraversalOperator::FullSplat(_) => {
                    // All following operators apply to each item, including further stars.
                    let rest: Vec<_> = operators.by_ref().map(hcl_edit::Decorated::value).collect();
                    end = span.end;
                    ExprKind::FullSplat(Box::new(of), self.steps(&rest)?)
                }
            };
            of = Expr { kind, span: Span { start: span.start, end } };
        }
        Ok(of)
    }

    /// The steps for each item of a full splat.
    fn steps(&self, operators: &[&TraversalOperator]) -> Result<Vec<Step>, SyntaxError> {
        let mut steps = Vec::new();
        let mut rest = operators;
        while let Some((operator, tail)) = rest.split_first() {
            rest = tail;
            steps.push(match operator {
                TraversalOperator::GetAttr(name) => Step::Attribute(Rc::from(name.as_str())),
                TraversalOperator::Index(index) => Step::Index(self.expression(index)?),
                TraversalOperator::LegacyIndex(index) => Step::Index(self.legacy(index)),
                TraversalOperator::AttrSplat(_) => {
                    let own = |it: &&&TraversalOperator| {
                        matches!(it, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
                    };
                    let names = rest.iter().take_while(own).count();
                    let (names, tail) = rest.split_at_checked(names).unwrap_or((rest, &[]));
                    rest = tail;
                    Step::AttributeSplat(self.steps(names)?)
                }
                TraversalOperator::FullSplat(_) => Step::FullSplat(self.steps(std::mem::take(&mut rest))?),
            });
        }
        Ok(steps)
    }

    fn legacy(&self, index: &hcl_edit::Decorated<u64>) -> Expr {
        let text = index.value().to_string();
        Expr { kind: ExprKind::Number(Rc::from(text)), span: self.span(index.span()) }
    }
}

/// The digits as written in the file; there may be whitespace and comments between the sign and them.
fn number(text: &str) -> Rc<str> {
    let Some(positive) = text.strip_prefix('-') else { return Rc::from(text) };
    let digits = positive
        .rfind(|it: char| !matches!(it, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'))
        .and_then(|at| positive.get(at + 1..));
    match digits {
        Some(digits) => Rc::from(format!("-{digits}")),
        None => Rc::from(text),
    }
}

fn binary(operator: expr::BinaryOperator) -> BinaryOperator {
    match operator {
        expr::BinaryOperator::Or => BinaryOperator::Or,
        expr::BinaryOperator::And => BinaryOperator::And,
        expr::BinaryOperator::Eq => BinaryOperator::Equal,
        expr::BinaryOperator::NotEq => BinaryOperator::NotEqual,
        expr::BinaryOperator::Less => BinaryOperator::Less,
        expr::BinaryOperator::LessEq => BinaryOperator::LessOrEqual,
        expr::BinaryOperator::Greater => BinaryOperator::Greater,
        expr::BinaryOperator::GreaterEq => BinaryOperator::GreaterOrEqual,
        expr::BinaryOperator::Plus => BinaryOperator::Add,
        expr::BinaryOperator::Minus => BinaryOperator::Subtract,
        expr::BinaryOperator::Mul => BinaryOperator::Multiply,
        expr::BinaryOperator::Div => BinaryOperator::Divide,
        expr::BinaryOperator::Mod => BinaryOperator::Modulo,
    }
}
