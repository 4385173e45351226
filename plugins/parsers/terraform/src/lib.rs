//! Terraform configurations as resources: read and evaluated as `terraform plan` does. Each value has its origin, and
//! unknown values remain unknown.
//!
//! Modules: `claim` finds the root modules, and `unit` reads one. `files` and `module` hold the files, which
//! `palisade-terraform-syntax` parses. `eval` computes values on demand. `emit` writes the resources, with the
//! documents in texts that `decode` and `embedded` read. `plan` reads the output of `terraform show -json`.

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
/// Id of the format of configurations.
const TERRAFORM_ID: &str = "terraform";
/// The tool that has files of its own in addition to those of Terraform.
const TOFU_ID: &str = "tofu";
/// Index of the format of plans.
const PLAN: u32 = 1;
/// Id of the format of plans.
const PLAN_ID: &str = "terraform-plan";

/// The folder that `terraform init` writes. Its `modules.json` lists the folders of modules.
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

/// The provider of a kind of resource: the text before the first underscore.
fn provider(kind: &str) -> &str {
    kind.split('_').next().unwrap_or(kind)
}

palisade_sdk::export_parser!(Terraform);
