//! Functions with Go's regular expressions, which are translated.

use palisade_go::regular;
use palisade_terraform_values::{Entries, Value};
use regex::{Captures, Regex, RegexBuilder};

use crate::arguments::{Arguments, Outcome};
use crate::function::text;
use crate::{Function, FunctionError, Gives, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("regex", &[text("pattern"), text("string")], Gives::Any, |it| {
        let regex = compile(it, 0, it.text(0)?)?;
        match regex.captures(it.text(1)?) {
            Some(found) => taken(&regex, &found),
            None => Err(FunctionError::failed("the pattern does not match")),
        }
    }),
    Function::new("regexall", &[text("pattern"), text("string")], Gives::Any, |it| {
        let regex = compile(it, 0, it.text(0)?)?;
        let found = regex.captures_iter(it.text(1)?).take(limits::MAX_ITEMS + 1);
        let items: Vec<Value> = found.map(|it| taken(&regex, &it)).collect::<Outcome<_>>()?;
        limits::items(Some(items.len()))?;
        Ok(Value::list(items))
    }),
    Function::new("replace", &[text("string"), text("substring"), text("replacement")], Gives::Text, replace),
];

/// The maximum size of a compiled expression, in bytes.
const MAX_COMPILED: usize = 4 << 20;

fn compile(arguments: &Arguments<'_>, index: usize, pattern: &str) -> Outcome<Regex> {
    let translated = regular::translate(pattern)
        .map_err(|error| arguments.blame(index, format!("not a regular expression: {error}")))?;
    let built = RegexBuilder::new(&translated).size_limit(MAX_COMPILED).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => FunctionError::limit("the pattern is too large"),
        // The last line has the message; those before show the expression.
        other => {
            let message = other.to_string();
            let last = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
            FunctionError::limit(format!("unsupported pattern: {last}"))
        }
    })
}

/// The value of a match: its named groups, its groups, or the whole match.
fn taken(regex: &Regex, found: &Captures<'_>) -> Outcome {
    let group = |at: usize| found.get(at).map_or_else(Value::null, |it| it.as_str().into());
    let named: Vec<(usize, &str)> =
        regex.capture_names().enumerate().filter_map(|(at, name)| Some((at, name?))).collect();
    let groups = found.len() - 1;
    match (named.len(), groups) {
        (_, 0) => Ok(group(0)),
        (0, _) => Ok(Value::tuple((1..=groups).map(group).collect())),
        (names, groups) if names == groups => {
            let entries: Entries = named.into_iter().map(|(at, name)| (name.into(), group(at))).collect();
            Ok(Value::object(entries))
        }
        _ => Err(FunctionError::failed("the pattern must name all of its groups or none")),
    }
}

fn replace(arguments: &Arguments<'_>) -> Outcome {
    let (whole, wanted, replacement) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    let slashed = wanted.strip_prefix('/').and_then(|it| it.strip_suffix('/'));
    let Some(pattern) = slashed else {
        let places = whole.matches(wanted).count();
        let longer = places.checked_mul(replacement.len()).and_then(|it| it.checked_add(whole.len()));
        limits::text(longer)?;
        return Ok(whole.replace(wanted, replacement).into());
    };
    let regex = compile(arguments, 1, pattern)?;
    let mut out = String::new();
    let mut end = 0;
    for found in regex.captures_iter(whole) {
        let Some(all) = found.get(0) else { continue };
        out.push_str(whole.get(end..all.start()).unwrap_or_default());
        // A group is at most as long as the match.
        let groups = replacement.matches('$').count().checked_mul(all.len());
        limits::text(groups.and_then(|it| it.checked_add(replacement.len())?.checked_add(out.len())))?;
        found.expand(replacement, &mut out);
        limits::text(Some(out.len()))?;
        end = all.end();
    }
    out.push_str(whole.get(end..).unwrap_or_default());
    limits::text(Some(out.len()))?;
    Ok(out.into())
}
