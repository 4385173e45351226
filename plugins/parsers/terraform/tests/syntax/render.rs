//! Renders a tree on few lines.

use std::fmt::Write as _;

use palisade_parser_terraform::syntax::{
    BinaryOperator, Body, Expr, ExprKind, File, Part, Span, Step, UnaryOperator,
};

pub(crate) fn file(file: &File) -> String {
    let mut out = String::new();
    body(&file.body, 0, &mut out);
    for comment in &file.comments {
        writeln!(out, "// {} {:?}", place(comment.span), comment.text).unwrap();
    }
    out
}

fn place(span: Span) -> String {
    format!("{}..{}", span.start, span.end)
}

fn body(body: &Body, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for it in &body.attributes {
        let (at, value_at) = (place(it.name_span), place(it.value.span));
        writeln!(out, "{indent}{} {at} = {} {value_at}", it.name, expr(&it.value)).unwrap();
    }
    for block in &body.blocks {
        let labels: Vec<String> =
            block.labels.iter().map(|it| format!(" {:?} {}", it.text, place(it.span))).collect();
        let (header, span) = (place(block.header), place(block.span));
        writeln!(out, "{indent}{}{} {{ {header} in {span}", block.kind, labels.concat()).unwrap();
        self::body(&block.body, depth + 1, out);
        writeln!(out, "{indent}}}").unwrap();
    }
}

fn list<'a>(items: impl IntoIterator<Item = &'a Expr>) -> String {
    items.into_iter().map(expr).collect::<Vec<_>>().join(", ")
}

pub(crate) fn expr(it: &Expr) -> String {
    match &it.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(it) => it.to_string(),
        ExprKind::Number(it) | ExprKind::Variable(it) => it.to_string(),
        ExprKind::String(it) => format!("{it:?}"),
        ExprKind::Template(it) => format!("`{}`", parts(it)),
        ExprKind::Tuple(it) => format!("[{}]", list(it)),
        ExprKind::Object(it) => {
            let items = it.iter().map(|(key, value)| format!("{}: {}", expr(key), expr(value)));
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        ExprKind::Attribute(of, name) => format!("{}.{name}", expr(of)),
        ExprKind::Index(of, index) => format!("{}[{}]", expr(of), expr(index)),
        ExprKind::AttributeSplat(of, rest) => format!("{}.*{{{}}}", expr(of), steps(rest)),
        ExprKind::FullSplat(of, rest) => format!("{}[*]{{{}}}", expr(of), steps(rest)),
        ExprKind::Call { name, arguments, expand } => {
            format!("{name}({}{})", list(arguments), if *expand { "..." } else { "" })
        }
        ExprKind::Conditional(it) => {
            let [condition, then, otherwise] = it.as_ref();
            format!("({} ? {} : {})", expr(condition), expr(then), expr(otherwise))
        }
        ExprKind::Unary(operator, of) => {
            let sign = match operator {
                UnaryOperator::Negate => "-",
                UnaryOperator::Not => "!",
            };
            format!("{sign}{}", expr(of))
        }
        ExprKind::Binary(operator, sides) => {
            let [left, right] = sides.as_ref();
            format!("({} {} {})", expr(left), sign(*operator), expr(right))
        }
        ExprKind::For(it) => {
            let key_name = it.key_name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
            let key = it.key.as_ref().map(|key| format!("{} => ", expr(key))).unwrap_or_default();
            let condition = it.condition.as_ref().map(|it| format!(" if {}", expr(it))).unwrap_or_default();
            let grouping = if it.grouping { "..." } else { "" };
            let (value, collection) = (expr(&it.value), expr(&it.collection));
            format!("<for {key_name}{} in {collection}: {key}{value}{grouping}{condition}>", it.value_name)
        }
    }
}

fn steps(steps: &[Step]) -> String {
    let step = |it: &Step| match it {
        Step::Attribute(name) => format!(".{name}"),
        Step::Index(index) => format!("[{}]", expr(index)),
        Step::AttributeSplat(rest) => format!(".*{{{}}}", self::steps(rest)),
        Step::FullSplat(rest) => format!("[*]{{{}}}", self::steps(rest)),
    };
    steps.iter().map(step).collect()
}

pub(crate) fn parts(parts: &[Part]) -> String {
    let part = |it: &Part| match it {
        Part::Literal(text, _) => format!("{text:?}"),
        Part::Interpolation(it) => format!("${{{}}}", expr(it)),
        Part::If { condition, then, otherwise } => {
            format!("%if {} {{{}}} else {{{}}}", expr(condition), self::parts(then), self::parts(otherwise))
        }
        Part::For { key_name, value_name, collection, body } => {
            let key_name = key_name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
            format!("%for {key_name}{value_name} in {} {{{}}}", expr(collection), self::parts(body))
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn sign(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Or => "||",
        BinaryOperator::And => "&&",
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
    }
}
