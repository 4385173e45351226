//! Terraform configurations as resources: read, evaluated and laid out the way `terraform plan` would, with
//! every value knowing where it came from, and unknown kept unknown.
//!
//! The way of a unit: `claim` finds the root modules, `unit` reads one; `files` and `module` hold what was
//! read, `palisade-terraform-syntax` is how; `eval` computes values on demand; `emit` writes the resources down, with the help of
//! `decode` for documents inside texts, which `embedded` reads. `plan` reads what `terraform show -json` prints.

mod check;
mod claim;
mod decode;
mod embedded;
mod emit;
mod eval;
mod files;
mod installed;
mod module;
mod origins;
mod path;
mod plan;
mod policy_document;
mod unit;

pub use palisade_terraform_syntax as syntax;

use palisade_sdk::CallError;
use palisade_sdk::parser::{Environment, Format, Generated, Mount, Parsed, Parser, Tree, Unit, Work};

/// Index of the format of configurations.
const TERRAFORM: u32 = 0;
/// Its id.
const TERRAFORM_ID: &str = "terraform";
/// The tool that has files of its own beside Terraform's.
const TOFU_ID: &str = "tofu";
/// Index of the format of plans.
const PLAN: u32 = 1;
/// Its id.
const PLAN_ID: &str = "terraform-plan";

/// What `terraform init` writes. It notes in `modules.json` which folder holds which module.
const INITIALISED: Generated = Generated {
    folder: ".terraform",
    contents: &["modules", "providers"],
    unauthored: &["modules/modules.json"],
};

/// The parser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terraform;

impl Parser for Terraform {
    fn describe(&self) -> Vec<Format> {
        vec![
            Format {
                inputs: &["**/*.tfvars", "**/*.tfvars.json"],
                generated: &[INITIALISED],
                tools: &["terraform", "tofu"],
                ..Format::new(
                    TERRAFORM_ID,
                    "Terraform configuration",
                    &[
                        "**/*.tf",
                        "**/*.tf.json",
                        "**/*.tofu",
                        "**/*.tofu.json",
                        "**/*.tfvars",
                        "**/*.tfvars.json",
                    ],
                )
            },
            Format::new(PLAN_ID, "Terraform plan", &["**/*.json"]),
        ]
    }

    fn claim(&self, tree: &dyn Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(claim::claim(tree, candidates))
    }

    fn parse(
        &self,
        tree: &dyn Tree,
        work: &Work,
        mounts: &[Mount],
        environment: &Environment,
    ) -> Result<Parsed, CallError> {
        if work.format == PLAN_ID {
            return Ok(plan::parse(tree, work));
        }
        Ok(unit::parse(tree, work, mounts, environment))
    }
}

/// The provider of a kind of resource: what stands before the first underscore.
fn provider(kind: &str) -> &str {
    kind.split('_').next().unwrap_or(kind)
}

palisade_sdk::export_parser!(Terraform);
