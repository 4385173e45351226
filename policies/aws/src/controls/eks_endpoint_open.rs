use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, terraform, when};
use palisade_sdk::network::is_everywhere;
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// EKS API endpoint is open to the internet
    ///
    /// ## Why
    /// Anyone can try credentials, and every new vulnerability of the API server, against an endpoint
    /// that the internet can reach.
    ///
    /// ## Impact
    /// Administrators and pipelines must come from the listed networks, or from inside the VPC.
    ///
    /// ## Fix
    /// Set `endpoint_public_access = false`, or list the networks in `public_access_cidrs`.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   name     = "shop"
    ///   role_arn = "arn:aws:iam::111122223333:role/eks"
    ///
    ///   vpc_config {
    ///     subnet_ids = ["subnet-1", "subnet-2"]
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   name     = "shop"
    ///   role_arn = "arn:aws:iam::111122223333:role/eks"
    ///
    ///   vpc_config {
    ///     subnet_ids          = ["subnet-1", "subnet-2"]
    ///     public_access_cidrs = ["192.0.2.0/24"]
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-eks-endpoint-open",
        severity: Severity::High,
        judges: &[terraform("aws_eks_cluster", "vpc_config.public_access_cidrs")
            .only(&[when("vpc_config.endpoint_public_access", Want::Not(&["false"]))])],
        aliases: &["AWS-0041", "AVD-AWS-0041", "aws-eks-no-public-cluster-access-to-cidr", "CKV_AWS_38", "61cf9883-1752-4768-b18c-0d57f2737709"],
        rule: Rule::Must(Must {
            be: Want::No(is_everywhere),
            unset: Missing::Fails,
            message: "the API endpoint is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
