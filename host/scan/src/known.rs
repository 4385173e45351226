//! Things that deploy something and are not judged: formats without a parser, and kinds of resources that contain what
//! other tools deploy. Both are reported, so that nobody assumes they are judged.

use palisade_domain::tape::{Batch, ResourceView};
use palisade_domain::{Coverage, Status};

/// Formats without a parser, by the endings of their file names.
const FORMATS: &[(&str, &str)] = &[
    ("/terragrunt.hcl", "Terragrunt"),
    ("/terragrunt.hcl.json", "Terragrunt"),
    ("/terragrunt.stack.hcl", "Terragrunt"),
    (".tfstack.hcl", "Terraform Stacks"),
    (".tfstack.json", "Terraform Stacks"),
    (".tfcomponent.hcl", "Terraform Stacks"),
    (".tfcomponent.json", "Terraform Stacks"),
    (".tfdeploy.hcl", "Terraform Stacks"),
    (".tfdeploy.json", "Terraform Stacks"),
    (".bicep", "Bicep"),
    (".bicepparam", "Bicep"),
    ("/Pulumi.yaml", "Pulumi"),
    ("/serverless.yml", "Serverless Framework"),
    ("/serverless.yaml", "Serverless Framework"),
];

/// Kinds that deploy a template, a chart or manifests, as their providers document them.
const CARRIERS: &[&str] = &[
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_set",
    "aws_serverlessapplicationrepository_cloudformation_stack",
    "azurerm_management_group_template_deployment",
    "azurerm_resource_deployment_script_azure_cli",
    "azurerm_resource_deployment_script_azure_power_shell",
    "azurerm_resource_group_template_deployment",
    "azurerm_subscription_template_deployment",
    "azurerm_template_deployment",
    "azurerm_tenant_template_deployment",
    "google_deployment_manager_deployment",
    "helm_release",
    "kubectl_manifest",
    "kustomization_resource",
];

/// Kinds of Terraform's Kubernetes provider that controls judge in manifests, without a version suffix.
const MANIFESTS: &[&str] = &[
    "cluster_role",
    "cluster_role_binding",
    "cron_job",
    "daemon_set",
    "daemonset",
    "deployment",
    "job",
    "manifest",
    "pod",
    "replication_controller",
    "role",
    "role_binding",
    "stateful_set",
];

/// The format of a file, if no parser reads it.
pub(crate) fn format(path: &str) -> Option<&'static str> {
    let ends = |end: &str| match end.strip_prefix('/') {
        Some(name) => path.rsplit('/').next() == Some(name),
        None => path.ends_with(end),
    };
    FORMATS.iter().find(|(end, _)| ends(end)).map(|(_, name)| *name)
}

/// Whether resources of a kind deploy content that they contain or refer to.
fn carries(kind: &str) -> bool {
    let unversioned = |name: &str| match name.rsplit_once("_v") {
        Some((stem, version)) if version.starts_with(|it: char| it.is_ascii_digit()) => stem.to_owned(),
        _ => name.to_owned(),
    };
    CARRIERS.binary_search(&kind).is_ok()
        || kind
            .strip_prefix("kubernetes_")
            .is_some_and(|it| MANIFESTS.binary_search(&unversioned(it).as_str()).is_ok())
}

/// Marks files with resources that contain others and that nothing judges.
pub(crate) fn mark(coverage: &mut [Coverage], batch: &Batch, judged: impl Fn(ResourceView<'_>) -> bool) {
    for resource in batch.resource_views() {
        let kind = resource.kind();
        if !carries(kind) || judged(resource) {
            continue;
        }
        let path = resource.path();
        let Some(file) = coverage.iter_mut().find(|it| it.path == path) else { continue };
        if matches!(file.status, Status::Scanned | Status::Partial) {
            let address = resource.address();
            file.status = Status::Partial;
            file.add_reason(&format!("`{address}`: no control judges what a `{kind}` deploys"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CARRIERS, MANIFESTS, carries, format};

    #[test]
    fn formats_are_known_by_the_names_of_their_files() {
        for (path, expected) in [
            ("terragrunt.hcl", Some("Terragrunt")),
            ("live/terragrunt.hcl", Some("Terragrunt")),
            ("live/my-terragrunt.hcl", None),
            ("a/net.tfdeploy.hcl", Some("Terraform Stacks")),
            ("a/main.bicep", Some("Bicep")),
            ("a/main.tf", None),
        ] {
            assert_eq!(format(path), expected, "{path}");
        }
    }

    #[test]
    fn kinds_that_carry_others_are_known_in_every_version() {
        assert!(CARRIERS.is_sorted() && MANIFESTS.is_sorted());
        for (kind, expected) in [
            ("helm_release", true),
            ("kubernetes_manifest", true),
            ("kubernetes_pod", true),
            ("kubernetes_pod_v1", true),
            ("kubernetes_cron_job_v1", true),
            ("kubernetes_config_map", false),
            ("kubernetes_pod_security_policy", false),
            ("aws_s3_bucket", false),
        ] {
            assert_eq!(carries(kind), expected, "{kind}");
        }
    }
}
