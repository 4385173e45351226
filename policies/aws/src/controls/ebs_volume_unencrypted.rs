use palisade_sdk::Severity;
use palisade_sdk::attribute::{Must, shape};
use palisade_sdk::rule::{Missing, Rule, Want};

palisade_sdk::control! {
    /// EBS volume is not encrypted
    ///
    /// ## Why
    /// Snapshots and copies of the volume are readable by anyone who gets access to them; sharing one by
    /// mistake discloses the data.
    ///
    /// ## Impact
    /// A volume cannot be encrypted in place: Terraform replaces it. Copy its data through an encrypted
    /// snapshot.
    ///
    /// ## Fix
    /// Set `encrypted = true`, or enable `aws_ebs_encryption_by_default` for the region.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "aws_ebs_volume" "data" {
    ///   availability_zone = "eu-central-1a"
    ///   size              = 20
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "aws_ebs_volume" "data" {
    ///   availability_zone = "eu-central-1a"
    ///   size              = 20
    ///   encrypted         = true
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "aws-ebs-volume-unencrypted",
        severity: Severity::Medium,
        judges: &[shape("aws.ebs-volume@1", "encrypted")],
        aliases: &["AWS-0026", "AVD-AWS-0026", "aws-ec2-enable-volume-encryption", "CKV_AWS_3", "cc997676-481b-4e93-aa81-d19f8c5e9b12"],
        rule: Rule::Must(Must {
            be: Want::One(&["true"]),
            unset: Missing::Fails,
            message: "the volume is not encrypted",
            ..Must::TEMPLATE
        }),
    };
}
