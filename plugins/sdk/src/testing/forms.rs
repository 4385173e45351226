//! A Terraform case in its other forms: as a plan and in JSON syntax. A control must have the same outcomes in each.

mod configuration;
mod plan;
mod source;
mod syntax;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::AddAssign;

use crate::pack::Pack;
use crate::parser::Parser;
use crate::rule::Found;
use crate::tape::Batch;

use super::cases::{judge, parse, word};
use super::parts::without;

/// A form of a Terraform configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What `terraform show -json` prints for a plan of it.
    Plan,
    /// JSON configuration syntax.
    Json,
}

impl Form {
    const ALL: [Form; 2] = [Form::Plan, Form::Json];

    /// A batch in this form: the file name, its text, and the addresses of the batch by those of the file, if they
    /// differ.
    fn render(self, batch: &Batch) -> (&'static str, String, BTreeMap<String, String>) {
        match self {
            Form::Plan => ("plan.json", plan::render(batch), BTreeMap::new()),
            Form::Json => {
                let (text, addresses) = syntax::render(batch);
                ("main.tf.json", text, addresses)
            }
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Plan => "plan",
            Form::Json => "JSON syntax",
        })
    }
}

/// A resource of a case for which the outcome of a control differs in another form, and the reason.
#[derive(Clone, Copy, Debug)]
pub struct Exception {
    /// The id of the control.
    pub control: &'static str,
    /// The form.
    pub form: Form,
    /// The address of the resource.
    pub address: &'static str,
    /// The reason.
    pub why: &'static str,
}

/// An outcome without rows and places. The reason why a value is unknown depends on the form, so only violations have a
/// message.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    address: String,
    kind: &'static str,
    instance: String,
    message: String,
}

fn seen(
    pack: &Pack,
    id: &str,
    batch: &Batch,
    addresses: &BTreeMap<String, String>,
) -> Result<Vec<Seen>, String> {
    let outcomes = judge(pack, id, batch.clone())?;
    let seen = outcomes.into_iter().map(|it| {
        let address = batch.resource(it.resource).map_or("", |it| it.address());
        Seen {
            address: addresses.get(address).map_or(address, String::as_str).to_owned(),
            kind: word(it.kind),
            instance: it.instance,
            message: if it.kind == Found::Failed { it.message } else { String::new() },
        }
    });
    Ok(seen.collect())
}

/// The number of compared items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Cases, each in all forms.
    pub cases: usize,
    /// Resources in the cases.
    pub resources: usize,
    /// Outcomes of the configurations.
    pub outcomes: usize,
}

impl AddAssign for Compared {
    fn add_assign(&mut self, other: Compared) {
        self.cases += other.cases;
        self.resources += other.resources;
        self.outcomes += other.outcomes;
    }
}

/// Judges a Terraform case as a plan and in JSON syntax, and compares the outcomes by address, kind, instance and the
/// message of a violation. `used` counts how often each exception applied.
pub fn check_forms(
    parser: &dyn Parser,
    pack: &Pack,
    control_id: &str,
    case: (&str, &str),
    exceptions: &[Exception],
    used: &mut BTreeMap<usize, usize>,
) -> Result<Compared, String> {
    let (path, text) = case;
    let mut compared = Compared { cases: 1, ..Compared::default() };
    let mut report = String::new();
    for batch in parse(parser, path, text)? {
        let expected = seen(pack, control_id, &batch, &BTreeMap::new())?;
        compared.resources += batch.resources.len();
        compared.outcomes += expected.len();
        for form in Form::ALL {
            let (name, rendered, addresses) = form.render(&batch);
            let mut found = Vec::new();
            match parse(parser, name, &rendered) {
                Ok(batches) => {
                    for batch in batches {
                        found.extend(seen(pack, control_id, &batch, &addresses)?);
                    }
                }
                Err(error) => {
                    let _ = writeln!(report, "{path} as {form}: {error}\n{rendered}");
                    continue;
                }
            }
            for (these, others, verdict) in
                [(&expected, &found, "expected, not found"), (&found, &expected, "found, not expected")]
            {
                for it in without(these, others) {
                    let excepted = exceptions.iter().position(|exception| {
                        exception.control == control_id
                            && exception.form == form
                            && exception.address == it.address
                    });
                    if let Some(index) = excepted {
                        *used.entry(index).or_default() += 1;
                        continue;
                    }
                    let what = format!("{} {}", it.kind, it.instance);
                    let (address, message) = (&it.address, &it.message);
                    let _ = writeln!(
                        report,
                        "{path} as {form}: {verdict}: {address}: {}: {message}",
                        what.trim_end()
                    );
                }
            }
        }
    }
    if report.is_empty() { Ok(compared) } else { Err(format!("{control_id}\n{report}")) }
}

/// The exceptions that never applied, as errors.
pub fn unused(exceptions: &[Exception], used: &BTreeMap<usize, usize>) -> Vec<String> {
    let unused = exceptions.iter().enumerate().filter(|(index, _)| !used.contains_key(index));
    unused
        .map(|(_, it)| {
            format!(
                "{}: the exception for {} as {} is not needed: remove it",
                it.control, it.address, it.form
            )
        })
        .collect()
}
