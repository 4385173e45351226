//! The suite `terraform`: the evaluation of Palisade compared with `terraform plan` and `tofu plan`.
//!
//! All configurations consist of `terraform_data`, whose provider is built into both tools. Addresses, kinds, and the
//! arguments `input` and `triggers_replace` are compared; a value that is known after apply must be unknown to
//! Palisade.

mod archive;
mod expressions;
pub(crate) mod plan;
mod trees;

use anyhow::Result;

use crate::suite::Suite;
use crate::tools::Tools;

/// Runs the suite. OpenTofu defines the results for its own files and syntax.
pub(crate) fn run(tools: &Tools, suite: &mut Suite) -> Result<()> {
    match tools.find("terraform") {
        Some(terraform) => {
            expressions::run(tools, &terraform, suite)?;
            trees::planned(tools, &terraform, "trees", suite)?;
            trees::refused(tools, &terraform, "refused", suite)?;
        }
        None => suite.skip("terraform: not found on PATH or in PALISADE_REFERENCE_TOOLS"),
    }
    match tools.find("tofu") {
        Some(tofu) => trees::planned(tools, &tofu, "tofu", suite)?,
        None => suite.skip("tofu: not found on PATH or in PALISADE_REFERENCE_TOOLS"),
    }
    Ok(())
}
